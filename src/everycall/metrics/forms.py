"""The ways to sum something up: a count, a share, a mean, a quotient of two sums, a quantile.

`of` says which rows are meant, `when` which of them count; where `when` cannot be told for a row,
that row is in neither part and is named as unseen.
"""

from everycall.metrics.model import Form, Level, Shape


def rows(condition: str) -> str:
    """Return the number of rows that a condition is true for."""
    return f"COUNT(*) FILTER (WHERE {condition})"


def total(value: str, of: str = "TRUE") -> str:
    """Return the sum of a value over some rows."""
    return f"SUM({value}) FILTER (WHERE {of})"


def count(level: Level, of: str, when: str = "TRUE") -> Form:
    """Count the rows that are meant and for which something is true."""
    return Form(level, Shape.COUNT, *_parts(of, when))


def share(level: Level, of: str, when: str) -> Form:
    """Return which part of the rows something is true for."""
    return Form(level, Shape.SHARE, *_parts(of, when))


def quotient(level: Level, numerator: str, denominator: str, unseen: str = "") -> Form:
    """Divide one sum by another."""
    return Form(level, Shape.QUOTIENT, numerator, denominator, unseen)


def mean(level: Level, of: str, value: str) -> Form:
    """Return the mean of a value over the rows for which it is known."""
    known = f"({of}) AND NOT ({value}) IS NULL"
    unseen = rows(f"({of}) AND ({value}) IS NULL")
    return Form(level, Shape.QUOTIENT, total(value, known), rows(known), unseen)


def quantile(level: Level, of: str, value: str, part: float) -> Form:
    """Return the value that a part of the rows does not exceed."""
    return _pick(level, of, value, f"QUANTILE_CONT({value}, {part})")


def largest(level: Level, of: str, value: str) -> Form:
    """Return the largest value."""
    return _pick(level, of, value, f"MAX({value})")


def _pick(level: Level, of: str, value: str, picked: str) -> Form:
    known = f"({of}) AND NOT ({value}) IS NULL"
    unseen = rows(f"({of}) AND ({value}) IS NULL")
    return Form(level, Shape.PICK, f"{picked} FILTER (WHERE {known})", rows(known), unseen)


def _parts(of: str, when: str) -> tuple[str, str, str]:
    if when == "TRUE":
        return rows(of), rows(of), ""
    return (
        rows(f"({of}) AND ({when})"),
        rows(f"({of}) AND NOT ({when}) IS NULL"),
        rows(f"({of}) IS NULL OR (({of}) AND ({when}) IS NULL)"),
    )
