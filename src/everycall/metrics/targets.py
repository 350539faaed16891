"""Targets: a limit that a metric has to keep, from a day on; met or missed, and by how much."""

import re
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import NamedTuple, Self

from everycall.metrics.asked import Asked, asked
from everycall.metrics.model import MILLISECONDS, Better, Cell, Unit
from everycall.settings import setting

_LIMIT = re.compile(r"\s*(<=|>=|<|>|≤|≥)?\s*(\d+(?:\.\d+)?)\s*(%|ms|s|min|h|d)?\s*")
_SIGNS = {"≤": "<=", "≥": ">="}


class Limit(NamedTuple):
    """What a value has to keep.

    Attributes:
        sign: '<', '<=', '>' or '>='; '' leaves it to which way is better.
        unit: '%', a unit of time, or '' for a plain number.
    """

    sign: str
    number: float
    unit: str

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read '90 %', '< 10 %', '<= 15 s' or '3'.

        Raises:
            ValueError: the text is no limit.
        """
        found = _LIMIT.fullmatch(text)
        if found is None:
            raise ValueError(f"'{text}' is no limit; write for example '>= 90 %' or '<= 15 s'")
        sign = found[1] or ""
        return cls(_SIGNS.get(sign, sign), float(found[2]), found[3] or "")

    @property
    def value(self) -> float:
        """Return it as metrics are given: a share from 0 to 1, a duration in milliseconds."""
        if self.unit == "%":
            return self.number / 100
        return self.number * MILLISECONDS.get(self.unit, 1)

    def kept_by(self, value: float, sign: str) -> bool:
        """Tell whether a value keeps it."""
        limit = self.value
        return {
            "<": value < limit,
            "<=": value <= limit,
            ">": value > limit,
            ">=": value >= limit,
        }[sign]

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.sign} {self.number:g}{unit}".strip()


@dataclass(frozen=True, slots=True)
class Target:
    """A limit that a metric has to keep."""

    metric: str = setting(doc="The metric, such as 'service_level.sl2:60' or 'missed_rate'.")
    limit: Limit = setting(doc="What it has to keep, such as '>= 90 %', '< 10 %' or '<= 15 s'.")
    since: date | None = setting(None, doc="The first local day on which it holds.")
    open_hours: bool = setting(
        default=False, doc="Only calls that arrived while you were open; staff time: all of it."
    )
    client: str = setting("", doc="Only this brand.")
    queue: str = setting("", doc="Only this queue.")

    def __post_init__(self) -> None:
        if not self.metric or not self.limit:
            return  # what was wrong with them is said already
        unit = asked(self.metric).metric.unit
        fits = {Unit.SHARE: self.limit.unit == "%", Unit.DURATION: self.limit.unit in MILLISECONDS}
        if not fits.get(unit, self.limit.unit == ""):
            raise ValueError(
                f"the limit '{self.limit}' does not fit {self.metric}, which is {unit}"
            )

    @property
    def asked(self) -> Asked:
        """Return the metric."""
        return asked(self.metric)

    @property
    def sign(self) -> str:
        """Return how it is compared; where it is not said, by which way is better."""
        if self.limit.sign:
            return self.limit.sign
        return "<=" if self.asked.metric.better is Better.LESS else ">="

    def where(self) -> dict[str, tuple[str, ...]]:
        """Return which rows it is about."""
        wanted = {"open": "true" if self.open_hours else "", "client": self.client}
        wanted["queue"] = self.queue
        return {name: (value,) for name, value in wanted.items() if value}

    def __str__(self) -> str:
        return f"{self.metric} {self.sign} {self.limit.number:g} {self.limit.unit}".strip()


SHIPPED = {
    "answered within a minute": Target(
        "service_level.sl2:60", Limit.from_text(">= 90 %"), open_hours=True
    ),
    "few missed": Target("missed_rate", Limit.from_text("< 10 %")),
    "answered soon": Target("asa", Limit.from_text("<= 15 s")),
    "called back within an hour": Target("callback_in_time:60", Limit.from_text(">= 100 %")),
    "called back within two business hours": Target(
        "callback_in_business_time:2h", Limit.from_text(">= 100 %")
    ),
}
"""What holds, as an assumption, where a team has set no target of its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a value kept a target.

    Attributes:
        met: null where there is no value.
        margin: how far the value is from the limit, positive on the good side.
        short_by: of a share, how many more would have had to be good.
    """

    met: bool | None
    margin: float | None
    short_by: int | None


def judge(target: Target, cell: Cell) -> Verdict:
    """Hold a value against a target."""
    if cell.value is None:
        return Verdict(None, None, None)
    met = target.limit.kept_by(cell.value, target.sign)
    margin = cell.value - target.limit.value
    if target.sign.startswith("<"):
        margin = -margin
    return Verdict(met, margin, None if met else _short_by(target, cell))


def _short_by(target: Target, cell: Cell) -> int | None:
    if target.asked.metric.unit is not Unit.SHARE or not cell.denominator:
        return None
    gap = abs((cell.numerator or 0) - target.limit.value * cell.denominator)
    # a limit that must not be reached needs one more than to be on it
    return max(1, ceil(gap) if target.sign in ("<=", ">=") else int(gap) + 1)
