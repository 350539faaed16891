"""Every shape can be drawn, with much, with little and with nothing, for a desk, a phone, paper."""

import re
from itertools import pairwise

import pytest

from everycall.render.charts import draw, svg
from everycall.render.drawing import Paper
from everycall.render.palette import DARK, LIGHT, in_light
from everycall.render.shapes import NAME, _spread_out
from everycall.reports import Chart, Column, Shape, Table, Unit, Words

LONG = "Rückrufbitte während der Mittagspause in Ostfriesland"
ARABIC = "مكالمة فائتة"

COLUMNS = {
    Shape.PARTS: (Column("name"), Column("calls", Unit.COUNT)),
    Shape.HEAT: (Column("day"), Column("08", Unit.COUNT), Column("09", Unit.COUNT)),
    Shape.COLUMNS: (Column("x"), Column("one", Unit.COUNT), Column("two", Unit.SHARE)),
    Shape.BARS: (Column("name"), Column("time", Unit.DURATION)),
    Shape.LINE: (Column("day"), *(Column(c, Unit.COUNT) for c in ("n", "low", "high"))),
    Shape.STEPS: (Column("step"), Column("change", Unit.COUNT), Column("total", Unit.COUNT)),
    Shape.RANGE: (
        Column("reading"),
        *(Column(c, Unit.MONEY, currency="EUR") for c in ("low", "base", "high")),
    ),
}
ROWS = {
    Shape.PARTS: [("answered", 70), (LONG, 20), (ARABIC, 9), ("few", 1)],
    Shape.HEAT: [("Mon", 0, 7), ("Tue", 900, None)],
    Shape.COLUMNS: [("1", 3, 0.2), (LONG, 0, None)],
    Shape.BARS: [("Ann", 60_000.0), (LONG, None), (ARABIC, 0.0)],
    Shape.LINE: [("2026-10-01", 5, 2, 9), ("2026-10-02", None, None, None)],
    Shape.STEPS: [("first", 47, 47), (LONG, -16, 31), ("more", 2, 33), ("second", 33, 33)],
    Shape.RANGE: [("direct", 720.0, 900.0, 1332.0), (LONG, 0.0, 0.0, 0.0)],
}


def chart(shape: Shape, rows: int) -> Chart:
    return Chart("it", "title", shape, Table(COLUMNS[shape], ROWS[shape][:rows]), "sentence.")


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("rows", [0, 1, 9])
@pytest.mark.parametrize("shape", Shape)
def test_every_shape_can_be_drawn(shape: Shape, rows: int, paper: Paper) -> None:
    if shape is Shape.STEPS and rows == 1:
        rows = 2
    drawn = svg(chart(shape, rows), Words(), paper)
    assert drawn.startswith("<svg")
    assert "NaN" not in drawn
    assert "undefined" not in drawn


def test_a_picture_is_no_wider_than_its_paper() -> None:
    for shape in Shape:
        picture = draw(chart(shape, 9), Words())
        for drawn, widest in ((picture.wide, 1010), (picture.narrow, 400)):
            found = re.search(r'width="(\d+)', drawn)
            assert found
            assert int(found[1]) <= widest, shape


@pytest.mark.parametrize("width", [500, 690, 910])
def test_names_under_a_bar_never_lie_on_each_other(width: int) -> None:
    sizes = (700, *(20,) * 12)
    rows = [
        {"from": sum(sizes[:n]), "to": sum(sizes[: n + 1]), "middle": sum(sizes[:n]) + size / 2}
        for n, size in enumerate(sizes)
    ]
    places = sorted(row["at"] for row in _spread_out(rows, width) if row["at"] >= 0)
    assert places[0] == 0
    assert all(after - before >= NAME for before, after in pairwise(places))


def test_numbers_in_a_picture_are_whole_in_every_language() -> None:
    table = Table((*COLUMNS[Shape.BARS][:1], Column("calls", Unit.COUNT)), [("all", 9395)])
    one = Chart("it", "title", Shape.BARS, table, "sentence.")
    assert ">9.395<" in draw(one, Words("de")).wide
    assert ">9,395<" in draw(one, Words()).narrow


def test_paper_has_no_names_of_the_style_sheet() -> None:
    drawn = in_light(svg(chart(Shape.HEAT, 9), Words(), Paper.PRINT))
    assert "var(" not in drawn
    assert "#1000" not in drawn


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_field(colours: dict[str, str]) -> None:
    on = ["soft", "ink", "ink", "ink", "paper", "paper"]
    for place, text in enumerate(on):
        assert contrast(colours[text], colours[f"heat-{place}"]) >= 4.5, place
    assert contrast(colours["accent"], colours["paper"]) >= 4.5
    assert contrast(colours["soft"], colours["paper"]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_more_is_told_from_less_without_colour(colours: dict[str, str]) -> None:
    steps = [luminance(colours[f"heat-{place}"]) for place in range(6)]
    assert steps in (sorted(steps), sorted(steps, reverse=True))
