"""`everycall sources`: what can be read, and what each source can see."""

import click

from everycall.cli.common import say_json
from everycall.errors import NotFoundError, did_you_mean
from everycall.events.sights import Sight
from everycall.registry import load, load_all, names
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table
from everycall.sources.base import Source


@click.command("sources")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def command(name: str | None, *, as_json: bool) -> None:
    """List the phone systems and formats, and what each can see.

    With a NAME: everything about that source.
    """
    if name is not None:
        _one(_known(name), as_json=as_json)
        return
    found = [source for _, source in load_all("source")]
    if as_json:
        for source in found:
            say_json(_as_json(source))
        return
    columns = (Column("source"), Column("what it is"), Column("sees"))
    rows = [(s.name, s.title, f"{len(s.sees)} of {len(Sight)} things") for s in found]
    out = console()
    out.print(grid(Table(columns, rows)))
    out.print("More about one of them: everycall sources NAME")


def _known(name: str) -> Source:
    if name not in names("source"):
        raise NotFoundError(f"there is no source '{name}'{did_you_mean(name, names('source'))}")
    found: Source = load("source", name)
    return found


def _one(source: Source, *, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(source))
        return
    out = console()
    out.print(f"[bold]{source.title}[/bold] ({source.name})")
    out.print(source.doc)
    sees = [(sight.doc, "") for sight in Sight if sight in source.sees]
    out.print(grid(Table((Column("it sees"), Column("")), sees)))
    blind = [
        (sight.doc, source.blind.get(sight, "")) for sight in Sight if sight not in source.sees
    ]
    out.print(grid(Table((Column("it cannot see"), Column("what to do")), blind)))


def _as_json(source: Source) -> dict[str, object]:
    return {
        "name": source.name,
        "title": source.title,
        "doc": source.doc,
        "sees": sorted(source.sees),
        "blind": {s.value: source.blind.get(s, "") for s in Sight if s not in source.sees},
    }
