"""`everycall import`: take logs in."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from everycall.app.audit.preparing import prepare
from everycall.app.intake.importing import Importer
from everycall.app.intake.sorting_out import Summary
from everycall.app.site.site_writing import file_of
from everycall.app.site.sitefile import read_site
from everycall.cli.common import data_options, progress_bar, say_json
from everycall.errors import EverycallError
from everycall.events.origins import APART
from everycall.history import History
from everycall.history.store import Imported
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table, Unit
from everycall.reports.words import count, plural

MANY = 12
"""More files than this are shown by source."""

UNREADABLE = 3
REFUSED = 2


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", help="What the files are, if everycall should not find out by itself.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A TOML file that says what the columns of the files mean.",
)
@click.option(
    "--system",
    help="Whose files they are, where a site has several phone systems: the name of the connection.",
)
@click.option(
    "--anew",
    is_flag=True,
    help="Begin with nothing: read these files with the settings as they are now, and drop the rest.",
)
@data_options
def command(
    paths: tuple[Path, ...],
    source: str | None,
    mapping: Path | None,
    system: str | None,
    data: Path,
    site: str,
    config: Path | None,
    *,
    anew: bool,
    as_json: bool,
) -> None:
    """Take phone-system logs in and count their calls.

    PATHS are files or folders: queue_log, call detail records, channel event logs and others, plain
    or compressed. Files of one site are read together, so several logs of the same calls become one
    story each. The same file can be taken in again without counting anything twice.

    Where several phone systems are connected, --system says whose the files are: what was heard
    live of them and is taken in again is the same calls.

    A file that was taken in by mistake, or before the site file said how to read it, goes with
    --anew: afterwards the site has what the files named now say, and nothing else.

    Any CSV of calls can be read by a mapping; `everycall sources guess FILE` proposes one.
    """
    if source and mapping:
        raise click.UsageError("--source and --mapping both say what the files are; give one")
    settings = read_site(data, config, site)
    with progress_bar(quiet=as_json) as progress:
        history = History(data, site)
        importer = Importer(history, settings, progress=progress, over=anew)
        summary = importer.take(paths, source, mapping, system)
        if summary.files:
            # what is wrong with the settings is said by whoever asks
            with suppress(EverycallError):
                prepare(history, settings, progress)
    if as_json:
        say_json(_as_json(summary))
    else:
        _say(summary, config or file_of(data, site))
    sys.exit(_exit_code(summary))


def _exit_code(summary: Summary) -> int:
    if summary.refused:
        return REFUSED
    return UNREADABLE if summary.unreadable else 0


def _as_json(summary: Summary) -> dict[str, Any]:
    return {
        "site": summary.site,
        "files": [asdict(file) for file in summary.files],
        "already_known": [str(path) for path in summary.known],
        "gone": [str(path) for path in summary.gone],
        "left_out": [{"path": str(f.path), "reason": f.reason} for f in summary.left_out],
        "refused": [{"path": str(path), "reason": why} for path, why in summary.refused],
        "in_one_month": [{"call": s.call_id, "month": s.month} for s in summary.strays],
        "assumed": summary.assumed,
        "guessed": {str(path): notes for path, notes in summary.notes.items()},
        "arrived": summary.arrived,
        "outcomes": summary.outcomes,
        "unreadable": summary.unreadable,
        "without_word": summary.without_word,
    }


def _say(summary: Summary, settings: Path) -> None:
    out = console()
    if summary.files:
        out.print(grid(_files(summary)))
    for line in _remarks(summary):
        out.print(line)
    if summary.assumed or summary.notes:
        out.print("Say how it is in the site file, and read the files again with --anew:")
        out.print(f"  {escape(str(settings))}", soft_wrap=True)
    if summary.files:
        total = sum(summary.outcomes.values())
        out.print(
            f"\nAll calls of the site: {count(summary.arrived)} arrived = {count(total)} over "
            f"{plural(len(summary.outcomes), 'outcome', 'outcomes')}. See: everycall audit"
        )
    _say_skipped(summary)


def _remarks(summary: Summary) -> Iterator[str]:
    """Yield what was left out, known, guessed or refused; the same thing of many files once."""
    again = "(read again only with --anew)"
    yield from _grouped("taken in before, nothing new:", ((p.name, again) for p in summary.known))
    if summary.months and not summary.files:
        months = plural(summary.months, "month", "months")
        yield f"counted again, by what the site file says now: {months}"
    yield from _grouped("no longer there:", ((p.name, "") for p in summary.gone))
    marks = sorted({file.system for file in summary.files} - {""})
    yield from (f"of the phone system {m}: its names begin with {m}{APART}" for m in marks)
    left = ((f.path.name, f.reason) for f in summary.left_out if f.named or not f.empty)
    yield from _grouped("left out:", left)
    strays = (
        (s.call_id, f"(it counts in {s.month}, where most of them are)") for s in summary.strays
    )
    yield from _grouped("records of one call lie in several months:", strays)
    notes = ((path.name, note) for path, found in summary.notes.items() for note in found)
    yield from _grouped("guessed:", notes)
    yield from (f"assumed: {text}" for text in summary.assumed)
    yield from (f"not taken in: {path.name} {why}" for path, why in summary.refused)


def _grouped(title: str, items: Iterable[tuple[str, str]]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for name, reason in items:
        groups.setdefault(reason, []).append(name)
    for reason, names in groups.items():
        shown = sorted(set(names))[:3]
        more = len(names) - len(shown)
        yield f"{title} {', '.join(shown)}{f' and {more} more' if more else ''} {reason}".rstrip()


def _files(summary: Summary) -> Table:
    by_file = len(summary.files) <= MANY
    columns = (
        Column("file" if by_file else "files"),
        Column("source"),
        Column("lines", Unit.COUNT),
        Column("no word for", Unit.COUNT),
        Column("unreadable", Unit.COUNT),
    )
    if by_file:
        rows = [(Path(f.path).name, f.source, *_sums([f])) for f in summary.files]
        return Table(columns, rows)
    sources = dict.fromkeys(file.source for file in summary.files)
    groups = [[f for f in summary.files if f.source == source] for source in sources]
    return Table(
        columns, [(plural(len(g), "file", "files"), g[0].source, *_sums(g)) for g in groups]
    )


def _sums(files: Sequence[Imported]) -> tuple[int, int, int]:
    return (
        sum(file.lines for file in files),
        sum(file.without_word for file in files),
        sum(file.unreadable for file in files),
    )


def _say_skipped(summary: Summary) -> None:
    where = "; list them with: everycall skipped" if summary.unreadable else ""
    lines = plural(summary.unreadable, "line", "lines")
    console().print(f"{lines} could not be read{where}")
