"""`everycall attach`: what is said of calls afterwards, each to its call."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from everycall.app.intake.attaching import Attached, Attaching
from everycall.app.site.attached_rows import Headings, Scale
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.cli.common import data_options, say_json
from everycall.history import History
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table, Unit
from everycall.reports.words import plural
from everycall.settings import duration

NOT_ALL = 3
SHOWN = 12

KINDS = {"ratings": "score", "tags": "tag"}


def _scale(_context: click.Context, _option: click.Parameter, value: str | None) -> Scale | None:
    try:
        return Scale.from_text(value) if value else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _within(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> timedelta | None:
    try:
        return duration(value) if value else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _columns(
    _context: click.Context, _option: click.Parameter, value: Sequence[str]
) -> dict[str, str]:
    known = [field.name for field in fields(Headings)]
    found: dict[str, str] = {}
    for pair in value:
        name, equals, heading = pair.partition("=")
        if not equals or name not in known:
            raise click.BadParameter(f"'{pair}' is not one of {', '.join(known)}, with =HEADING")
        found[name] = heading
    return found


@click.command("attach")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--scale", callback=_scale, help="Worst and best score: 1-5 (default), 0-10, 6-1.")
@click.option(
    "--within",
    callback=_within,
    help="How far from it the call of a caller may have ended (default: 24 h).",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=_columns,
    help="What a column is, if its heading does not say so: call_id, caller, time, date or what "
    "(the score or tag), as in --column what='How was it?'.",
)
@data_options
def command(
    kind: str,
    paths: tuple[Path, ...],
    data: Path,
    site: str,
    config: Path | None,
    *,
    scale: Scale | None,
    within: timedelta | None,
    columns: dict[str, str],
    as_json: bool,
) -> None:
    """Attach ratings or tags to calls: everycall attach ratings survey.csv --scale 0-10.

    A row needs a score (or a tag) and the id of its call, or the caller's number and a time: then it
    belongs to the call of that caller that ended nearest to it. The same file again adds nothing, and
    what found no call is found once its call was imported.
    """
    settings = read_site(data, config, site)
    attaching = _attaching(KINDS[kind], History(data, site), settings)
    attaching = replace(
        attaching,
        scale=scale or attaching.scale,
        within=within or attaching.within,
        headings=replace(attaching.headings, **columns),
    )
    done = [attaching.take(path) for path in paths]
    if as_json:
        for one in done:
            say_json(_as_json(one))
    else:
        for one in done:
            _say(kind, one)
    sys.exit(NOT_ALL if any(one.unplaced for one in done) else 0)


def _attaching(kind: str, history: History, site: SiteFile) -> Attaching:
    own = site.ratings if kind == "score" else site.tags
    return Attaching(history, site, kind, site.ratings.scale, own.within, own.columns)


def _as_json(done: Attached) -> dict[str, Any]:
    return {
        "path": str(done.path),
        "columns": done.columns,
        "rows": done.rows,
        "by_id": done.by_id,
        "by_caller": done.by_caller,
        "known": done.known,
        "unmatched": [_row(skip.line, skip.detail) for skip in done.unmatched],
        "unreadable": [_row(skip.line, skip.detail) for skip in done.unreadable],
    }


def _row(line: int, reason: str) -> dict[str, Any]:
    return {"line": line, "reason": reason}


def _say(kind: str, done: Attached) -> None:
    out = console()
    out.print(f"{done.path.name}: {plural(done.rows, 'row', 'rows')} of {kind}", style="bold")
    for sentence in _sentences(done):
        out.print(sentence)
    lost = done.unplaced
    if lost:
        columns = (Column("line", Unit.COUNT), Column("why it has no call"))
        out.print(grid(Table(columns, [(s.line, s.detail) for s in lost[:SHOWN]])))
    if len(lost) > SHOWN:
        out.print(f"{len(lost) - SHOWN} more; list them with: everycall skipped --limit 0")


def _sentences(done: Attached) -> Iterator[str]:
    matched = done.by_id + done.by_caller
    yield f"{matched} found their call: {done.by_id} by its id, {done.by_caller} by caller and time"
    if done.known:
        yield f"{done.known} of them were known already"
    if done.unmatched:
        yield f"{len(done.unmatched)} found no call"
    if done.unreadable:
        yield f"{len(done.unreadable)} could not be read"
