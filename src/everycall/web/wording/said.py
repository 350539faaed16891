"""What is on record of a promise, in the reader's language: it is kept in English, and told in theirs."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from everycall.records.people import Person
from everycall.recovery import Move, State
from everycall.web.wording.saying import duration
from everycall.web.wording.shapes import Shapes
from everycall.web.wording.writing import colleague

MOVES = {
    "made": gettext_noop("made"),
    "note": gettext_noop("note"),
    "asked": gettext_noop("asked"),
    Move.CLAIM: gettext_noop("taken"),
    Move.GIVE_BACK: gettext_noop("given back"),
    Move.TRIED: gettext_noop("tried"),
    Move.SET_TIME: gettext_noop("time set"),
    Move.LEASE_ENDED: gettext_noop("free again"),
    Move.DIAL: gettext_noop("dialled"),
    Move.CONNECTED: gettext_noop("picked up"),
    Move.NOT_REACHED: gettext_noop("not reached"),
    Move.LEFT_MESSAGE: gettext_noop("message left"),
    Move.NOT_DIALLED: gettext_noop("not dialled"),
    Move.DIAL_LOST: gettext_noop("end not seen"),
    Move.KEEP: gettext_noop("kept"),
    Move.GIVE_UP: gettext_noop("given up"),
    Move.WITHDRAW: gettext_noop("withdrawn"),
    Move.EXPIRE: gettext_noop("expired"),
    Move.REOPEN: gettext_noop("opened again"),
}
"""What was done, as a list of past things says it."""

STATES = {
    State.WAITING.value: gettext_noop("waits"),
    State.TALKING.value: gettext_noop("is talking"),
}
"""What is said of one promise, where the state's own word is said of many callers."""

PARTIES = {"the calls": gettext_noop("the calls"), "the caller": gettext_noop("the caller")}
"""Who did something without being a person with a name."""

NOBODY = frozenset({*PARTIES, "everycall", "somebody", "a colleague"})
"""Who is no colleague whose name could be hidden."""

WHOLE = (
    gettext_noop("asked to be called"),
    gettext_noop("they chose a time"),
    gettext_noop("by hand"),
    gettext_noop("they wrote and wait for an answer"),
    gettext_noop("a machine took our call"),
    gettext_noop("they called again and were missed again"),
    gettext_noop("we reached them, from a number that several people use"),
    gettext_noop("they called again, from a number that several people use"),
    gettext_noop("we reached them; how long they talked was not seen"),
    gettext_noop("they called again; how long they talked was not seen"),
    gettext_noop("more was heard of the call: it was answered after all"),
    gettext_noop("nothing happened for the time of the lease"),
    gettext_noop("its last day has passed"),
    gettext_noop("whoever dialled went silent; nobody saw how it ended, and no call is on"),
    gettext_noop("nobody saw how the call ended; it may have reached them"),
    gettext_noop("they picked up; how long you talked was not seen"),
    gettext_noop("its task was closed there"),
)
"""Reasons that are always the same."""

INNER = ("found", "result")
"""The parts of a reason that are reasons themselves."""

WITH_PARTS = (
    gettext_noop("suggested: {found}"),
    gettext_noop("{found}; it is closed when the dialling is over"),
    gettext_noop("the last try: {result}"),
    gettext_noop("the caller's phone was not rung: {result}"),
    gettext_noop("our call ended with: {result}"),
    gettext_noop("they wrote, and {who} answered"),
    gettext_noop("we reached them, and {who} talked for {time}"),
    gettext_noop("they called again, and {who} talked for {time}"),
    gettext_noop("we reached them, and {who} talked too short to help"),
    gettext_noop("they called again, and {who} talked too short to help"),
)
"""Reasons that name somebody or something."""


_SHAPES = Shapes(WITH_PARTS)


def said(text: str, named: Callable[[str], str] = str) -> str:
    """Write a reason that is on record; what a person wrote stays as it is.

    Args:
        text: the reason.
        named: writes the name of whoever stands in it.
    """
    if not text:
        return ""
    if found := _SHAPES.found(text):
        whole, parts = found
        return _(whole).format(**{k: _part(k, v, named) for k, v in parts.items()})
    return _(text.replace("_", " "))


def in_words(text: str, named: Callable[[str], str]) -> str:
    """Write a reason as it is on record, but for the names in it."""

    def part(key: str, value: str) -> str:
        if key in INNER:
            return in_words(value, named)
        return named(value) if key == "who" else value

    if found := _SHAPES.found(text):
        whole, parts = found
        return whole.format(**{key: part(key, value) for key, value in parts.items()})
    return text


def _part(key: str, value: str, named: Callable[[str], str]) -> str:
    if key in INNER:
        return said(value, named)
    if key == "time":
        return _lasted(value)
    return named(value) if key == "who" else value


def _lasted(text: str) -> str:
    """Write how long something took, which is on record in seconds: "122 s" is 2 min 02 s."""
    seconds = text.removesuffix(" s")
    return duration(int(seconds) * 1000) if seconds.isdigit() else text


def said_to(text: str, reader: Person) -> str:
    """Write a reason as somebody may read it: colleagues by name by right only."""
    return said(text, lambda who: party_to(who, reader))


def party_to(who: str, reader: Person) -> str:
    """Write who did it as somebody may read it: colleagues by name by right only."""
    return party(who) if who in NOBODY or not who else colleague(who, reader)


def state(name: str) -> str:
    """Write the state of one promise."""
    return _(STATES.get(name, name))


def done(move: str) -> str:
    """Write what was done."""
    return _(MOVES[move]) if move in MOVES else move


def party(who: str) -> str:
    """Write who did it."""
    return _(PARTIES[who]) if who in PARTIES else who
