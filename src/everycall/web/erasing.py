"""`everycall erase`: one caller, on request, from everything."""

import time
from pathlib import Path

import click

from everycall.app.erasing import Erasure, erase
from everycall.app.sitefile import read_site
from everycall.cli.common import data_option
from everycall.errors import BusyError
from everycall.web.serving import set_up

PATIENCE = 60.0
"""Seconds for which another writer is waited for."""


@click.command("erase")
@click.argument("number")
@click.option("--site", default="main", help="The site (default: main).")
@data_option
def erase_caller(number: str, site: str, data: Path) -> None:
    """Take one caller out of history and records; a pseudonym stays, so that totals hold.

    Reading a log again that holds the number does not bring it back.
    """
    erasure = _patiently(data, site, number)
    set_up(data, site=site)
    from everycall.records.erasing import erase_everywhere
    from everycall.records.trail import note

    digits = min(erasure.forms, key=len).lstrip("+0")[-7:]
    records = erase_everywhere(digits, erasure.out_of)
    note(None, "caller erased", erasure.pseudonym)
    click.echo(f"Erased from history and {records} records; {erasure.pseudonym} stands for them.")
    click.echo("The journal keeps what it heard for two days; the phone system's logs are yours.")


def _patiently(data: Path, site: str, number: str) -> Erasure:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return erase(data, site, number, read_site(data, None, site).region)
        except BusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
