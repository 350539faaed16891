"""`everycall replay`: read live records again that could not be read."""

from pathlib import Path

import click

from everycall.app.intake.unread import Replayer
from everycall.app.site.sitefile import read_site
from everycall.cli.common import data_options, say_json
from everycall.history import History
from everycall.render.terminal import console
from everycall.reports.words import count

UNREADABLE = 3


@click.command("replay")
@click.option("--source", help="Only the records of this source.")
@data_options
def command(
    data: Path, site: str, config: Path | None, source: str | None, *, as_json: bool
) -> None:
    """Read live records again that could not be read, after what was wrong is put right.

    Each is kept as it came, and listed by `everycall skipped` with its reason. Those that can be
    read now are counted on their own days; the others stay.
    """
    done = Replayer(History(data, site), read_site(data, config, site)).replay(source)
    still = sum(one.still for one in done.values())
    if as_json:
        sources = {name: {"read": one.read, "still": one.still} for name, one in done.items()}
        say_json({"site": site, "sources": sources})
    elif not done:
        console().print("Every live record could be read.")
    else:
        for name, one in done.items():
            console().print(f"{name}: {count(one.read)} read, {count(one.still)} still cannot be")
    raise SystemExit(UNREADABLE if still else 0)
