"""Who calls again today, and which callers are important."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import accumulate

from everycall.live.board import CallNow
from everycall.live.callers import Earlier, by_caller
from everycall.live.window import Window

_HOT = """
SELECT caller_key, direction, arrived_at, call_id, outcome = 'pending' OR answered, self_served
FROM hot_calls WHERE caller_key IN (SELECT UNNEST(?))
"""
_BOUNDS = "SELECT from_at, to_at FROM days WHERE day = ?"


@dataclass(frozen=True, slots=True)
class _Day:
    """The calls of one caller today, in the order in which they came.

    Attributes:
        unhelped: how many before each of them reached nobody.
    """

    order: list[tuple[int, str]]
    unhelped: list[int]

    def before(self, mine: tuple[int, str]) -> tuple[int, int] | None:
        """Return which call of today one is, and how often the caller reached nobody before."""
        place = bisect_left(self.order, mine)
        return (place + 1, self.unhelped[place]) if self.order else None


@dataclass(slots=True)
class Repeats:
    """Looks the callers up who are on the line; what it found it looks up only once.

    Attributes:
        important: the keys of callers whom the site calls important.
    """

    window: Window
    important: Collection[str] = frozenset()
    _known: dict[str, tuple[int | None, int | None]] | None = None

    def mark(self, calls: dict[str, CallNow], today: str) -> None:
        """Say of every call how often its caller has called today, and whether they are important."""
        known = self._known or {}
        self._known = {call: found for call, found in known.items() if call in calls}
        fresh = [c for i, c in calls.items() if i not in self._known and c.direction == "inbound"]
        if fresh:
            self._look_up(fresh, today)
        for call_id, call in calls.items():
            count, unhelped = self._known.get(call_id, (None, None))
            calls[call_id] = replace(
                call,
                calls_today=count,
                unhelped_today=unhelped,
                important=call.caller in self.important,
            )

    def _look_up(self, fresh: Collection[CallNow], today: str) -> None:
        days = self._days({call.caller for call in fresh if call.caller}, today)
        for call in fresh:
            day = days.get(call.caller or "")
            found = day.before((call.arrived_at, call.call_id)) if day else None
            if self._known is not None:
                self._known[call.call_id] = found or (None, None)

    def _days(self, callers: Collection[str], today: str) -> dict[str, _Day]:
        """Return what some callers did today."""
        rows = self.window.engine.rows
        bounds = rows(_BOUNDS, [today])
        if not callers or not bounds:
            return {}
        (first, end), cold = bounds[0], self.window.cold.callers
        hot = by_caller(rows(_HOT, [sorted(callers)]))
        calls = {key: (*cold.of(key), *hot.get(key, ())) for key in callers}
        return {
            key: _day(one for one in found if first <= one[0] < end) for key, found in calls.items()
        }


def _day(calls: Iterable[Earlier]) -> _Day:
    ordered = sorted(calls)
    unhelped = accumulate((not helped for *_, helped in ordered), initial=0)
    return _Day([(at, call) for at, call, _ in ordered], list(unhelped))
