"""What a scenario declares before it is played: its sentence, its calls, the lines it must leave."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lab.stage import Stage

    Play = Callable[[Stage], Awaitable[None]]

STORIES: dict[str, Story] = {}

INBOUND = frozenset(
    {
        "answered",
        "dropped_in_talk",
        "transfer_unanswered",
        "callback_requested",
        "voicemail_left",
        "voicemail_no_message",
        "failed_before_ring",
        "failed_waiting",
        "caller_left_in_queue",
        "caller_left_while_ringing",
        "caller_left_closed",
        "caller_left_in_menu",
        "timed_out",
        "queue_empty",
        "queue_full",
        "queue_unstaffed",
        "left_by_key",
        "closed_while_waiting",
        "rejected",
        "rang_out",
        "busy",
        "unreachable",
        "self_served",
    }
)
OUTBOUND = frozenset(
    {"reached", "message_left", "no_answer", "busy", "refused", "failed", "invalid_number"}
)


@dataclass(frozen=True)
class Expected:
    """What became of one call: its direction, its outcome, and who ended it if that is odd."""

    direction: str
    outcome: str | None = None
    ended_by: str | None = None

    def __post_init__(self) -> None:
        allowed = OUTBOUND if self.direction in {"outbound", "callback"} else INBOUND
        if self.outcome is not None and self.outcome not in allowed:
            raise ValueError(f"no {self.direction} call ends as {self.outcome!r}")


@dataclass(frozen=True)
class Story:
    """A scenario: what it is about, what comes of it, and how it is played."""

    name: str
    text: str
    calls: tuple[Expected, ...]
    queue_log: tuple[str, ...]
    cdr: tuple[str, ...]
    play: Play


def inbound(outcome: str, ended_by: str | None = None) -> Expected:
    """A call of a customer."""
    return Expected("inbound", outcome, ended_by)


def outbound(outcome: str) -> Expected:
    """A call of ours to a customer."""
    return Expected("outbound", outcome)


def callback(outcome: str) -> Expected:
    """A call that returns a customer's call."""
    return Expected("callback", outcome)


def internal(outcome: str | None = None) -> Expected:
    """A call that stays in the house; without an outcome where nobody was asked for."""
    return Expected("internal", outcome)


def story(*calls: Expected, queue_log: str = "", cdr: str = "") -> Callable[[Play], Play]:
    """Declare a scenario: its docstring is its sentence, `queue_log` its verbs, `cdr` its results."""

    def keep(play: Play) -> Play:
        name = play.__name__
        dispositions = tuple(part.strip() for part in cdr.split(",") if part.strip())
        text = " ".join((inspect.getdoc(play) or "").split())
        STORIES[name] = Story(name, text, calls, tuple(queue_log.split()), dispositions, play)
        return play

    return keep
