"""A report as JSON and back: what was made once can be kept on the disk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from everycall.reports.model import (
    Answer,
    Chart,
    Column,
    Figure,
    Report,
    Section,
    Shape,
    Table,
    Term,
    Unit,
)

Stored = Mapping[str, Any]


def to_json(report: Report) -> str:
    """Write a report."""
    return json.dumps(asdict(report), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Report:
    """Read a report; it says the same as the one that was written."""
    found = json.loads(text)
    sections = tuple(_section(one) for one in found["sections"])
    terms = tuple(Term(**one) for one in found["terms"])
    return Report(**{**found, "sections": sections, "terms": terms})


def _section(found: Stored) -> Section:
    made = {
        "tables": tuple(_table(one) for one in found["tables"]),
        "notes": tuple(found["notes"]),
        "charts": tuple(_chart(one) for one in found["charts"]),
        "figures": tuple(_figure(one) for one in found["figures"]),
        "answers": tuple(Answer(**one) for one in found["answers"]),
    }
    return Section(**{**found, **made})


def _table(found: Stored) -> Table:
    made = {
        "columns": tuple(Column(**{**one, "unit": Unit(one["unit"])}) for one in found["columns"]),
        "rows": [tuple(row) for row in found["rows"]],
    }
    return Table(**{**found, **made})


def _chart(found: Stored) -> Chart:
    made = {
        "shape": Shape(found["shape"]),
        "table": _table(found["table"]),
        "target": _pair(found["target"]),
    }
    return Chart(**{**found, **made})


def _figure(found: Stored) -> Figure:
    return Figure(**{**found, "unit": Unit(found["unit"]), "usual": _pair(found["usual"])})


def _pair(found: Sequence[Any] | None) -> Any:
    return None if found is None else tuple(found)
