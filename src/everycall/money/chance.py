"""Chance: how far a share may be from what was counted, and how many of n callers may buy."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

Z95 = 1.959963984540054
"""The quantile of the normal distribution that leaves 2.5 % above it."""

_NEGLIGIBLE = 1e-15


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that was counted, with the interval in which the true one lies 19 times in 20.

    `value`, `low` and `high` are None where there was nothing to count.
    """

    value: float | None
    numerator: int
    denominator: int
    low: float | None
    high: float | None
    note: str = ""


def rate(numerator: int, denominator: int, note: str = "") -> Rate:
    """Return a counted share with its Wilson interval."""
    low, high = wilson(numerator, denominator)
    value = numerator / denominator if denominator else None
    return Rate(value, numerator, denominator, low, high, note)


def wilson(numerator: int, denominator: int, z: float = Z95) -> tuple[float | None, float | None]:
    """Return the Wilson interval of a share; of nothing there is none."""
    if not denominator:
        return None, None
    share, n, square = numerator / denominator, denominator, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def binomial(n: int, p: float) -> tuple[int, list[float]]:
    """Return the chances of k of n, from the smallest k that matters on; the rest is negligible."""
    if p <= 0 or n == 0:
        return 0, [1.0]
    if p >= 1:
        return n, [1.0]
    mode = min(n, int((n + 1) * p))
    peak = exp(lgamma(n + 1) - lgamma(mode + 1) - lgamma(n - mode + 1)
               + mode * log(p) + (n - mode) * log(1 - p))  # fmt: skip
    odds = p / (1 - p)
    above, chance = [], peak
    for k in range(mode, n):
        chance *= (n - k) / (k + 1) * odds
        if chance < _NEGLIGIBLE:
            break
        above.append(chance)
    below, chance = [], peak
    for k in range(mode, 0, -1):
        chance *= k / (n - k + 1) / odds
        if chance < _NEGLIGIBLE:
            break
        below.append(chance)
    return mode - len(below), [*reversed(below), peak, *above]


def quantile(parts: Sequence[tuple[int, float]], chance: float) -> int:
    """Return the smallest number of buyers that is not exceeded with at least this chance.

    Each part is (callers, the chance that one of them buys); the parts are independent.
    """
    first, chances = 0, [1.0]
    for n, p in parts:
        offset, more = binomial(n, p)
        first, chances = first + offset, _convolved(chances, more)
    total = 0.0
    for k, one in enumerate(chances):
        total += one
        if total >= chance - 1e-12:
            return first + k
    return first + len(chances) - 1


def _convolved(one: Sequence[float], other: Sequence[float]) -> list[float]:
    if len(one) == 1:
        return [one[0] * b for b in other]
    found = [0.0] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            found[i + j] += a * b
    return found
