"""`everycall export`: figures in somebody else's form."""

import csv
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import IO, Any

import click

from everycall.app.answers.nhs import days_of, month_of
from everycall.cli.common import data_options, open_site
from everycall.metrics.nhs import DAYS_HEADER, HEADER, NhsSettings, lines


@click.group("export")
def command() -> None:
    """Write figures in the form that somebody else wants."""


@command.command("nhs-cbt")
@click.option(
    "--month",
    type=click.DateTime(formats=["%Y-%m"]),
    required=True,
    help="The local month, as 2026-10.",
)
@click.option("--days", is_flag=True, help="The table of days and times of day instead.")
@click.option("--core-hours", is_flag=True, help="Only weekdays from 8:00 to 18:30.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
@data_options
def nhs_cbt(
    month: Any,
    data: Path,
    site: str,
    config: Path | None,
    output: Path | None,
    *,
    days: bool,
    core_hours: bool,
    as_json: bool,
) -> None:
    """NHS England: telephony in general practice, one month, as CSV."""
    asking, settings = open_site(data, site, config)
    first = date(month.year, month.month, 1)
    with asking:
        rows = list(
            days_of(asking, first) if days else _lines(asking, first, settings.nhs, core=core_hours)
        )
    header = DAYS_HEADER if days else HEADER
    if output is None:
        _write(sys.stdout, header, rows, as_json=as_json)
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        _write(file, header, rows, as_json=as_json)


def _lines(
    asking: Any, first: date, practice: NhsSettings, *, core: bool
) -> Iterable[tuple[Any, ...]]:
    name = f"{first:%Y-%m}"
    month = month_of(asking, first, core=core)
    for remark in month.remarks():
        click.echo(remark, err=True)
    for section, measure, value in lines(month, practice):
        yield name, section, measure, name, value


def _write(
    file: IO[str], header: tuple[str, ...], rows: Iterable[tuple[Any, ...]], *, as_json: bool
) -> None:
    if as_json:
        import json

        for row in rows:
            click.echo(json.dumps(dict(zip(header, row, strict=True))), file=file)
        return
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
