"""What callers are told by text, in the languages that come with it; a site may say it in its own words.

`{brand}` is whom they called, `{link}` their own page. Nothing else about the call is in a text.
"""

from collections.abc import Mapping

WORDINGS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "missed": "{brand}: Wir konnten Ihren Anruf leider nicht annehmen und rufen Sie zurück. "
        "Ihr Platz, eine andere Zeit oder abbestellen: {link} Keine SMS mehr: STOP",
        "neutral": "Sie haben uns angerufen. Wir rufen Sie zurück. {link} Keine SMS mehr: STOP",
    },
    "en": {
        "missed": "{brand}: sorry that we missed your call. We will call you back. "
        "Your place, another time, or cancel: {link} No more texts: STOP",
        "neutral": "You called us. We will call you back. {link} No more texts: STOP",
    },
    "he": {
        "missed": "{brand}: מצטערים שלא ענינו לשיחתך. נחזור אליך. "
        "המקום בתור, שעה אחרת או ביטול: {link} להפסקת הודעות: STOP",
        "neutral": "התקשרת אלינו. נחזור אליך. {link} להפסקת הודעות: STOP",
    },
    "pl": {
        "missed": "{brand}: przepraszamy, nie udało nam się odebrać. Oddzwonimy. "
        "Miejsce w kolejce, inna godzina lub rezygnacja: {link} Bez SMS-ów: STOP",
        "neutral": "Dzwonili Państwo do nas. Oddzwonimy. {link} Bez SMS-ów: STOP",
    },
    "uk": {
        "missed": "{brand}: вибачте, ми не змогли відповісти на ваш дзвінок. Ми передзвонимо. "
        "Ваше місце, інший час або скасування: {link} Без SMS: STOP",
        "neutral": "Ви нам телефонували. Ми передзвонимо. {link} Без SMS: STOP",
    },
}
"""The texts by language, then by what they are about."""

STOPS = frozenset(
    {"stop", "stopp", "stopall", "unsubscribe", "end", "quit", "abmelden", "koniec", "стоп", "הסר"}
)
"""Answers that mean: no more texts."""

STARTS = frozenset({"start", "unstop", "старт"})
"""Answers that take that back."""


def is_stop(text: str) -> bool:
    """Tell whether an answer asks for no more texts."""
    return text.strip().strip(".!").casefold() in STOPS


def is_start(text: str) -> bool:
    """Tell whether an answer asks for texts again."""
    return text.strip().strip(".!").casefold() in STARTS
