"""The terminal shows a table whole, also where room is short."""

import io

import pytest
from rich.console import Console

from everycall.render.terminal import grid
from everycall.reports import Column, Table, Unit

PLAN = Table(
    (
        Column("cause"),
        Column("smallest change"),
        Column("effort (1 to 5)", Unit.COUNT),
        Column("who"),
        Column("by when"),
        Column("calls a week before", Unit.COUNT),
        Column("after", Unit.COUNT),
    ),
    [
        (
            "All lines of PJSIP/trunk-berlin are in use at times",
            "Offer a call back in the announcement and dial it when you open.",
            2,
            "whoever looks after the phone system",
            "2026-11-06",
            1650,
            987,
        )
    ],
)


@pytest.mark.parametrize("width", [80, 110])
def test_no_column_of_a_wide_table_is_cut(width: int) -> None:
    lines = _shown(PLAN, width)
    assert max(map(len, lines)) <= width
    row = next(line for line in lines if "2026-11-06" in line)
    assert row.split()[-3:] == ["2026-11-06", "1,650", "987"]
    assert any(line.split()[-1:] == ["after"] for line in lines)


def test_an_amount_stays_whole_beside_long_texts() -> None:
    columns = (
        Column("cause"),
        Column("kind"),
        *(Column(n, Unit.COUNT) for n in ("calls", "callers")),
    )
    columns = (*columns, Column("never helped", Unit.COUNT), Column("worth", Unit.WRITTEN))
    rows = [
        (
            "All lines of PJSIP/trunk-berlin are in use at times",
            "abandoned",
            1862,
            1727,
            1727,
            worth,
        )
        for worth in ("6,569 EUR + 570 GBP", "2,760 EUR")
    ]
    lines = _shown(Table(columns, rows), 80)
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line.endswith("6,569 EUR + 570 GBP")]


def _shown(table: Table, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(grid(table))
    return [line.rstrip() for line in out.getvalue().splitlines()]
