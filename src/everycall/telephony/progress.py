"""How far a try has come, and how it ended: told by the call's own events, never by an answer."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a try is."""

    ASKED = "asked"
    AGENT_RINGING = "agent ringing"
    AGENT_THERE = "agent there"
    DIALLING = "dialling"
    TALKING = "talking"
    OVER = "over"

    @property
    def doc(self) -> str:
        """What it says, in a sentence."""
        return _STAGES[self]


_STAGES = {
    Stage.ASKED: "The phone system was told; nothing rings yet.",
    Stage.AGENT_RINGING: "The person's phone rings.",
    Stage.AGENT_THERE: "The person has picked up; the customer is not dialled yet.",
    Stage.DIALLING: "The customer's phone is being dialled.",
    Stage.TALKING: "The customer has picked up, and pressed 1 where that was asked for.",
    Stage.OVER: "No phone is on the line any more.",
}


class Result(StrEnum):
    """How a try ended."""

    REACHED = "reached"
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REFUSED = "refused"
    INVALID_NUMBER = "invalid_number"
    FAILED = "failed"
    AGENT_NO_ANSWER = "agent_no_answer"
    AGENT_BUSY = "agent_busy"
    AGENT_UNREACHABLE = "agent_unreachable"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def doc(self) -> str:
        """What it says, in a sentence."""
        return _RESULTS[self]

    @property
    def is_of_the_agent(self) -> bool:
        """Whether the customer's phone was never dialled: try the next person, not the next caller."""
        return self in _BEFORE


_BEFORE = frozenset({Result.AGENT_NO_ANSWER, Result.AGENT_BUSY, Result.AGENT_UNREACHABLE})

_RESULTS = {
    Result.REACHED: "The customer and the person were on the line together.",
    Result.MACHINE: "Something picked up and did not press 1.",
    Result.NO_ANSWER: "The customer's phone rang and nobody picked up.",
    Result.BUSY: "The customer was on the phone.",
    Result.REFUSED: "The customer refused the call.",
    Result.INVALID_NUMBER: "There is no such number.",
    Result.FAILED: "The network could not place the call.",
    Result.AGENT_NO_ANSWER: "The person's phone rang and nobody picked up; the customer was not dialled.",
    Result.AGENT_BUSY: "The person was on the phone, or refused; the customer was not dialled.",
    Result.AGENT_UNREACHABLE: "The person's phone could not be reached; the customer was not dialled.",
    Result.CANCELLED: "It was called off before the customer picked up.",
    Result.UNKNOWN: "It is over, and its end was not heard.",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """A try at one moment.

    Attributes:
        at: when it came here, in microseconds since 1970, UTC.
        result: null until it is over.
        customer_dialled: whether the customer's phone was ever dialled in this try.
        talk_ms: how long both were on the line; null unless it is over and they were.
        call_id: the call's id, as history knows it.
        cause: the Q.850 cause of the customer's leg, or of the person's if there was no other.
    """

    id: str
    at: int
    stage: Stage
    result: Result | None = None
    agent: str | None = None
    number: str | None = None
    customer_dialled: bool = False
    talk_ms: int | None = None
    call_id: str | None = None
    cause: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.stage is Stage.OVER
