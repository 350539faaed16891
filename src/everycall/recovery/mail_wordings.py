"""What callers are told by mail, in the languages that come with it; a site may say it in its own words.

`{brand}` is whom they called, `{link}` their own page. Nothing else about the call is in a mail.
"""

from collections.abc import Mapping

MAILS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "missed_title": "{brand}: wir rufen Sie zurück",
        "missed": "Guten Tag,\n\nwir konnten Ihren Anruf leider nicht annehmen und rufen Sie zurück.\n\n"
        "Ihr Platz, eine andere Zeit oder abbestellen:\n{link}\n\n"
        "Dort können Sie auch sagen, dass Sie keine solchen Nachrichten mehr wollen.\n\n{brand}",
        "neutral_title": "Wir rufen Sie zurück",
        "neutral": "Guten Tag,\n\nSie haben uns angerufen. Wir rufen Sie zurück.\n\n{link}\n\n"
        "Dort können Sie auch sagen, dass Sie keine solchen Nachrichten mehr wollen.",
    },
    "en": {
        "missed_title": "{brand}: we will call you back",
        "missed": "Hello,\n\nwe are sorry that we missed your call. We will call you back.\n\n"
        "Your place, another time, or cancel:\n{link}\n\n"
        "There you can also say that you want no more messages like this.\n\n{brand}",
        "neutral_title": "We will call you back",
        "neutral": "Hello,\n\nyou called us. We will call you back.\n\n{link}\n\n"
        "There you can also say that you want no more messages like this.",
    },
    "he": {
        "missed_title": "{brand}: נחזור אליך",
        "missed": "שלום,\n\nמצטערים שלא ענינו לשיחתך. נחזור אליך.\n\n"
        "המקום בתור, שעה אחרת או ביטול:\n{link}\n\n"
        "שם אפשר גם לבקש לא לקבל עוד הודעות כאלה.\n\n{brand}",
        "neutral_title": "נחזור אליך",
        "neutral": "שלום,\n\nהתקשרת אלינו. נחזור אליך.\n\n{link}\n\n"
        "שם אפשר גם לבקש לא לקבל עוד הודעות כאלה.",
    },
    "pl": {
        "missed_title": "{brand}: oddzwonimy",
        "missed": "Dzień dobry,\n\nprzepraszamy, nie udało nam się odebrać. Oddzwonimy.\n\n"
        "Miejsce w kolejce, inna godzina lub rezygnacja:\n{link}\n\n"
        "Tam można też zrezygnować z takich wiadomości.\n\n{brand}",
        "neutral_title": "Oddzwonimy",
        "neutral": "Dzień dobry,\n\ndzwonili Państwo do nas. Oddzwonimy.\n\n{link}\n\n"
        "Tam można też zrezygnować z takich wiadomości.",
    },
    "uk": {
        "missed_title": "{brand}: ми передзвонимо",
        "missed": "Добрий день,\n\nвибачте, ми не змогли відповісти на ваш дзвінок. Ми передзвонимо.\n\n"
        "Ваше місце, інший час або скасування:\n{link}\n\n"
        "Там можна також відмовитися від таких повідомлень.\n\n{brand}",
        "neutral_title": "Ми передзвонимо",
        "neutral": "Добрий день,\n\nви нам телефонували. Ми передзвонимо.\n\n{link}\n\n"
        "Там можна також відмовитися від таких повідомлень.",
    },
}
"""The mails by language, then by what they are about; titles are one line."""
