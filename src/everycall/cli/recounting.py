"""`everycall recount`: count the calls again by what the site file says now."""

from contextlib import suppress
from pathlib import Path

import click

from everycall.app.audit.preparing import prepare
from everycall.app.intake.importing import Importer
from everycall.app.site.counting_mark import read_otherwise
from everycall.app.site.sitefile import read_site
from everycall.cli.common import data_options, progress_bar, say_json
from everycall.errors import EverycallError
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
        otherwise = read_otherwise(importer.history.manifest(), importer.site)
        if summary.months:
            # what is wrong with the settings is said by whoever asks
            with suppress(EverycallError):
                prepare(importer.history, importer.site, progress)
    if as_json:
        counted = {"months": summary.months, "arrived": summary.arrived}
        say_json({"site": site, **counted, "read_otherwise": [one.path for one in otherwise]})
    elif not summary.months:
        console().print("All calls are counted by what the site file says now.")
    else:
        months = plural(summary.months, "month was", "months were")
        console().print(f"{months} counted again: {count(summary.arrived)} calls arrived in all.")
    if otherwise and not as_json:
        files = plural(len(otherwise), "file was", "files were")
        console().print(
            f"{files} read when the site file said something else of zone, region, trunks or menus; "
            "to read them by what it says now: everycall import --anew"
        )
