"""Charts, drawn by Altair and Vega on this side; what they show is said by the report."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import vl_convert

from everycall.render import palette
from everycall.render.drawing import Drawing, Paper
from everycall.render.mirrored import as_read
from everycall.render.shapes import SHAPES
from everycall.reports import Chart, Words

_CONFIG: Mapping[str, Any] = {
    "aria": False,
    "background": None,
    "font": "sans-serif",
    "padding": {"left": 12, "right": 12, "top": 4, "bottom": 4},
    "view": {"stroke": None},
    "axis": {
        "domainColor": palette.GRID,
        "gridColor": palette.GRID,
        "tickColor": palette.GRID,
        "labelColor": palette.SOFT,
        "labelFontSize": 13,
        "labelLimit": 260,
        "titleColor": palette.SOFT,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    },
    "text": {"fontSize": 13},
}

_NEEDLESS = re.compile(r' (?:font-family|role|aria-[a-z]+|class)="[^"]*"')
_TAG = re.compile(r"<[^>]+>")
_LONG = re.compile(r"(\d+\.\d{2})\d+")
_LINK = re.compile(r'<a [^>]*#calls\?([^"]*)"[^>]*>')

_IDENTITY = re.compile(r'(id=")|(url\(#)')


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG, once for a desk and once for a phone."""

    wide: str
    narrow: str


def draw(chart: Chart, words: Words) -> Picture:
    """Draw a chart for screens; its colours are names that the style sheet must know."""
    wide, narrow = (
        palette.with_names(svg(chart, words, paper)) for paper in (Paper.WIDE, Paper.NARROW)
    )
    return Picture(wide, narrow)


def svg(chart: Chart, words: Words, paper: Paper) -> str:
    """Draw a chart with stand-ins for colours."""
    spec = {**SHAPES[chart.shape](Drawing(chart, words, paper)), "config": _CONFIG}
    text = vl_convert.vegalite_to_svg(spec)
    # fonts and the words for screen readers are the page's, and half a pixel is fine enough
    text = _TAG.sub(lambda tag: _LONG.sub(r"\1", _NEEDLESS.sub("", tag[0])), text)
    text = text.replace("<svg ", '<svg aria-hidden="true" ', 1)
    text = as_read(_LINK.sub(_linked, text).replace("</a>", "</g>"), words)
    own = f"{chart.id}-{paper.value}-"
    return _IDENTITY.sub(lambda found: f"{found[0]}{own}", text)


def _linked(found: re.Match[str]) -> str:
    """Return what the page's script follows a click on; the keyboard has its twin in the table."""
    return f'<g data-calls="{found[1]}">'
