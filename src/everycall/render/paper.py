"""The report on paper: a PDF that screen readers can follow (PDF/UA), set by Typst."""

import json
import re
import shutil
import tempfile
from importlib.resources import as_file, files
from itertools import accumulate
from pathlib import Path
from typing import Any

import typst

from everycall.render.charts import svg
from everycall.render.drawing import Paper
from everycall.render.palette import in_light
from everycall.reports import Column, Report, Section, Table, Unit, Words
from everycall.reports.comparing import beside, write

_TEXTS = (Unit.TEXT,)
LONG = 24
"""A text of more letters than this breaks, so that a table fits."""

LONG_HEADING = 12
"""A heading of more letters than this stands in two lines."""

_LINE = re.compile(r'<tspan(?: x="0" dy="([\d.]+)")?>([^<]*)</tspan>')
_LINES = re.compile(r"<text([^>]*)>((?:<tspan[^>]*>[^<]*</tspan>){2,})</text>")
FONTS = ("Libertinus Serif",)
"""Of the fonts that Typst brings with it, so that paper looks the same everywhere."""


def write_pdf(report: Report, words: Words, path: Path) -> Path:
    """Write a report as a PDF."""
    with tempfile.TemporaryDirectory(prefix="everycall-") as name:
        folder = Path(name)
        data = {
            "title": report.title,
            "subtitle": report.subtitle,
            "language": report.language,
            "fonts": FONTS,
            "sections": [_section(one, words, folder) for one in report.sections],
            "words": {
                "title": words("What the words mean"),
                "terms": [{"word": term.word, "doc": term.doc} for term in report.terms],
            },
        }
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        with as_file(files("everycall.render") / "page" / "report.typ") as template:
            shutil.copyfile(template, folder / "report.typ")
        typst.compile(folder / "report.typ", output=path, pdf_standards=["ua-1"])
    return path


def _section(section: Section, words: Words, folder: Path) -> dict[str, Any]:
    charts = []
    for chart in section.charts:
        file = f"{section.id}-{chart.id}.svg"
        drawn = lines_apart(in_light(svg(chart, words, Paper.PRINT)))
        (folder / file).write_text(drawn, encoding="utf-8")
        charts.append(
            {
                "title": chart.title,
                "sentence": chart.sentence,
                "file": file,
                "total": chart.total,
            }
        )
    return {
        "title": section.title,
        "lead": section.lead,
        "notes": section.notes,
        "answers": [{"question": one.question, "answer": one.answer} for one in section.answers],
        "charts": charts,
        "tables": [_table(one, words) for one in section.tables if not one.folded and one.rows],
        "figures": [
            {
                "title": figure.title,
                "value": write(figure.value, figure.unit, words),
                "beside": beside(figure, words),
                "doc": figure.why or figure.doc,
            }
            for figure in section.figures
        ],
    }


def lines_apart(picture: str) -> str:
    """Make a text of each line: lines of one text are mixed up where they run from right to left."""
    return _LINES.sub(_as_texts, picture)


def _as_texts(found: re.Match[str]) -> str:
    steps = accumulate(float(step or 0) for step, _ in _LINE.findall(found[2]))
    lines = (line for _, line in _LINE.findall(found[2]))
    return "".join(
        f'<text{found[1]} y="{below:g}">{line}</text>'
        for below, line in zip(steps, lines, strict=True)
    )


def _share_of_width(table: Table, place: int) -> int:
    """Return how much of the width that is left a column takes: the longer its texts, the more."""
    longest = max((len(str(row[place])) for row in table.rows), default=0)
    return min(4, longest // (LONG + 1))


def _heading(column: Column) -> str:
    """Break a long heading of numbers near its middle: it would take the room of the texts."""
    title = column.title
    spaces = [place for place, letter in enumerate(title) if letter == " "]
    if column.unit in _TEXTS or len(title) <= LONG_HEADING or not spaces:
        return title
    middle = title.find(" (")
    if middle < 0:
        middle = min(spaces, key=lambda place: abs(place - len(title) / 2))
    return f"{title[:middle]}\n{title[middle + 1 :]}"


def _table(table: Table, words: Words) -> dict[str, Any]:
    places = [p for p, column in enumerate(table.columns) if column.unit is not Unit.BAR]
    columns = [
        {
            "title": _heading(table.columns[place]),
            "right": table.columns[place].unit not in _TEXTS,
            "wide": _share_of_width(table, place),
        }
        for place in places
    ]
    if not any(column["wide"] for column in columns):
        columns[0]["wide"] = int(len(columns) > 4)
    rows = [
        [write(row[p], table.columns[p].unit, words, table.columns[p].currency) for p in places]
        for row in table.rows
    ]
    return {"title": table.title, "columns": columns, "rows": rows, "note": table.note}
