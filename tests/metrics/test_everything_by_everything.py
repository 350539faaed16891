"""Every metric by everything that it can be asked by: a number, or one sentence why there is none."""

import json
import tempfile
from functools import cache
from pathlib import Path

import pytest

from everycall.app.answers.measured_site import MeasuredSite
from everycall.app.answers.measuring import measure
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import read_site
from everycall.history import History
from everycall.metrics.answering import Table
from everycall.metrics.catalog import METRICS
from everycall.metrics.dimensions import DIMENSIONS, dimension
from everycall.metrics.model import Level, Metric, Shape

SHOP = Path(__file__).parents[2] / "samples" / "shop"
NAMES = (
    "client", "site", "team", "queue", "agent", "called", "trunk", "language", "tag", "caller",
    "direction", "outcome", "category", "open", "hour", "weekday", "day", "week", "month", "quarter",
    "year", "15min", "30min", "60min",
)  # fmt: skip
OWN_UNIT = {"agent", "queue", "team"}
"""By these a call is counted as a ring or a stay, and the parts are not of the same whole."""

NOT_SUMS = {"staffed"}
"""People at once: a mean over the time that existed, which is no sum over days."""


@cache
def asking() -> MeasuredSite:
    """Return a week of the invented shop, with ratings and tags, kept open."""
    data = Path(tempfile.mkdtemp(prefix="everycall-cross-"))
    site = read_site(data, SHOP / "site.toml")
    history = History(data)
    Importer(history, site).take([SHOP / "queue_log-20261026.gz"])
    found = MeasuredSite(history, site.zone).__enter__()
    calls = found.rows("SELECT call_id, arrived_at FROM counted ORDER BY call_id LIMIT 40")
    said = data / "said.jsonl"
    said.write_text(
        "".join(
            json.dumps({"at": at / 1e6 + 600, "call_id": call, "kind": kind, "text": text}) + "\n"
            for i, (call, at) in enumerate(calls)
            for kind, text in (("survey.answered", str(i % 5 + 1)), ("call.tagged", f"t{i % 3}"))
        )
    )
    found.__exit__(None, None, None)
    Importer(history, site).take([said])
    return MeasuredSite(history, site.zone).__enter__()


@cache
def table(*by: str) -> Table:
    """Return every metric by something."""
    site = read_site(asking().history.folder, SHOP / "site.toml")
    return measure(asking(), list(METRICS), by, settings=site)


def asks_by(metric: Metric, name: str) -> bool:
    """Tell whether what a metric counts has something to ask by."""
    level = metric.forms[0].level
    return dimension(name).at(Level.STAFF if level is Level.LOAD else level) is not None


@pytest.mark.parametrize("name", [d.name for d in DIMENSIONS if d.name != "definition"])
def test_each_metric_has_a_number_or_says_in_one_sentence_why_not(name: str) -> None:
    found = table(name)
    assert len(found.rows) > 0
    for row in found.rows[:200]:
        for metric in METRICS:
            cell = row.cells[metric]
            if cell.value is None:
                assert cell.note, f"{metric} by {name} {row.keys} says nothing"
                assert "\n" not in cell.note
            else:
                assert cell.value == cell.value  # no nan
                if cell.denominator is not None:
                    assert cell.denominator > 0


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_asked_by_something_says_so_and_nothing_else_is_refused(name: str) -> None:
    for metric in METRICS.values():
        notes = {row.cells[metric.id].note for row in table(name).rows[:50]}
        refused = {note for note in notes if "cannot be asked by" in note}
        levels = [form.level for form in metric.forms]
        possible = any(
            dimension(name).at(Level.STAFF if level is Level.LOAD else level) for level in levels
        )
        assert bool(refused) == (not possible), (metric.id, name, notes)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in {*OWN_UNIT, "15min", "caller"}]
)
def test_the_parts_add_up_to_the_whole(name: str) -> None:
    (whole,) = table().rows
    for metric in METRICS.values():
        if not asks_by(metric, name) or metric.id in NOT_SUMS:
            continue
        if metric.forms[0].shape is Shape.PICK or metric.forms[0].level in (Level.LOAD, Level.LINE):
            continue
        cells = [row.cells[metric.id] for row in table(name).rows]
        all_of_it = whole.cells[metric.id]
        for part in ("numerator", "denominator"):
            added = sum(getattr(cell, part) or 0 for cell in cells)
            assert added == pytest.approx(getattr(all_of_it, part) or 0), (metric.id, name, part)


def test_by_definition_each_reading_has_its_own_numbers() -> None:
    found = measure(
        asking(), ["missed", "arrived"], ["definition", "queue"], definition="xon, cisco"
    )
    assert {row.keys[0] for row in found.rows} == {"xon", "cisco"}
    for row in found.rows:
        assert row.whose["missed"].id == row.keys[0]
    every = list(measure(asking(), ["arrived", "missed"], ["definition"]).as_json())
    assert len(every) == 16
    missed = {one["definition"]: one["missed"]["value"] for one in every}
    assert len(set(missed.values())) > 3
    assert len({one["arrived"]["value"] for one in every}) == 1
