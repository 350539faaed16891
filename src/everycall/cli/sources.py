"""`everycall sources`: what can be read, what each source can see, and what a file may be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from everycall.app.intake.finding import every_source
from everycall.app.intake.guessing import Guess, Proposal, guess
from everycall.cli.common import data_option, json_option, say_json
from everycall.errors import NotFoundError, NotThatKindError, did_you_mean
from everycall.events.sights import Sight
from everycall.registry import names
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table
from everycall.sources.base import Recognised, Source
from everycall.sources.mapping import FOLDER


@click.group("sources", invoke_without_command=True)
@data_option
@json_option
@click.pass_context
def command(context: click.Context, data: Path, *, as_json: bool) -> None:
    """List the phone systems and formats, and what each cannot see.

    Mappings are sources, too: those that come with everycall, and your own in the folder
    `mappings` of the data directory.
    """
    if context.invoked_subcommand is not None:
        return
    found = sorted(every_source(data / FOLDER).values(), key=lambda source: source.name)
    if as_json:
        for source in found:
            say_json(_as_json(source))
    else:
        _list(found)


@command.command("show")
@click.argument("name")
@data_option
@json_option
def show(name: str, data: Path, *, as_json: bool) -> None:
    """Show everything about one source: what it sees, and what would show what it cannot see."""
    known = every_source(data / FOLDER)
    if name not in known:
        hint = did_you_mean(name, known) or f" (there are: {', '.join(sorted(known))})"
        raise NotFoundError(f"there is no source called '{name}'{hint}")
    if as_json:
        say_json(_as_json(known[name]))
    else:
        _one(known[name])


@command.command("guess")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the proposed mapping to a file, not to the standard output.",
)
@data_option
@json_option
def guess_command(file: Path, out: Path | None, data: Path, *, as_json: bool) -> None:
    """Say what a FILE is, or propose a mapping to read it by.

    The name of a source, or the text of a mapping, goes to the standard output; the reasons go to
    the error stream. Read a proposed mapping through, then: everycall import FILE --mapping OWN.toml
    """
    found = guess(file, data / FOLDER)
    if found.proposal is None and not found.known:
        raise NotThatKindError(
            f"'{file}' is no log that everycall knows and no table of calls: no heading names a "
            "column of moments"
        )
    if out is not None and found.proposal is not None:
        _write(out, found.proposal.toml)
    if as_json:
        say_json(_guess_as_json(found))
    elif found.known:
        _say_known(found)
    elif found.proposal is not None:
        _say_proposal(found.proposal, out)


def _write(out: Path, text: str) -> None:
    if out.exists():
        raise click.UsageError(f"'{out}' is there already; name another file")
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotFoundError(f"cannot write '{out}': {error.strerror}") from None


def _kind(source: Source) -> str:
    return "source" if source.name in names("source") else "mapping"


def _list(found: list[Source]) -> None:
    columns = (Column("source"), Column("what it is"), Column("cannot see"))
    rows = [(s.name, s.title, ", ".join(_words(sight) for sight in _unseen(s))) for s in found]
    out = console()
    out.print(grid(Table(columns, rows)))
    out.print("More about one of them: everycall sources show NAME")
    out.print("What is this file?      everycall sources guess FILE")


def _words(sight: Sight) -> str:
    return sight.value.replace("_", " ")


def _unseen(source: Source) -> Iterator[Sight]:
    yield from (sight for sight in Sight if sight not in source.sees)


def _one(source: Source) -> None:
    out = console()
    out.print(Text.assemble((source.title, "bold"), f" ({_kind(source)} {source.name})"))
    out.print(Text(source.doc))
    sees = [(sight.doc,) for sight in Sight if sight in source.sees]
    out.print(grid(Table((Column("it sees"),), sees)))
    blind = [(sight.doc, source.blind.get(sight, "")) for sight in _unseen(source)]
    out.print(grid(Table((Column("it cannot see"), Column("what would show it")), blind)))


def _as_json(source: Source) -> dict[str, object]:
    return {
        "name": source.name,
        "title": source.title,
        "doc": source.doc,
        "kind": _kind(source),
        "carrier": source.carrier,
        "sees": sorted(source.sees),
        "blind": {sight.value: source.blind.get(sight, "") for sight in _unseen(source)},
    }


def _say_known(found: Guess) -> None:
    reasons = console(stderr=True)
    for source, recognised in found.known:
        reasons.print(Text(f"{source.title}: {recognised.reason}."))
    best = found.known[0][0]
    named = "" if found.sure else f" --source {best.name}"
    line = f"Take it in: everycall import {found.path}{named}"
    reasons.print(Text(line, style="dim"), soft_wrap=True)
    click.echo(best.name)


def _say_proposal(proposal: Proposal, out: Path | None) -> None:
    reasons = console(stderr=True)
    reasons.print("No source knows this file. A mapping to begin with, and why:")
    columns = (Column("column"), Column("taken for"), Column("because of"))
    rows = [(reason.column, reason.thing, reason.why) for reason in proposal.reasons]
    reasons.print(grid(Table(columns, rows)))
    if proposal.unused:
        reasons.print(Text(f"Not used: {', '.join(proposal.unused)}."))
    for doubt in proposal.doubts:
        reasons.print(Text(f"To decide: {doubt}."))
    reasons.print(Text(f"Tried: {proposal.tried}."))
    if out is None:
        click.echo(proposal.toml, nl=False)
    else:
        reasons.print(Text(f"Written to {out}. Read it through, then import with --mapping {out}"))


def _guess_as_json(found: Guess) -> dict[str, Any]:
    proposal = found.proposal
    return {
        "path": str(found.path),
        "known": [_recognised(source, how) for source, how in found.known],
        "mapping": proposal.toml if proposal else None,
        "columns": [
            {"column": reason.column, "thing": reason.thing, "why": reason.why}
            for reason in (proposal.reasons if proposal else ())
        ],
        "unused": list(proposal.unused) if proposal else [],
        "doubts": list(proposal.doubts) if proposal else [],
        "tried": proposal.tried if proposal else None,
    }


def _recognised(source: Source, how: Recognised) -> dict[str, object]:
    return {"source": source.name, "sureness": how.sureness, "reason": how.reason}
