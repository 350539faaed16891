"""What the trail holds and what others answered: kept in English, said in the reader's language."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from everycall.web.wording.shapes import Shapes

DEEDS = (
    gettext_noop("recording heard"),
    gettext_noop("person changed"),
    gettext_noop("person invited"),
    gettext_noop("let in"),
    gettext_noop("shut out"),
    gettext_noop("act"),
    gettext_noop("act refused"),
    gettext_noop("rule set"),
    gettext_noop("rule ended"),
    gettext_noop("never"),
    gettext_noop("shared"),
    gettext_noop("messages"),
)
"""What the trail says that stands in no call of `note` as a whole."""

NAMED = {
    "events:write": gettext_noop("send events"),
    "calls:read": gettext_noop("read calls"),
    "numbers:read": gettext_noop("read callers' numbers in full"),
    "metrics:read": gettext_noop("read numbers and reports"),
    "live:read": gettext_noop("read the live picture"),
    "promises:read": gettext_noop("read who is owed a call"),
    "callbacks:write": gettext_noop("work on callbacks"),
    "monitor": gettext_noop("read how the server does"),
    "call.ended": gettext_noop("a call is over"),
    "promise.moved": gettext_noop("a callback moved on"),
    "try": gettext_noop("a trial"),
}
"""What other programs may do and are told, by the name that stands in the interface."""

_TROUBLES = Shapes(
    (
        gettext_noop("{who} cannot be reached: {why}"),
        gettext_noop("{who} refused the key ({status}); make a new one there"),
        gettext_noop("the mail server refused it: {why}"),
        gettext_noop("the address answered {status}"),
        gettext_noop("the mail server answered {why}"),
        gettext_noop("{who} answered {status}"),
        gettext_noop("the server"),
        gettext_noop("the mail server"),
        gettext_noop("the address"),
        gettext_noop("connection refused"),
    )
)

_NUMBERED = re.compile(r"\[Errno -?\d+\] (\w)")
"""How a machine names a trouble: by a number that nobody knows, and then its words."""


def deed(action: str) -> str:
    """Say what somebody did: a rule and an act name their kind behind a colon."""
    what, colon, kind = action.partition(": ")
    return _(what) + (f": {_(kind.replace('_', ' '))}" if colon else "")


def named(name: str) -> str:
    """Say what a program may do or is told."""
    return _(NAMED[name]) if name in NAMED else name


def choices(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return names to choose from, each with its words; the name itself is what programs write."""
    return [(name, f"{named(name)} ({name})") for name in names]


def trouble(text: str) -> str:
    """Say why something could not be carried; what another program said itself stays as it is."""
    plain = _NUMBERED.sub(lambda found: found[1].lower(), text)
    return _TROUBLES.say(plain) or plain
