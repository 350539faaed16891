"""Every metric has its sentence and its page."""

from pathlib import Path

import pytest

from everycall.metrics.catalog import METRICS
from everycall.metrics.dimensions import DIMENSIONS
from everycall.metrics.model import Shape, Unit

PAGES = Path(__file__).parents[2] / "docs" / "metrics"


def test_every_metric_has_a_page_and_every_page_a_metric() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(METRICS)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda m: m.id)
def test_a_metric_says_what_it_is(metric: object) -> None:
    for text in (metric.doc, *(d.doc for d in DIMENSIONS)):  # type: ignore[attr-defined]
        assert text.endswith(".")
        assert len(text) > 10


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda m: m.id)
def test_a_metric_that_divides_says_when_there_is_nothing_to_divide_by(metric: object) -> None:
    shapes = {form.shape for form in metric.forms}  # type: ignore[attr-defined]
    if shapes - {Shape.COUNT}:
        assert metric.null  # type: ignore[attr-defined]
    assert (metric.unit is Unit.SHARE) == bool(shapes & {Shape.SHARE, Shape.PART})  # type: ignore[attr-defined]
