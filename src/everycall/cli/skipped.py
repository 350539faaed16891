"""`everycall skipped`: what became no event, and why."""

from pathlib import Path

import click

from everycall.app.history.skips import skips
from everycall.cli.common import data_options, say_json
from everycall.history import History
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table, Unit


@click.command("skipped")
@click.option("--all", "everything", is_flag=True, help="Also what was read but has no word here.")
@click.option("--limit", default=50, show_default=True, help="How many to show; 0 for all.")
@data_options
def command(
    data: Path,
    site: str,
    config: Path | None,
    limit: int,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """List what could not be read, with file, line number and reason."""
    del config
    found = skips(History(data, site), everything=everything or as_json)
    if as_json:
        for skip in found:
            say_json(skip)
        return
    rows = list(found)
    out = console()
    if not rows:
        out.print("Every line could be read.")
        return
    columns = (Column("file"), Column("line", Unit.COUNT), Column("reason"), Column("text"))
    shown = rows[: limit or None]
    cells = [(r["file"], r["line"], _reason(r), (r["text"] or "")[:60]) for r in shown]
    out.print(grid(Table(columns, cells)))
    if len(shown) < len(rows):
        out.print(f"{len(rows) - len(shown)} more; see them with --limit 0")


def _reason(row: dict[str, str]) -> str:
    return f"{row['reason']} {row['detail']}".strip() if row["detail"] else row["reason"]
