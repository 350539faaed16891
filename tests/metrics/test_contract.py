"""What holds for every metric, ours and a stranger's; each is found by itself."""

import re

import pytest
from sqlglot import exp

from everycall.calls.statement import parse
from everycall.metrics.asked import asked
from everycall.metrics.catalog import METRICS
from everycall.metrics.dimensions import DIMENSIONS
from everycall.metrics.levels import ROWS
from everycall.metrics.model import Level, Metric, Shape, Unit
from everycall.metrics.planner import Question, plan

PLACES = {"limit_ms", "limit_us", "spoken_to", "since", "until", "short_ms", "site", "definition"}
"""What a declaration may leave open."""

each = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))


def columns(metric: Metric) -> list[exp.Expr]:
    return [
        parse(sql)
        for form in metric.forms
        for sql in (form.numerator, form.denominator, form.unseen or "0")
    ]


@each
def test_it_says_what_it_is(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?", metric.id)
    assert metric.title
    assert metric.doc.endswith(".")
    assert metric.formula
    if metric.parameter is not None:
        assert metric.parameter.doc.endswith(".")


@each
def test_a_share_is_a_share_and_a_count_a_count(metric: Metric) -> None:
    shapes = {form.shape for form in metric.forms}
    assert (metric.unit is Unit.SHARE) == bool(shapes & {Shape.SHARE, Shape.PART})
    if shapes - {Shape.COUNT}:
        assert metric.null, "it divides, and does not say when there is nothing to divide by"


@each
def test_it_is_counted_once_at_each_level(metric: Metric) -> None:
    levels = [form.level for form in metric.forms]
    assert len(levels) == len(set(levels))


@each
def test_it_leaves_only_known_places_open_and_uses_its_number_if_it_has_one(metric: Metric) -> None:
    open_places = {str(p.this) for tree in columns(metric) for p in tree.find_all(exp.Placeholder)}
    assert open_places <= PLACES
    assert bool(open_places & {"limit_ms", "limit_us"}) == (metric.parameter is not None)


@each
def test_it_reads_only_what_its_level_has(metric: Metric) -> None:
    for form in metric.forms:
        if form.level is Level.LOAD:
            continue
        source = parse(ROWS[form.level].source)
        names = {table.alias_or_name for table in source.find_all(exp.Table, exp.Subquery)}
        for sql in (form.numerator, form.denominator, form.unseen or "0"):
            used = {c.table for c in parse(sql).find_all(exp.Column) if c.table}
            assert used <= names | {"x"}, f"{sql} reads {used - names}"


@each
def test_it_can_be_planned_by_anything(metric: Metric) -> None:
    for dimension in DIMENSIONS:
        for one in plan(Question((asked(metric.id),), (dimension,))):
            assert one.lacking or one.tree.sql("duckdb")
