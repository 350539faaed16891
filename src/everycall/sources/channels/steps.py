"""One thing that a channel did, in the words that CEL and AMI share."""

from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any


class Act(StrEnum):
    """What a channel did, or what was said of it."""

    BORN = "born"
    ORIGINATED = "originated"
    RINGING = "ringing"
    ANSWERED = "answered"
    RUNS = "runs"
    ENTERED = "entered"
    LEFT = "left"
    DIGIT = "digit"
    HEARS = "hears"
    HEARD = "heard"
    HELD = "held"
    UNHELD = "unheld"
    BLIND = "blind"
    ATTENDED = "attended"
    PARKED = "parked"
    UNPARKED = "unparked"
    SWAPPED = "swapped"
    JOINED = "joined"
    QUIT = "quit"
    GAVE_UP = "gave_up"
    RUNG = "rung"
    CONNECTED = "connected"
    VARIABLE = "variable"
    SAID = "said"
    ASKED_TO_END = "asked_to_end"
    TOLD_TO_END = "told_to_end"
    HUNG_UP = "hung_up"
    SOUNDED = "sounded"
    OVER = "over"


_ACTS = {str(act): act for act in Act}

PAIRED = "pair"
"""The bridge of a channel whose log tells of two that were connected at one of them only."""


@dataclass(
    slots=True
)  # not frozen, nor ever changed: a live call makes all its steps again and again
class Step:
    """Something that happened to a channel at a moment, in microseconds.

    Attributes:
        channel: the channel's unique id; `name` is what Asterisk calls it.
        linked: the id of the call, as the channel had it at that moment.
        other: the channel that it happened with: transferee, dialled or parked channel.
        sound: the file that is played; 'moh' for music on hold.
        ended_by: CEL's hangupsource: the name of the channel, or a part of the dialplan.
    """

    act: Act
    at: int
    channel: str
    name: str = ""
    linked: str = ""
    context: str = ""
    exten: str = ""
    app: str = ""
    data: str = ""
    number: str = ""
    dnid: str = ""
    bridge: str = ""
    other: str = ""
    other_name: str = ""
    sound: str = ""
    digit: str = ""
    cause: int | None = None
    ended_by: str | None = None
    queue: str = ""
    member: str = ""
    variable: str = ""
    value: str = ""
    language: str = ""

    def body(self) -> dict[str, Any]:
        """Return what has to be kept to make the step again; empty fields are left out.

        Only for `ended_by` is empty not the same as unsaid: CEL then says that nobody asked.
        """
        found = zip(_NAMES, _VALUES(self), strict=True)
        kept = {k: v for k, v in found if v or (v is not None and (v != "" or k == "ended_by"))}
        kept["act"] = self.act.value
        return kept

    @classmethod
    def of(cls, body: dict[str, Any]) -> "Step":
        """Make a step of a kept body."""
        known = body if body.keys() <= _NAMES else {k: body[k] for k in body if k in _NAMES}
        return cls(**{**known, "act": _ACTS[body["act"]]})


_NAMES = {field.name: None for field in fields(Step)}.keys()
"""The names of a step's fields, in order."""

_VALUES = attrgetter(*_NAMES)
