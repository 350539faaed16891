"""Calls as rows of facts, and what definitions call them."""

from collections.abc import Iterable
from typing import Any

from everycall.definitions import Definition, verdicts
from everycall.definitions.words import COLUMNS
from everycall.history import Engine

Row = dict[str, Any]
NOW = 1_800_000_000_000_000


def row(**facts: Any) -> Row:
    """A call in which nothing was seen but what is given."""
    return {"call_id": "a", "direction": "inbound", "confidence": "high", "missing": ""} | facts


def judge(definition: Definition, rows: Iterable[Row], **given: Any) -> list[Row]:
    """What a definition says of some calls, in their order."""
    with Engine() as engine:
        engine.load("calls", COLUMNS, ([_cell(r.get(c)) for c in COLUMNS] for r in rows))
        order = {"as_of": NOW} | given
        return list(engine.stream(verdicts(definition, **order)))


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
