"""The report on paper: a PDF that screen readers can follow (PDF/UA), set by Typst."""

import json
import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from everycall.render.charts import svg
from everycall.render.drawing import Paper
from everycall.render.palette import in_light
from everycall.reports import Report, Section, Table, Unit, Words
from everycall.reports.comparing import beside, write

_TEXTS = (Unit.TEXT,)
LONG = 24
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
        (folder / file).write_text(in_light(svg(chart, words, Paper.PRINT)), encoding="utf-8")
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


def _share_of_width(table: Table, place: int) -> int:
    """Return how much of the width that is left a column takes: long texts twice as much."""
    longest = max((len(str(row[place])) for row in table.rows), default=0)
    return min(2, longest // (LONG + 1))


def _table(table: Table, words: Words) -> dict[str, Any]:
    places = [p for p, column in enumerate(table.columns) if column.unit is not Unit.BAR]
    columns = [
        {
            "title": table.columns[place].title,
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
