"""How sure a share is: Wilson's interval, which is honest for few calls and for none missed."""

from math import sqrt

Z = 1.959963984540054
"""The true share lies in the interval 19 times out of 20."""


def wilson(numerator: float, denominator: float) -> tuple[float, float] | None:
    """Return between which the true share lies; nothing for nothing."""
    if denominator <= 0:
        return None
    p, n, z2 = numerator / denominator, denominator, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * sqrt(max(p * (1 - p) / n + z2 / (4 * n * n), 0.0))
    return max(0.0, middle - half), min(1.0, middle + half)
