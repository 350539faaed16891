"""What a step of a call says beside its name, in the reader's language: who, why, how long, whereto."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from everycall.web.wording.saying import words
from everycall.web.wording.shapes import Shapes

REASONS = {
    "answered": gettext_noop("answered"),
    "caller": gettext_noop("the caller"),
    "agent": gettext_noop("the agent"),
    "system": gettext_noop("the phone system"),
    "network": gettext_noop("the network"),
    "transfer": gettext_noop("handed on"),
    "unknown": gettext_noop("not known"),
    "timeout": gettext_noop("the waiting time ran out"),
    "empty": gettext_noop("nobody was left in the queue"),
    "full": gettext_noop("the queue was full"),
    "unstaffed": gettext_noop("nobody was signed in"),
    "key": gettext_noop("by a key"),
    "withdrawn": gettext_noop("withdrawn"),
    "moved": gettext_noop("moved to another queue"),
    "closing": gettext_noop("closing time"),
    "no_answer": gettext_noop("no answer"),
    "rejected": gettext_noop("refused"),
    "busy": gettext_noop("busy"),
    "unreachable": gettext_noop("phone out of reach"),
    "elsewhere": gettext_noop("answered elsewhere"),
    "cancelled": gettext_noop("called off"),
    "failed": gettext_noop("failed"),
    "blind": gettext_noop("without asking first"),
    "attended": gettext_noop("after asking first"),
}
"""Why something came to its end, or how it was done, by the word that events have for it."""

_SENTENCES = Shapes(
    (
        gettext_noop("to {party}"),
        gettext_noop("cause {number}"),
        gettext_noop("by its length"),
        gettext_noop("its channel began"),
        gettext_noop("a consultation that joined this call"),
        gettext_noop("it began with us and went out"),
        gettext_noop("it began on the line {line}"),
        gettext_noop("it began on the phone {phone} and stayed inside"),
        gettext_noop("the phone {phone} listened to others"),
        gettext_noop("context {name} means that we call back"),
    )
)
_LENGTH = re.compile(r"for (\d+(?:\.\d+)?) s")


def details(text: str) -> str:
    """Say the details of a step; what the phone system named itself stays as it is."""
    return ", ".join(_part(part) for part in text.split(", "))


def _part(part: str) -> str:
    if length := _LENGTH.fullmatch(part):
        seconds = round(float(length[1]), 1)
        return _("for {n} s").format(n=words().number(seconds, 0 if seconds.is_integer() else 1))
    if part in REASONS:
        return _(REASONS[part])
    return _SENTENCES.say(part) or part
