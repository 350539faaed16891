"""The states of a promise, and the moves between them: one table, which docs and guards are made of."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a promise is."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DIALLING = "dialling"
    TALKING = "talking"
    KEPT = "kept"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether something is still owed."""
        return self in _OPEN

    @property
    def doc(self) -> str:
        """What it says, in a sentence."""
        return _DOCS[self]


_OPEN = frozenset({State.WAITING, State.CLAIMED, State.DIALLING, State.TALKING})

_DOCS = {
    State.WAITING: "Nobody has it yet, or its next try is not due.",
    State.CLAIMED: "Somebody has taken it and will call.",
    State.DIALLING: "The caller's phone is being rung.",
    State.TALKING: "Somebody speaks with the caller.",
    State.KEPT: "A person spoke with the caller for long enough to help.",
    State.UNREACHABLE: "Every try was used and nobody was reached.",
    State.WITHDRAWN: "It is not owed any more: the caller rang back and was helped, or asked us not to.",
    State.EXPIRED: "Its time passed without an answer.",
}


def open_states() -> tuple[State, ...]:
    """Return the states in which something is owed, in their order."""
    return tuple(state for state in State if state.is_open)


class Move(StrEnum):
    """What may happen to a promise."""

    CLAIM = "claim"
    GIVE_BACK = "give back"
    TRIED = "tried"
    SET_TIME = "set a time"
    LEASE_ENDED = "lease ended"
    DIAL = "dial"
    CONNECTED = "connected"
    NOT_REACHED = "not reached"
    LEFT_MESSAGE = "left a message"
    NOT_DIALLED = "not dialled"
    DIAL_LOST = "dial lost"
    KEEP = "keep"
    GIVE_UP = "give up"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Arrow:
    """One move: from which states it leads where, and when it is made."""

    move: Move
    sources: tuple[State, ...]
    target: State
    doc: str


_OFF_THE_LINE = (State.WAITING, State.CLAIMED, State.TALKING)
"""While a number is being dialled nothing closes a promise: it would leave a call without one."""

ARROWS = (
    Arrow(
        Move.CLAIM, (State.WAITING,), State.CLAIMED, "Somebody takes it, for the time of a lease."
    ),
    Arrow(
        Move.GIVE_BACK, (State.CLAIMED,), State.WAITING, "Who has it hands it back or snoozes it."
    ),
    Arrow(
        Move.TRIED,
        (State.WAITING,),
        State.WAITING,
        "Somebody who had not taken it rang the caller, from whatever phone, and did not reach them.",
    ),
    Arrow(
        Move.LEASE_ENDED,
        (State.CLAIMED,),
        State.WAITING,
        "Who has it went silent; it is there for the others again.",
    ),
    Arrow(Move.DIAL, (State.CLAIMED,), State.DIALLING, "The caller's number is dialled."),
    Arrow(Move.CONNECTED, (State.DIALLING,), State.TALKING, "The caller's phone was picked up."),
    Arrow(
        Move.NOT_REACHED,
        (State.DIALLING, State.TALKING),
        State.WAITING,
        "Busy, no answer, or a talk too short to help; the next try is due after a gap.",
    ),
    Arrow(
        Move.LEFT_MESSAGE,
        (State.DIALLING, State.TALKING),
        State.WAITING,
        "A machine took the call; it stays open and ranks lower.",
    ),
    Arrow(
        Move.SET_TIME,
        (State.WAITING,),
        State.WAITING,
        "The caller chose when to be called.",
    ),
    Arrow(
        Move.NOT_DIALLED,
        (State.DIALLING,),
        State.WAITING,
        "Our own phone was not picked up, or it was called off: the caller's never rang, and it is "
        "proved that it never will.",
    ),
    Arrow(
        Move.DIAL_LOST,
        (State.DIALLING, State.TALKING),
        State.WAITING,
        "Nobody saw how the call ended, and it is proved that none is on any more: only a person "
        "calls again.",
    ),
    Arrow(
        Move.KEEP,
        _OFF_THE_LINE,
        State.KEPT,
        "A person spoke with the caller for long enough, from whatever phone.",
    ),
    Arrow(
        Move.GIVE_UP,
        (State.WAITING, State.CLAIMED, State.DIALLING, State.TALKING),
        State.UNREACHABLE,
        "The last try was used up.",
    ),
    Arrow(
        Move.WITHDRAW,
        _OFF_THE_LINE,
        State.WITHDRAWN,
        "The caller rang back and was helped, cancelled, or has another promise.",
    ),
    Arrow(Move.EXPIRE, (State.WAITING, State.CLAIMED), State.EXPIRED, "Its last day has passed."),
    Arrow(
        Move.REOPEN,
        (State.KEPT, State.UNREACHABLE, State.WITHDRAWN, State.EXPIRED),
        State.WAITING,
        "A person says that it was closed wrongly.",
    ),
)
"""Every move that may be made."""


def arrow(move: Move) -> Arrow:
    """Return the arrow of a move; each move has one."""
    return next(found for found in ARROWS if found.move is move)
