"""`everycall metrics`: any measure by anything."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table as Grid

from everycall.app.answers.measured_site import MeasuredSite
from everycall.app.answers.measuring import measure
from everycall.app.history.asking import day_bounds
from everycall.app.site.sitefile import read_site
from everycall.cli.common import as_day, data_options, period_options, say_json
from everycall.history import History
from everycall.metrics.answering import Table
from everycall.metrics.asked import Asked, asked
from everycall.metrics.catalog import METRICS
from everycall.metrics.dimensions import DIMENSIONS
from everycall.metrics.model import Cell, Metric, Unit
from everycall.render.cells import harmless
from everycall.render.terminal import console, grid
from everycall.reports import model
from everycall.reports.words import DASH, count, duration, percent

F = TypeVar("F", bound=Callable[..., Any])

_TIMES = {"day", "week", "month", "quarter", "year", "15min", "30min", "60min"}
_FILTERS = tuple(d for d in DIMENSIONS if d.name not in _TIMES | {"site", "definition"})
_CELLS = ("value", "numerator", "denominator", "low", "high", "note", "unseen")

_UNITS = {
    Unit.COUNT: model.Unit.COUNT,
    Unit.SHARE: model.Unit.SHARE,
    Unit.DURATION: model.Unit.DURATION,
}


def _filters(command: F) -> F:
    """Add an option for each thing that calls can be narrowed by."""
    for one in reversed(_FILTERS):
        option = click.option(f"--{one.name}", multiple=True, help=f"Only this one. {one.doc}")
        command = option(command)
    return command


@click.command("metrics")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--by", help="By what, with commas: queue,hour; see the list.")
@click.option(
    "--definition",
    help="Whose words missed, lost and abandoned are; several with commas --by definition.",
)
@click.option(
    "--at",
    "moment",
    type=click.Choice(["arrival", "event"]),
    default="arrival",
    show_default=True,
    help="A call belongs to its arrival, or to its answer or end.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    help="How to give them; json is one object a line.",
)
@_filters
@period_options
@data_options
def command(
    names: tuple[str, ...],
    since: Any,
    until: Any,
    data: Path,
    site: str,
    config: Path | None,
    *,
    by: str | None,
    definition: str | None,
    moment: str,
    form: str,
    as_json: bool,
    **where: tuple[str, ...],
) -> None:
    """Measure anything by anything: everycall metrics answered asa --by queue,hour.

    Without a name it lists every metric and everything to ask by; `show NAME` explains one.
    """
    form = "json" if as_json else form
    if not names:
        _list(form)
        return
    if names[0] == "show":
        _explain(names[1:], form)
        return
    settings = read_site(data, config, site)
    with MeasuredSite(History(data, site), settings.zone) as asking:
        first, after = day_bounds(as_day(since), as_day(until), asking.zone)
        found = measure(
            asking,
            names,
            [name.strip() for name in (by or "").split(",") if name.strip()],
            first,
            after,
            where,
            definition,
            settings=settings,
            by_event=moment == "event",
        )
    _give(found, form)


def _give(found: Table, form: str) -> None:
    if form == "json":
        for group in found.as_json():
            say_json(group)
    elif form == "csv":
        _write_csv(found)
    else:
        _show(found)


def _write_csv(found: Table) -> None:
    writer = csv.writer(sys.stdout)
    heads = [f"{one.name}.{part}" for one in found.asked for part in _CELLS]
    writer.writerow([*(dimension.name for dimension in found.by), *heads])
    for row in found.rows:
        cells = (row.cells[one.name] for one in found.asked)
        keys = map(harmless, row.keys)
        writer.writerow([*keys, *(getattr(cell, part) for cell in cells for part in _CELLS)])


def _show(found: Table) -> None:
    out = console()
    for table in [_one_group(found)] if not found.by else _groups(found, out.width):
        out.print(grid(table))
    for note in _notes(found):
        out.print(note, style="dim")


def _one_group(found: Table) -> model.Table:
    cells = found.rows[0].cells
    rows = [
        (one.metric.title, _written(cells[one.name], one.metric.unit), _between(cells[one.name]))
        for one in found.asked
    ]
    columns = (model.Column("metric"), model.Column("value"), model.Column("between"))
    return model.Table(columns, rows)


def _groups(found: Table, width: int) -> Iterator[model.Table]:
    """Yield tables that fit the terminal, each with its keys and some of the metrics."""
    keys = tuple(model.Column(dimension.name) for dimension in found.by)
    lines = [tuple(DASH if key is None else str(key) for key in row.keys) for row in found.rows]
    used = sum(_width(one.title, (line[i] for line in lines)) for i, one in enumerate(keys))
    for chosen in _fitting(found, width - used):
        values = (
            model.Column(one.name, _UNITS.get(one.metric.unit, model.Unit.TEXT)) for one in chosen
        )
        rows = [
            (*line, *(_plain(row.cells[one.name], one.metric) for one in chosen))
            for line, row in zip(lines, found.rows, strict=True)
        ]
        yield model.Table((*keys, *values), rows)


def _fitting(found: Table, width: int) -> Iterator[list[Asked]]:
    chosen: list[Asked] = []
    left = width
    for one in found.asked:
        cells = (_written(row.cells[one.name], one.metric.unit) for row in found.rows)
        needed = _width(one.name, cells)
        if chosen and needed > left:
            yield chosen
            chosen, left = [], width
        chosen.append(one)
        left -= needed
    yield chosen


def _width(title: str, cells: Iterable[str]) -> int:
    return max([len(title), *map(len, cells)]) + 3


def _plain(cell: Cell, metric: Metric) -> Any:
    if cell.value is not None and metric.unit is Unit.NUMBER:
        return f"{cell.value:.2f}"
    return cell.value


def _written(cell: Cell, unit: Unit) -> str:
    if unit is Unit.NUMBER:
        return DASH if cell.value is None else f"{cell.value:.2f}"
    write = {Unit.COUNT: count, Unit.SHARE: percent, Unit.DURATION: duration}[unit]
    return write(cell.value)


def _between(cell: Cell) -> str:
    if cell.low is None or cell.high is None:
        return ""
    return f"{percent(cell.low)} to {percent(cell.high)}"


def _notes(found: Table) -> Iterable[str]:
    """Say once what holds for a metric in every group."""
    for one in found.asked:
        notes = {row.cells[one.name].note for row in found.rows}
        shown = sorted(note for note in notes if note) if len(notes) < 3 else ()
        yield from (f"{one.name}: {note}" for note in shown)
    yield from found.remarks


def _list(form: str) -> None:
    if form == "json":
        for metric in METRICS.values():
            say_json(_as_json(metric))
        return
    _sentences((metric.id, metric.doc) for metric in METRICS.values())
    click.echo("\nAsk for them --by:\n")
    _sentences((dimension.name, dimension.doc) for dimension in DIMENSIONS)


def _sentences(lines: Iterable[tuple[str, str]]) -> None:
    """Print names with a sentence each, beside each other where the name is short."""
    out = console()
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, min_width=14)
    for name, sentence in lines:
        grid.add_row(name, sentence)
    out.print(grid)


def _as_json(metric: Metric) -> dict[str, Any]:
    return {
        "id": metric.id,
        "title": metric.title,
        "doc": metric.doc,
        "unit": metric.unit,
        "better": metric.better,
        "formula": metric.formula,
        "levels": [form.level for form in metric.forms],
        "parameter": metric.parameter and f"{metric.parameter.default:g}{metric.parameter.unit}",
        "needs": [sight.value for sight in metric.needs],
        "judged": bool(metric.judged),
    }


def _explain(names: Iterable[str], form: str) -> None:
    for name in names:
        metric = asked(name).metric
        if form == "json":
            say_json(_as_json(metric))
            continue
        out = console()
        out.print(f"{metric.id}: {metric.title}", style="bold")
        out.print(metric.doc)
        for words, value in _details(metric):
            if value:
                out.print(f"  {words}: {value}")


def _details(metric: Metric) -> Iterable[tuple[str, str]]:
    yield "formula", metric.formula
    yield "unit", f"{metric.unit}, {metric.better} is better"
    yield "counted", " ".join(form.level.doc for form in metric.forms)
    if metric.parameter:
        yield (
            "number",
            f"{metric.parameter.doc} {metric.parameter.default:g} {metric.parameter.unit}",
        )
    yield "null if", metric.null
    yield "needs a source that sees", ", ".join(sight.doc for sight in metric.needs)
