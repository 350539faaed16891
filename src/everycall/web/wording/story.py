"""The story of a call with each moment told once, however many sources tell it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

NEAR_MS = 1000
"""Sources that write whole seconds tell a moment up to a second early."""

_PHONE = re.compile(r"\bto (\w+/[^,\s]+)")

Step = dict[str, Any]


@dataclass
class _Moment:
    """What several sources say of one moment."""

    told: list[Step] = field(default_factory=list)

    def fits(self, step: Step) -> bool:
        """Tell whether a step may be this moment as another source, or another line, tells it."""
        return (
            step["kind"] == self.told[0]["kind"]
            and any(abs(step["timer_ms"] - one["timer_ms"]) <= NEAR_MS for one in self.told)
            and all(_agree(step, one) for one in self.told)
        )

    def names(self, step: Step) -> bool:
        """Tell whether somebody here speaks of the same person."""
        return any(one["agent"] == step["agent"] for one in self.told)

    def once(self) -> Step:
        """Return the moment as the finest source tells it, with everything that others add."""
        best = max(self.told, key=_worth)
        who = [self._first("queue"), best["agent"] or self._first("agent")]
        return {
            **best,
            "who": " · ".join(part for part in who if part),
            "details": best["details"] or self._first("details"),
            "sources": list(dict.fromkeys(one["source"] for one in self.told)),
        }

    def _first(self, name: str) -> str:
        return next((str(one[name]) for one in self.told if one[name]), "")


def told_once(timeline: Sequence[Step]) -> list[Step]:
    """Return the steps of a call, in their order; a step lists the sources that tell it."""
    names = _names(timeline)
    moments: list[_Moment] = []
    for told in timeline:
        step = {**told, "agent": names.get(told["agent"], told["agent"])}
        moment = _found(moments, step)
        if moment is None:
            moments.append(moment := _Moment())
        moment.told.append(step)
    return sorted((moment.once() for moment in moments), key=_order)


def _order(step: Step) -> tuple[int, bool]:
    """Nothing comes before the call: what is told by whole seconds only may seem to."""
    return max(step["timer_ms"], 0), step["kind"] != "call.arrived"


def _names(timeline: Iterable[Step]) -> dict[str | None, str]:
    """Return the names of phones, where a source says both."""
    rings = [step for step in timeline if step["kind"] == "agent.rang" and _is_name(step["agent"])]
    found = ((_PHONE.search(step["details"]), step["agent"]) for step in rings)
    return {phone[1]: name for phone, name in found if phone}


def _found(moments: list[_Moment], step: Step) -> _Moment | None:
    fitting = [moment for moment in moments if moment.fits(step)]
    same = [moment for moment in fitting if moment.names(step)]
    if same:
        return same[-1]
    return fitting[0] if len(fitting) == 1 else None


def _agree(one: Step, other: Step) -> bool:
    """Tell whether two steps of a kind may be one: a source tells a moment of somebody once."""
    queues = {one["queue"], other["queue"]} - {None, ""}
    people = {one["agent"], other["agent"]} - {None, ""}
    if len(queues) > 1:
        return False
    if one["source"] == other["source"]:
        return one["timer_ms"] == other["timer_ms"] and len(people) < 2
    # one source says the phone where another says the name
    return len({_is_name(person) for person in people}) == len(people)


def _worth(step: Step) -> tuple[bool, bool, int]:
    return ("." in step["at"], _is_name(step["agent"]), len(step["details"]))


def _is_name(person: str | None) -> bool:
    return bool(person) and "/" not in str(person)
