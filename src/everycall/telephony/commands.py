"""What a phone system may be told to do: each command is a value, and names who and where."""

import re
from dataclasses import dataclass
from enum import StrEnum

from everycall.errors import NotTakenError

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_PHONE = re.compile(
    r"(?:[a-z0-9-]+~)?[A-Za-z0-9]+/[A-Za-z0-9][A-Za-z0-9_.@+-]{0,79}"
    r"|(?:client|sip):[A-Za-z0-9][A-Za-z0-9_.@+-]{0,79}|\+?[0-9]{2,20}"
)

_INTERFACE = re.compile(r"[^\s,;&|()$\"'`{}\\\[\]<>=^\x00-\x1f\x7f]{1,200}")
_LINE = re.compile(r"[^\x00-\x1f\x7f\x85\u2028\u2029]{0,200}")
_SOUND = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./:&-]{0,199}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,4})?")


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring a person's phone first, then the customer's; the same id never dials twice.

    Attributes:
        id: names the try: letters, digits, hyphens, at most 60. A second try has another id.
        agent: the person's phone as the phone system names it, PJSIP/1001, client:ann, a number;
            with its mark before it where several are connected: warsaw~PJSIP/1001.
        number: the customer's, in E.164.
        shown: the number that the customer sees; null leaves it to the phone system.
        called: the number that the customer had called, for a phone system that may show it.
        announcement: what the person hears before the customer is dialled: a sound's name, or what
            is said where the phone system speaks.
        press_one: whether the customer has to press 1, so that no machine counts as reached.
        ring_agent_s: how long the person's phone rings; `ring_s`: the customer's.
    """

    id: str
    agent: str
    number: str
    shown: str | None = None
    announcement: str | None = None
    press_one: bool = False
    language: str | None = None
    ring_agent_s: int = 15
    ring_s: int = 30
    called: str | None = None

    def __post_init__(self) -> None:
        checked_id(self.id)
        _checked(_PHONE, self.agent, "a phone is named like PJSIP/1001")
        _checked(_NUMBER, self.number, "a number has digits only, after an optional +")
        _checked_if(_NUMBER, self.shown, "the number that is shown has digits only")
        _lines(self.announcement)
        _checked_if(_LANGUAGE, self.language, "a language is named like de")

    @property
    def sound(self) -> str:
        """The announcement as a dialplan plays it; empty: none.

        Raises:
            NotTakenError: it is no name of a sound.
        """
        _checked_if(_SOUND, self.announcement, "a sound is named like custom/callback")
        return self.announcement or ""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End what was dialled under an id, whoever is on the line; nothing there is no mistake."""

    id: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Let no queue ring a phone (or one queue, if it is named), for a reason."""

    phone: str
    reason: str = ""
    queue: str | None = None

    def __post_init__(self) -> None:
        _interface(self.phone)
        _lines(self.reason, self.queue)


@dataclass(frozen=True, slots=True)
class Resume:
    """Let queues ring a phone again."""

    phone: str
    queue: str | None = None

    def __post_init__(self) -> None:
        _interface(self.phone)
        _lines(self.queue)


@dataclass(frozen=True, slots=True)
class JoinQueue:
    """Add a phone to a queue; one that is in it already stays as it is."""

    phone: str
    queue: str
    name: str | None = None
    penalty: int = 0

    def __post_init__(self) -> None:
        _interface(self.phone)
        _lines(self.queue, self.name)


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """Take a phone out of a queue; one that is not in it is no mistake."""

    phone: str
    queue: str

    def __post_init__(self) -> None:
        _interface(self.phone)
        _lines(self.queue)


@dataclass(frozen=True, slots=True)
class SetPenalty:
    """Say how late a queue rings a phone: those with a lower number come first."""

    phone: str
    queue: str
    penalty: int

    def __post_init__(self) -> None:
        _interface(self.phone)
        _lines(self.queue)


@dataclass(frozen=True, slots=True)
class TakeCaller:
    """Send a caller who waits to a phone; nobody there puts them back where they stood."""

    call_id: str
    phone: str
    ring_s: int = 20

    def __post_init__(self) -> None:
        _interface(self.phone)


class Ear(StrEnum):
    """How somebody is on the line of two others."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"

    @property
    def doc(self) -> str:
        """What it does, in a sentence."""
        return _EARS[self]


_EARS = {
    Ear.LISTEN: "Hears both, and neither hears it.",
    Ear.WHISPER: "Hears both; the colleague hears it, the caller does not.",
    Ear.BARGE: "Speaks with both.",
}


@dataclass(frozen=True, slots=True)
class ListenIn:
    """Ring a phone, and let it hear the talk that another phone has."""

    phone: str
    talking: str
    ear: Ear = Ear.LISTEN

    def __post_init__(self) -> None:
        _interface(self.phone, self.talking)


Command = (
    Dial | HangUp | Pause | Resume | JoinQueue | LeaveQueue | SetPenalty | TakeCaller | ListenIn
)
"""Everything that a phone system may be told; which of it one can do, its `abilities` say."""


def checked_id(dial_id: str) -> str:
    """Return the id of a try.

    Raises:
        NotTakenError: it cannot be one.
    """
    sentence = "the id of a try is made of letters, digits and hyphens, at most 60"
    return _checked(_ID, dial_id, sentence)


def is_language(text: str | None) -> bool:
    """Tell whether a phone system may be told that somebody speaks this."""
    return text is not None and _LANGUAGE.fullmatch(text) is not None


def _interface(*names: str) -> None:
    """Let no name of a phone become a second one, or an option of what rings it."""
    for name in names:
        _checked(_INTERFACE, name, "a phone is named by one word, such as PJSIP/1001")


def _lines(*texts: str | None) -> None:
    for text in texts:
        _checked_if(_LINE, text, "a queue, a name and a reason are one line each")


def _checked_if(pattern: re.Pattern[str], text: str | None, sentence: str) -> None:
    if text is not None:
        _checked(pattern, text, sentence)


def _checked(pattern: re.Pattern[str], text: str, sentence: str) -> str:
    if not pattern.fullmatch(text):
        raise NotTakenError(f"{sentence}: '{text[:80]}' is not")
    return text
