"""What the simulation knows, in numbers: the yardstick for whoever reads the logs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from shop import plan
from shop.clockwork import SECOND
from shop.days import date_of, day_number
from shop.episodes import episodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shop.records import Story
    from shop.shop import Shop

_EXITS = ("answered", "caller", "timeout", "empty", "key", "restart")


def truth(shop: Shop, seed: int) -> dict[str, Any]:
    """Return everything that a test can compare with an audit."""
    came_in = [s for s in shop.stories if s.direction == "inbound"]
    seen = [s for s in came_in if not s.hidden]
    return {
        "seed": seed,
        "days": shop.days,
        "first_day": str(plan.FIRST_DAY),
        "last_day": str(day_number(shop.days - 1)),
        "inbound": {
            "tried": len(came_in),
            "without_trace": _sorted(Counter(s.hidden for s in came_in if s.hidden)),
            "arrived": len(seen),
            "answered": sum(s.answered for s in seen),
            "outcomes": _sorted(Counter(s.outcome for s in seen)),
            "handed_to_an_empty_queue": sum(map(_handed_to_nobody, seen)),
            "days": _days(seen),
        },
        "queues": _queues(seen),
        "people": _people(shop.stories),
        "our_own": _our_own(shop),
        "callers": _callers(seen),
        "episodes": _episodes(shop),
        "needs": _needs(shop),
    }


def _handed_to_nobody(story: Story) -> bool:
    """Tell whether a caller was handed on to a queue that refused them at its door."""
    return story.outcome == "transfer_unanswered" and story.visits[-1].exit == "unstaffed"


def _sorted(counted: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counted.items()))


def _days(stories: Iterable[Story]) -> dict[str, list[int]]:
    """Return for each local day how many arrived, and how many of them were answered."""
    days: dict[str, list[int]] = {}
    for story in stories:
        day = days.setdefault(str(date_of(story.began)), [0, 0])
        day[0] += 1
        day[1] += story.answered
    return dict(sorted(days.items()))


def _queues(stories: Iterable[Story]) -> dict[str, dict[str, int]]:
    """Return for each queue how many got in, and how their stays ended."""
    exits: Counter[tuple[str, str]] = Counter()
    waits: Counter[str] = Counter()
    for story in stories:
        for visit in story.visits:
            exits[visit.queue, visit.exit] += 1
            if visit.left is not None:
                waits[visit.queue] += visit.left - visit.entered
    return {
        about.name: {
            "entered": sum(exits[about.name, exit_] for exit_ in _EXITS),
            **{exit_: exits[about.name, exit_] for exit_ in _EXITS},
            "refused_at_door": exits[about.name, "unstaffed"],
            "seconds_waited": waits[about.name],
        }
        for about in plan.QUEUES
    }


def _people(stories: Iterable[Story]) -> dict[str, dict[str, int]]:
    """Return for each of the team how the rings of their phone in queues ended."""
    rings: Counter[tuple[str, str]] = Counter()
    for story in stories:
        for attempt in story.attempts:
            if story.direction == "inbound" and not story.hidden and attempt.queue:
                rings[attempt.who, attempt.result] += 1
    results = ("answered", "missed", "refused", "cancelled")
    return {
        person.name: {result: rings[person.name, result] for result in results}
        for person in plan.TEAM
    }


def _our_own(shop: Shop) -> dict[str, Any]:
    """Return how the calls ended that the team made."""
    found: dict[str, Any] = {}
    for direction in ("outbound", "callback", "internal"):
        stories = [s for s in shop.stories if s.direction == direction]
        found[direction] = _sorted(Counter(s.outcome for s in stories if not s.hidden))
        found[f"{direction}_without_trace"] = sum(bool(s.hidden) for s in stories)
    return found | {"consultations": shop.consultations}


def _callers(stories: list[Story]) -> dict[str, Any]:
    numbers = {s.number for s in stories if s.number is not None}
    return {
        "numbers": len(numbers),
        "withheld_calls": sum(s.number is None for s in stories),
        "shared_numbers": [plan.OFFICE],
    }


def _episodes(shop: Shop) -> dict[str, int]:
    seen = [s for s in shop.stories if not s.hidden]
    found = episodes(seen, [plan.OFFICE])
    last = max(*(s.ended for s in seen), shop.pbx.queue_log[-1][0] * SECOND)
    joined, alone = len(found.joined), len(found.alone)
    return {"all": joined + alone, "joined": joined, "alone": alone, **found.states(last)}


def _needs(shop: Shop) -> dict[str, int]:
    """Return what no log can know: how many wanted something, and how many got it."""
    needs = shop.callers.needs
    return {
        "begun": len(needs),
        "helped": sum(need.helped for need in needs),
        "never_reached_a_person": sum(not need.helped for need in needs),
    }
