"""`everycall backup` and `everycall restore`."""

from pathlib import Path

import click

from everycall.app.keeping.backing_up import NotEmptyError, back_up, unpacked
from everycall.cli.common import data_option
from everycall.web.commands.serve import set_up


@click.command("backup")
@click.argument("to", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def backup(to: Path, data: Path) -> None:
    """Write everything into one file, while everything goes on.

    The file TO holds the records, the site files, the journal, the history and the key of the
    secrets: whoever has it has everything.
    """
    set_up(data)
    from everycall.records.copying import dump

    size = back_up(data, to, dump)
    click.echo(f"{to} has everything, in {max(1, size >> 20)} MB; keep it where nobody reads it.")


@click.command("restore")
@click.argument("backup_file", metavar="FROM", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def restore(backup_file: Path, data: Path) -> None:
    """Put a backup into a new data directory, and its records into an empty database.

    With DATABASE_URL set the records go there, wherever they came from. Everybody logs in anew.
    """
    with unpacked(backup_file, data) as (home, records, about):
        set_up(home)
        count = _load(records)
    click.echo(f"Restored: {count} records and the data of {about.at}, into {data}.")


def _load(records: Path) -> int:
    from django.db import connection

    from everycall.records.copying import load

    try:
        if connection.introspection.table_names():
            raise NotEmptyError("the database is not empty; a backup is restored into a new one")
        with records.open(encoding="utf-8") as lines:
            return load(lines)
    finally:
        connection.close()
