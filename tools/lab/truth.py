"""From what the phones saw to what happened: the contents of `truth.json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.leg import Leg
    from lab.stage import Stage
    from lab.story import Expected, Story

FORMAT = 1
_TOGETHER_S = 0.5


@dataclass(frozen=True)
class Call:
    """One call of the story: the leg that stands for it and the legs that belong to it."""

    principal: Leg
    others: tuple[Leg, ...]
    consultations: tuple[Leg, ...] = ()

    @property
    def began_at(self) -> float:
        """The first INVITE of any of its legs."""
        return min(leg.invited_at or 0.0 for leg in (self.principal, *self.others))

    @property
    def ended_at(self) -> float:
        """When the leg that stands for it was over."""
        return self.principal.ended_at or float("inf")


def describe(story: Story, stage: Stage) -> dict[str, Any]:
    """All of `truth.json`."""
    calls = split(stage)
    if len(calls) != len(story.calls):
        raise ValueError(f"{story.name} declares {len(story.calls)} calls, {len(calls)} were seen")
    pairs = zip(calls, story.calls, strict=True)
    return {
        "format": FORMAT,
        "name": story.name,
        "description": story.text,
        "asterisk": stage.node.version,
        "rtp_timeout_s": stage.node.rtp_timeout,
        "calls": [describe_call(call, expected) for call, expected in pairs],
        "phones": [phone.record() for phone in stage.phones],
    }


def split(stage: Stage) -> list[Call]:
    """Sort every leg to the call that it belongs to."""
    principals = _principals(stage)
    legs = [leg for leg in _people(stage) if leg not in principals]
    owners = {id(leg): _owner(leg, principals) for leg in legs}
    consultations = tuple(leg for leg in _dialled(stage) if leg not in [*principals, *legs])
    return [
        Call(one, tuple(leg for leg in legs if owners[id(leg)] is one), consultations)
        for one in principals
    ]


def _principals(stage: Stage) -> list[Leg]:
    own = [leg for phone in stage.phones if phone.role == "caller" for leg in phone.legs]
    return sorted([*own, *stage.principals], key=lambda leg: leg.invited_at or 0.0)


def _people(stage: Stage) -> list[Leg]:
    """Legs on which a person may have talked: calls that came in, and those that joined."""
    came_in = [leg for phone in stage.phones for leg in phone.legs if leg.incoming]
    legs = [*came_in, *stage.joined]
    return sorted(legs, key=lambda leg: leg.invited_at or 0.0)


def _dialled(stage: Stage) -> list[Leg]:
    return [leg for phone in stage.phones for leg in phone.legs if not leg.incoming]


def _owner(leg: Leg, principals: list[Leg]) -> Leg | None:
    """By the number shown if that decides it, else by the time."""
    at = leg.invited_at or 0.0
    shown = leg.record()["other_number"]
    live = [one for one in principals if at <= (one.ended_at or float("inf")) + _TOGETHER_S]
    by_number = [one for one in live if one.phone.number == shown and (one.invited_at or 0) <= at]
    return next(iter(by_number[-1:] or live), None)


def describe_call(call: Call, expected: Expected) -> dict[str, Any]:
    """What became of one call."""
    principal = call.principal
    talks = [talk for leg in call.others for talk in _talks(leg, call)]
    talks.sort(key=lambda talk: talk["from"])
    return {
        "direction": expected.direction,
        "outcome": expected.outcome,
        "caller": None if principal.incoming else principal.phone.number,
        "caller_name": None if principal.incoming else principal.phone.name,
        "dialled": principal.dialled,
        "arrived_at": call.began_at,
        "answered_at": talks[0]["from"] if talks else None,
        "ended_at": principal.ended_at,
        "answered_by": talks[0]["who"] if talks else None,
        "talk_s": round(sum(talk["s"] for talk in talks), 3) if talks else None,
        "ended_by": expected.ended_by or _ended_by(call),
        "attempts": [_attempt(leg, call) for leg in _rung(call)],
        "talks": talks,
    }


def _talks(leg: Leg, call: Call) -> list[dict[str, Any]]:
    """The stretches in which this leg talked with the other side."""
    if leg.answered_at is None or call.principal.answered_at is None:
        return []
    start = max(leg.answered_at, call.principal.answered_at)
    end = min(leg.ended_at or call.ended_at, call.ended_at)
    spells = []
    for away in leg.away_spells:
        spells.append((start, min(away[0], end)))
        start = away[1] if len(away) == 2 else end
    spells.append((start, end))
    return [
        {"who": leg.phone.number, "from": begin, "to": stop, "s": round(stop - begin, 3)}
        for begin, stop in spells
        if stop - begin > 0.001
    ]


def _rung(call: Call) -> list[Leg]:
    """Legs that rang at somebody; the customer of a call-back is not an attempt."""
    own = [call.principal] if call.principal.phone.role == "agent" else []
    return [leg for leg in (*own, *call.others) if leg.incoming]


def _attempt(leg: Leg, call: Call) -> dict[str, Any]:
    """One ring of one phone."""
    began = leg.invited_at or 0.0
    ended = leg.answered_at or leg.ended_at
    return {
        "who": leg.phone.number,
        "at": began,
        "ring_s": round(ended - began, 3) if ended else None,
        "result": _result(leg, call),
        "shown": leg.record()["other_number"],
    }


def _result(leg: Leg, call: Call) -> str:
    if leg.answered_at:
        return "answered"
    if leg.ringing_at is None:
        return "busy" if leg.ended_by == "rejected 486" else "unreachable"
    if leg.ended_by.startswith("rejected"):
        return "rejected"
    callers = (call.principal, *call.consultations)
    if _any_together(leg.ended_at, (one.ended_at for one in callers if one.ended_by == "self")):
        return "cancelled"
    others = (other.answered_at for other in call.others)
    return "elsewhere" if _any_together(leg.ended_at, others) else "no_answer"


def _ended_by(call: Call) -> str:
    principal = call.principal
    if principal.ended_by == "killed" or any(leg.ended_by == "killed" for leg in call.others):
        return "network"
    refused = principal.incoming and principal.ended_by.startswith("rejected")
    if principal.ended_by == "self" or refused:
        return principal.phone.role
    closers = [leg for leg in call.others if leg.ended_by == "self" and leg.answered_at]
    for leg in closers:
        if _together(leg.ended_at, principal.ended_at):
            return leg.phone.role
    return "system"


def _together(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < _TOGETHER_S


def _any_together(one: float | None, others: Iterable[float | None]) -> bool:
    return any(_together(one, other) for other in others)
