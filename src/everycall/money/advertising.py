"""What advertising paid for calls that nobody answered, from a CSV of costs."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from everycall.errors import BadSettingsError, Mistake, NotFoundError, did_you_mean
from everycall.money.estimates import Callers

WORDS = ("number", "campaign", "from", "to", "cost")


@dataclass(frozen=True, slots=True)
class Cost:
    """What was paid so that people call a number, or for a campaign, in some days.

    Attributes:
        number: the number that it brings calls to; `campaign`: the tag of its calls, if no number.
        first, last: the days that it was paid for, both included; None for the whole period.
    """

    cost: float
    number: str | None = None
    campaign: str | None = None
    first: date | None = None
    last: date | None = None

    def within(self, first: date, last: date) -> float:
        """Return the part of it that falls into a period, day by day."""
        begins, ends = self.first or first, self.last or last
        days = (ends - begins).days + 1
        common = (min(ends, last) - max(begins, first)).days + 1
        return self.cost * max(0, common) / days


@dataclass(frozen=True, slots=True)
class Waste:
    """What one number or campaign cost, and what of it went into calls that nobody answered.

    Attributes:
        calls: the calls that it brought; `per_call` is null if it brought none.
        wasted: the cost of a call times the callers who were never helped; low, base, high.
    """

    number: str | None
    campaign: str | None
    cost: float
    calls: int
    per_call: float | None
    unreached: Callers
    wasted: Callers | None


def waste(cost: Cost, paid: float, calls: int, unreached: Callers) -> Waste:
    """Return what of a cost was wasted."""
    each = paid / calls if calls else None
    parts = (unreached.low, unreached.base, unreached.high)
    wasted = Callers(*(part * each for part in parts)) if each is not None else None
    return Waste(cost.number, cost.campaign, paid, calls, each, unreached, wasted)


def read_costs(path: Path) -> tuple[Cost, ...]:
    """Read a CSV of costs.

    Raises:
        NotFoundError: there is no such file.
        BadSettingsError: with every mistake in it, and its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise NotFoundError(f"there is no advertising file '{path}'") from None
    except UnicodeDecodeError:
        raise BadSettingsError([Mistake(path.name, "this is no UTF-8 text")]) from None
    head, *lines = text.splitlines() or [""]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    names = [name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter), [])]
    mistakes = list(_wrong_head(names, path.name))
    costs = []
    for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), 2):
        if not mistakes and any(cell.strip() for cell in cells):
            try:
                costs.append(_cost(dict(zip(names, map(str.strip, cells), strict=False))))
            except ValueError as error:
                mistakes.append(Mistake(f"{path.name}:{number}", str(error)))
    if mistakes:
        raise BadSettingsError(mistakes)
    return tuple(costs)


def _wrong_head(names: list[str], file: str) -> Iterator[Mistake]:
    for name in names:
        if name not in WORDS:
            hint = did_you_mean(name, WORDS) or f" (known: {', '.join(WORDS)})"
            yield Mistake(f"{file}:1", f"unknown column '{name}'{hint}")
    if "cost" not in names or not {"number", "campaign"} & set(names):
        yield Mistake(f"{file}:1", "needed are 'cost' and one of 'number' and 'campaign'")


def _cost(row: dict[str, str]) -> Cost:
    number, campaign = row.get("number") or None, row.get("campaign") or None
    if number is None and campaign is None:
        raise ValueError("say the number or the campaign")
    first, last = _day(row.get("from")), _day(row.get("to"))
    if first and last and last < first:
        raise ValueError(f"it ends on {last}, before it begins on {first}")
    return Cost(_amount(row.get("cost", "")), number, campaign, first, last)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _amount(text: str) -> float:
    plain = text.replace(" ", "").replace(" ", "")
    if "," in plain and "." not in plain and len(plain.rpartition(",")[2]) <= 2:
        plain = plain.replace(",", ".")
    try:
        found = float(plain.replace(",", ""))
    except ValueError:
        raise ValueError(f"'{text}' is no amount; write for example 1200.50") from None
    if found < 0:
        raise ValueError(f"a cost is not below 0, found {text}")
    return found
