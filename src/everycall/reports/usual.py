"""What is usual for a weekday, learned from days; and which days were not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import quantiles

FEWEST = 4
"""So many days of a weekday it takes to say what is usual."""

Daily = Mapping[str, float | None]
"""A value for each local day, as 2026-11-22."""


@dataclass(frozen=True, slots=True)
class Usual:
    """From where to where eight of ten days of a weekday lie."""

    ranges: Mapping[int, tuple[float, float]]

    def of(self, day: str) -> tuple[float, float] | None:
        """Return the range of a day's weekday."""
        return self.ranges.get(date.fromisoformat(day).isoweekday())

    def mean(self, weights: Mapping[str, float]) -> tuple[float, float] | None:
        """Return the mean range of some days, each with its weight: what usual ones would bring."""
        found = [(*one, weight) for day, weight in weights.items() if (one := self.of(day))]
        total = sum(weight for _, _, weight in found)
        if not total:
            return None
        return (
            sum(low * weight for low, _, weight in found) / total,
            sum(high * weight for _, high, weight in found) / total,
        )

    def unlike(self, daily: Daily) -> list[str]:
        """Return the days that were far outside their range, the farthest first."""
        far = {day: self._distance(day, value) for day, value in daily.items() if value is not None}
        return sorted((day for day, distance in far.items() if distance), key=lambda d: -far[d])

    def _distance(self, day: str, value: float) -> float:
        found = self.of(day)
        if found is None:
            return 0
        low, high = found
        outside = max(low - value, value - high)
        # two of ten days lie outside by themselves, so it takes more than that to stand out
        return outside if outside > max((high - low) / 2, high / 5, FEWEST) else 0


def usual(daily: Daily) -> Usual:
    """Learn what is usual for each weekday."""
    by_weekday: dict[int, list[float]] = {}
    for day, value in daily.items():
        if value is not None:
            by_weekday.setdefault(date.fromisoformat(day).isoweekday(), []).append(value)
    found = {day: known for day, known in by_weekday.items() if len(known) >= FEWEST}
    return Usual({day: _middle(known) for day, known in found.items()})


def _middle(known: list[float]) -> tuple[float, float]:
    tenths = quantiles(known, n=10, method="inclusive")
    return tenths[0], tenths[-1]
