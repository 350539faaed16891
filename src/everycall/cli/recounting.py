"""`everycall recount`: count the calls again by what the site file says now."""

from pathlib import Path

import click

from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import read_site
from everycall.cli.common import data_options, progress_bar, say_json
from everycall.history import History
from everycall.render.terminal import console
from everycall.reports.words import count, plural


@click.command("recount")
@data_options
def command(data: Path, site: str, config: Path | None, *, as_json: bool) -> None:
    """Count the calls again by what the site file says now: opening hours, names, brands, limits.

    Nothing is read anew, and months that it does not touch are left alone. A running everycall does
    it by itself when its settings change. How lines are read (trunks, menus, the region of numbers)
    is another matter: that takes everycall import --anew.
    """
    with progress_bar(quiet=as_json) as progress:
        importer = Importer(History(data, site), read_site(data, config, site), progress=progress)
        summary = importer.recount()
    if as_json:
        say_json({"site": site, "months": summary.months, "arrived": summary.arrived})
    elif not summary.months:
        console().print("All calls are counted by what the site file says now.")
    else:
        months = plural(summary.months, "month was", "months were")
        console().print(f"{months} counted again: {count(summary.arrived)} calls arrived in all.")
