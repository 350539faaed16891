"""`everycall erase`: one caller, on request, from everything."""

from pathlib import Path

import click

from everycall.cli.common import data_option, site_option
from everycall.web.commands.serve import set_up

PATIENCE = 60.0
"""Seconds for which another writer is waited for."""


@click.command("erase")
@click.argument("number")
@site_option
@data_option
def erase_caller(number: str, site: str, data: Path) -> None:
    """Take one caller out of history, records and recordings; a pseudonym stays, so that totals hold.

    Reading a log again that holds the number does not bring it back.
    """
    set_up(data, site=site)
    from everycall.web import erasing
    from everycall.web.reading import site_reader

    done = erasing.erase_caller(site_reader(), number, None, PATIENCE)
    click.echo(f"Erased from history and {done.records} records; {done.pseudonym} stands for them.")
    if done.recordings.gone:
        click.echo(f"Recordings deleted: {done.recordings.gone}.")
    for refused in done.recordings.refused:
        click.echo(f"This recording could not be deleted: {refused}", err=True)
    click.echo("The journal keeps what it heard for two days; the phone system's logs are yours.")
