"""Holding what was told of a call against what the phones saw of it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FURTHEST = 1.6
"""A call that was told to have arrived by more seconds before or after is another one."""

UNSEEN = object()
"""What the phones cannot tell, so whatever is told of it stands."""


@dataclass(frozen=True)
class Ring:
    """One ring of one phone."""

    who: str
    at: float
    lasted: Any
    result: Any


@dataclass(frozen=True)
class Seen:
    """A call as the phones saw it; moments in seconds since 1970, None for what never happened.

    Where hold and parking are not seen, talk includes them.
    """

    name: str
    direction: Any
    outcome: Any
    arrived_at: float
    answered_at: Any
    ended_at: Any
    ended_by: Any
    talk: Any
    hold: Any
    rings: tuple[Ring, ...] = ()
    wait: Any = UNSEEN


@dataclass(frozen=True)
class Deviation:
    """A fact that was told otherwise than the phones saw it; `told` is None if it was not told."""

    name: str
    fact: str
    told: Any = field(compare=False)
    seen: Any = field(compare=False)

    @property
    def is_untold(self) -> bool:
        """Whether the fact was left out, rather than told otherwise."""
        return str(self.told).split()[0] == "None"

    def __str__(self) -> str:
        return f"{self.name} {self.fact}: told {self.told}, seen {self.seen}"


def moment(text: str | None) -> float | None:
    """Return the seconds since 1970 of a moment as it is told."""
    return None if text is None else datetime.fromisoformat(text).timestamp()


def seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def compare(
    seen: Sequence[Seen], calls: Sequence[dict[str, Any]], near: float
) -> Iterator[Deviation]:
    """Yield every deviation; calls are told apart by when they arrived."""
    pairs = sorted(
        (abs(_distance(call, one)), i, k)
        for i, one in enumerate(seen)
        for k, call in enumerate(calls)
    )
    chosen: dict[int, int] = {}
    for distance, i, k in pairs:
        if distance <= FURTHEST and i not in chosen and k not in chosen.values():
            chosen[i] = k
    for i, one in enumerate(seen):
        if i in chosen:
            yield from _facts(one, calls[chosen[i]], near)
            yield from _rings(one, calls[chosen[i]], near)
        else:
            yield Deviation(one.name, "call", None, f"{one.direction} {one.outcome}")
    for k in set(range(len(calls))) - set(chosen.values()):
        told = f"{calls[k]['direction']} {calls[k]['outcome']} to {calls[k]['called']}"
        yield Deviation(seen[0].name if seen else "?", "another call", told, None)


def _distance(call: dict[str, Any], seen: Seen) -> float:
    return (moment(call["arrived_at"]) or 0.0) - seen.arrived_at


def _facts(seen: Seen, call: dict[str, Any], near: float) -> Iterator[Deviation]:
    hold, talk = seconds(call["hold_ms"]), seconds(call["talk_ms"])
    pairs = (
        ("direction", call["direction"], seen.direction),
        ("outcome", call["outcome"], seen.outcome),
        ("arrived_at", moment(call["arrived_at"]), seen.arrived_at),
        ("answered_at", moment(call["answered_at"]), seen.answered_at),
        ("ended_at", moment(call["ended_at"]), seen.ended_at),
        ("ended_by", call["ended_by"], seen.ended_by),
        ("talk", talk, _talk(seen, talk, hold)),
        ("hold", hold, seen.hold),
        ("wait", seconds(call["wait_ms"]), seen.wait),
    )
    for fact, told, truth in pairs:
        if not _same(told, truth, near):
            yield Deviation(seen.name, fact, told, truth)


def _talk(seen: Seen, talk: float | None, hold: float | None) -> Any:
    """Return the talk as it was; where no hold is told, what is told as talk may include it."""
    if seen.talk and talk and hold is None and seen.hold:
        return min(max(talk, seen.talk), seen.talk + seen.hold)
    return seen.talk


def _same(told: Any, truth: Any, near: float) -> bool:
    if isinstance(truth, float):
        return told is not None and abs(told - truth) <= near
    return truth is UNSEEN or told == truth


def _rings(seen: Seen, call: dict[str, Any], near: float) -> Iterator[Deviation]:
    told = [(phone_of(a["agent"] or ""), a) for a in call["attempts"]]
    if Counter(who for who, _ in told) != Counter(ring.who for ring in seen.rings):
        names = [(who, a["result"]) for who, a in told]
        yield Deviation(seen.name, "attempts", names, [(r.who, r.result) for r in seen.rings])
        return
    for ring in seen.rings:
        attempt = next(a for who, a in told if who == ring.who)
        told.remove((ring.who, attempt))
        facts = (
            ("rang_at", moment(attempt["rang_at"]), ring.at),
            ("ring", seconds(attempt["ring_ms"]), ring.lasted),
            ("result", attempt["result"], ring.result),
        )
        for fact, value, truth in facts:
            if not _same(value, truth, near):
                yield Deviation(seen.name, fact, f"{value} of {ring.who}", truth)


_MEMBER = re.compile(r"Agent (\d)$")


def phone_of(agent: str) -> str:
    """Return the number of a phone, whether it is named as an endpoint or as a person."""
    member = _MEMBER.match(agent)
    return f"100{member[1]}" if member else agent.rpartition("/")[2]


def report(deviations: Iterable[Deviation]) -> str:
    return "\n".join(str(one) for one in deviations)
