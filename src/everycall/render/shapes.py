"""How each shape of chart is drawn: direct labels, axes from zero, grey for context."""

from collections.abc import Callable, Mapping
from textwrap import wrap
from typing import Any

import altair as alt

from everycall.render.drawing import Drawing
from everycall.render.palette import BAND, CONTEXT, HEAT, INK, PAPER, POINT, SHADES, SOFT
from everycall.reports import Shape, Unit

Drawn = dict[str, Any]
SMALLEST = 0.035
SMALLEST_LYING = 0.005
"""A part of a bar that is smaller has no room for its name."""

HEIGHT, NAME, MOST_NAMES = 130, 112, 8
"""Of the lying bar: its height with the names, how wide a name is, how many there are."""

SHORT = 14
"""A longer name has no room beside a bar on a phone."""


def parts(drawing: Drawing) -> Drawn:
    """Draw one bar that adds up: lying for a desk, standing for a phone."""
    return _lying(drawing) if drawing.wide else _standing(drawing)


LINK = alt.Href("link:N")
"""Where the calls behind a mark are listed."""

_SHADE = alt.Color(
    "shade:O", scale=alt.Scale(domain=list(range(6)), range=list(SHADES)), legend=None
)


def _lying(drawing: Drawing) -> Drawn:
    rows = _spread_out(_stacked(drawing), drawing.width - 10)
    data = drawing.data(rows)
    whole = alt.Scale(domain=[0, drawing.width - 10], nice=False)
    down = alt.Scale(domain=[HEIGHT, 0], nice=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=whole, axis=None)

    def y(place: int) -> alt.Y:
        return alt.Y(datum=place, scale=down, axis=None)

    bar = alt.Chart(data).mark_rect(stroke=PAPER, strokeWidth=2)
    named = alt.Chart(data).transform_filter("datum.at >= 0")
    rule = named.mark_rule(color=SOFT)
    text = named.mark_text(align="left", baseline="top", color=INK, lineBreak="\n")
    drawn = alt.layer(
        bar.encode(x=x("from"), x2="to:Q", y=y(0), y2=alt.Y2Datum(56), color=_SHADE, href=LINK),
        rule.encode(x=x("stem"), x2="foot:Q", y=y(56), y2=alt.Y2Datum(76)),
        text.encode(x=x("at"), y=y(80), text="label:N"),
    )
    return drawn.properties(width=drawing.width - 10, height=HEIGHT).to_dict()


def _spread_out(rows: list[dict[str, Any]], width: int) -> list[dict[str, Any]]:
    """Put places into pixels, and each name below its part, or as near as the next one lets it."""
    total = rows[-1]["to"] if rows else 1
    for row in rows:
        row["big"] = (row["to"] - row["from"]) / total >= SMALLEST_LYING
        row |= {key: row[key] / total * width for key in ("from", "middle", "to")}
        row |= {"at": -1.0, "stem": 0.0, "foot": 0.0}
    free = float(width)
    named = min(MOST_NAMES, width // NAME)
    for row in reversed([row for row in rows if row["big"]][:named]):
        row["at"] = max(0.0, min(row["from"], free - NAME))
        # a name that stands where its part begins has a straight line, another one leads there
        row["stem"] = row["from"] + 1 if row["at"] == row["from"] else row["middle"]
        row["foot"] = row["stem"] if row["at"] == row["from"] else row["at"] + 12
        free = row["at"]
    return rows


def _standing(drawing: Drawing) -> Drawn:
    rows = _stacked(drawing)
    most = rows[-1]["to"] if rows else 1
    data = drawing.data(rows)
    scale = alt.Scale(domain=[most, 0], nice=False)
    bar = alt.Chart(data).mark_bar(stroke=PAPER, strokeWidth=2, width=80)
    named = alt.Chart(data).transform_filter(f"datum.to - datum.from >= {most * SMALLEST}")
    text = named.mark_text(align="left", baseline="middle", color=INK, limit=240)
    drawn = alt.layer(
        bar.encode(
            y=alt.Y("from:Q", scale=scale, axis=None),
            y2="to:Q",
            x=alt.value(40),
            color=_SHADE,
            href=LINK,
        ),
        text.encode(y=alt.Y("middle:Q", scale=scale), x=alt.value(92), text="label:N"),
    )
    return drawn.properties(width=drawing.width - 10, height=360).to_dict()


def _stacked(drawing: Drawing) -> list[dict[str, Any]]:
    rows, start = [], 0
    for place, row in enumerate(drawing.rows):
        number = drawing.write(row[1], drawing.unit(1))
        rows.append(
            {
                "from": start,
                "to": start + row[1],
                "middle": start + row[1] / 2,
                "shade": min(place, 5),
                "link": drawing.link(place, 1),
                "label": "\n".join((*wrap(row[0], 14), number))
                if drawing.wide
                else f"{row[0]} {number}",
            }
        )
        start += row[1]
    return rows


def heat(drawing: Drawing) -> Drawn:
    """Draw a field for each number, the darker the more; a phone has the hours downwards."""
    rows = _fields(drawing)
    across, down = ("column", "row") if drawing.wide else ("row", "column")
    axis: dict[str, Any] = {"labelAngle": 0, "ticks": False, "domain": False}
    x = alt.X(f"{across}:N", sort=None, title=None, axis=alt.Axis(orient="top", **axis))
    y = alt.Y(f"{down}:N", sort=None, title=None, axis=alt.Axis(**axis))
    base = alt.Chart(drawing.data(rows)).encode(x=x, y=y)
    fields = base.mark_rect(stroke=PAPER, strokeWidth=2).encode(
        color=alt.Color(
            "level:O", scale=alt.Scale(domain=list(range(6)), range=list(HEAT)), legend=None
        ),
        href=LINK,
    )
    text = base.mark_text(fontSize=12).encode(
        text="label:N",
        color=alt.Color(
            "level:O",
            scale=alt.Scale(domain=list(range(6)), range=[SOFT, INK, INK, INK, PAPER, PAPER]),
            legend=None,
        ),
    )
    height = 7 * 34 if drawing.wide else 24 * len({row["column"] for row in rows})
    drawn = alt.layer(fields, text).properties(width=drawing.width - 50, height=height)
    spec: Drawn = drawn.resolve_scale(color="independent").to_dict()
    return spec


def _fields(drawing: Drawing) -> list[dict[str, Any]]:
    most = max((value or 0 for row in drawing.rows for value in row[1:]), default=0) or 1
    return [
        {
            "row": row[0],
            "column": drawing.title(place),
            "level": 0 if not value else 1 + min(4, int(5 * value / most * 0.9999)),
            "label": drawing.write(value, drawing.unit(place)) if value else "",
            "link": drawing.link(number, place),
        }
        for number, row in enumerate(drawing.rows)
        for place, value in enumerate(row[1:], 1)
    ]


def columns(drawing: Drawing) -> Drawn:
    """Draw upright bars, one panel for each series, each with its own scale and its name."""
    series = range(1, len(drawing.chart.table.columns))
    panels = [_panel(drawing, place, last=place == series[-1]) for place in series]
    spec: dict[str, Any] = alt.vconcat(*panels, spacing=12).to_dict()
    return spec


def _panel(drawing: Drawing, place: int, *, last: bool) -> Any:
    unit = drawing.unit(place)
    rows = [
        {"x": row[0], "y": row[place], "label": drawing.briefly(row[place], unit)}
        | {"link": drawing.link(number, place)}
        for number, row in enumerate(drawing.rows)
    ]
    angle = 0 if drawing.wide or len(rows) < 8 else -90
    axis = alt.Axis(title=None, labelAngle=angle, ticks=False, labels=last, domain=True)
    base = alt.Chart(drawing.data(rows)).encode(x=alt.X("x:N", sort=None, axis=axis))
    most = max((row["y"] or 0 for row in rows), default=0) or 1
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.2]))
    colour = POINT if last else CONTEXT
    bars = base.mark_bar(color=colour).encode(y=y, href=LINK)
    text = base.mark_text(baseline="bottom", dy=-3, color=INK, fontSize=12)
    title = alt.TitleParams(
        drawing.title(place), anchor="start", color=INK, fontSize=14, fontWeight="normal"
    )
    drawn = alt.layer(bars, text.encode(y=y, text="label:N"))
    return drawn.properties(width=drawing.width - 10, height=110, title=title)


def bars(drawing: Drawing) -> Drawn:
    """Draw lying bars with their value at the end."""
    rows = [
        {"name": row[0], "from": 0, "to": row[1], "end": row[1], "kind": "total"}
        | {"label": drawing.write(row[1], drawing.unit(1)), "link": drawing.link(number, 1)}
        for number, row in enumerate(drawing.rows)
    ]
    return _laid(drawing, rows)


def _laid(drawing: Drawing, rows: list[dict[str, Any]]) -> Drawn:
    """Draw rows of bars; their names stand before them, on a phone above them if they are long."""
    above = not drawing.wide and max((len(row["name"]) for row in rows), default=0) > SHORT
    longest = max((len(row["name"]) for row in rows), default=0)
    room = 10 if above else min(380, 50 + 7 * longest) if drawing.wide else 110
    axis = None if above else _names_axis(room)
    base = alt.Chart(drawing.data(rows)).encode(y=alt.Y("name:N", sort=None, axis=axis))
    most = max((row["end"] or 0 for row in rows), default=0) or 1
    scale = alt.Scale(domain=[0, most * (1.12 if drawing.wide else 1.35)])
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=["total", "change"], range=[CONTEXT, POINT]), legend=None
    )
    down = 8 if above else 0
    lying = base.mark_bar(height=14 if above else {"band": 0.7}, yOffset=down)
    text = base.mark_text(align="left", dx=5, color=INK, yOffset=down)
    layers: list[Any] = [
        lying.encode(x=alt.X("from:Q", axis=None, scale=scale), x2="to:Q", color=colour, href=LINK),
        text.encode(x=alt.X("end:Q", scale=scale, axis=None), text="label:N"),
    ]
    if above:
        names = base.mark_text(align="left", color=INK, yOffset=-10, limit=drawing.width)
        layers.append(names.encode(x=alt.value(0), text="name:N"))
    height = (44 if above else 26) * max(1, len(rows))
    return alt.layer(*layers).properties(width=drawing.width - room, height=height).to_dict()


def _names_axis(room: int) -> alt.Axis:
    """Return the names before bars, which have so much room."""
    return alt.Axis(
        title=None, ticks=False, domain=False, labelColor=INK, labelPadding=6, labelLimit=room - 10
    )


def _target(drawing: Drawing, axis: str) -> list[alt.Chart]:
    if drawing.chart.target is None:
        return []
    name, value = drawing.chart.target
    data = drawing.data([{"value": value, "name": name}])
    rule = alt.Chart(data).mark_rule(color=INK, strokeDash=[4, 3])
    text = alt.Chart(data).mark_text(align="left", dx=4, dy=-6, color=INK, baseline="bottom")
    if axis == "x":
        return [
            rule.encode(x="value:Q"),
            text.encode(x="value:Q", y=alt.value(0), text="name:N"),
        ]
    return [
        rule.encode(y="value:Q"),
        text.encode(y="value:Q", x=alt.value(0), text="name:N"),
    ]


def line(drawing: Drawing) -> Drawn:
    """Draw a line over days or delays, with the usual range as a band behind it."""
    banded = len(drawing.chart.table.columns) >= 4
    rows = [
        {
            "x": drawing.write(row[0], Unit.TEXT),
            "y": row[1],
            "low": row[2] if banded else None,
            "high": row[3] if banded else None,
            "link": drawing.link(number, 1),
        }
        for number, row in enumerate(drawing.rows)
    ]
    count = len(rows)
    step = max(1, round(count / (8 if drawing.wide else 3)))
    axis = alt.Axis(
        title=None, labelAngle=0, ticks=False, values=[row["x"] for row in rows][::step]
    )
    base = alt.Chart(drawing.data(rows)).encode(x=alt.X("x:N", sort=None, axis=axis))
    grid = alt.Axis(
        title=None, grid=True, tickCount=4, domain=False, ticks=False, **_shares(drawing)
    )
    y = alt.Y("y:Q", axis=grid, scale=alt.Scale(zero=True))
    layers: list[Any] = []
    if banded:
        wide = (drawing.width - 60) / max(1, count)
        band = base.mark_bar(color=BAND, size=wide)
        layers.append(band.encode(y=alt.Y("low:Q", axis=grid), y2="high:Q"))
    layers.append(base.mark_line(color=POINT, strokeWidth=2).encode(y=y))
    if count <= 70:
        layers.append(base.mark_point(color=POINT, filled=True, size=24).encode(y=y, href=LINK))
    layers += _target(drawing, "y")
    return alt.layer(*layers).properties(width=drawing.width - 60, height=200).to_dict()


def _shares(drawing: Drawing) -> dict[str, Any]:
    return {"format": "%"} if drawing.unit(1).value == "share" else {}


def steps(drawing: Drawing) -> Drawn:
    """Draw the way from one total to another; each row is a change and the total reached."""
    rows = []
    for place, (name, change, total) in enumerate(row[:3] for row in drawing.rows):
        whole = place in (0, len(drawing.rows) - 1)
        shown = drawing.write(total if whole else change, drawing.unit(1))
        sign = "" if whole or change < 0 else "+"
        rows.append(
            {
                "name": name,
                "from": 0 if whole else total - change,
                "to": total,
                "kind": "total" if whole else "change",
                "end": max(total, total - change) if not whole else total,
                "label": f"{sign}{shown}",
                "link": drawing.link(place, 1),
            }
        )
    return _laid(drawing, rows)


def spread(drawing: Drawing) -> Drawn:
    """Draw from low to high with the middle marked, one row for each."""
    rows = [
        {
            "name": row[0],
            "low": row[1],
            "base": row[2],
            "high": row[3],
            "label": f"{drawing.cell(row[1], 1)} – {drawing.cell(row[3], 3)}",
        }
        for row in drawing.rows
    ]
    wide, down = drawing.wide, 0 if drawing.wide else 8
    axis = alt.Axis(title=None, ticks=False, domain=False, labelColor=INK) if wide else None
    base = alt.Chart(drawing.data(rows)).encode(y=alt.Y("name:N", sort=None, axis=axis))
    most = max((row["high"] or 0 for row in rows), default=1) or 1
    scale = alt.Scale(domain=[0, most * (1.25 if wide else 1.7)])

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=None, scale=scale)

    layers: list[Any] = [
        base.mark_bar(color=BAND, height=18, yOffset=down).encode(x=x("low"), x2="high:Q"),
        base.mark_tick(color=POINT, thickness=3, size=20, yOffset=down).encode(x=x("base")),
        base.mark_text(align="left", dx=6, color=INK, yOffset=down).encode(
            x=x("high"), text="label:N"
        ),
    ]
    if not wide:
        names = base.mark_text(align="left", color=INK, yOffset=-12, limit=drawing.width)
        layers.append(names.encode(x=alt.value(0), text="name:N"))
    room, height = (290, 36) if wide else (10, 48)
    drawn = alt.layer(*layers)
    return drawn.properties(width=drawing.width - room, height=height * max(1, len(rows))).to_dict()


SHAPES: Mapping[Shape, Callable[[Drawing], Drawn]] = {
    Shape.PARTS: parts,
    Shape.HEAT: heat,
    Shape.COLUMNS: columns,
    Shape.BARS: bars,
    Shape.LINE: line,
    Shape.STEPS: steps,
    Shape.RANGE: spread,
}
