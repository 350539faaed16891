"""`everycall audit`: what happened to the calls."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from everycall.app.asking import day_bounds
from everycall.app.auditing import make_audit
from everycall.app.publishing import publish
from everycall.cli.common import as_day, data_options, open_site, period_options, say_json
from everycall.clock import from_micros
from everycall.render.terminal import console, show_report
from everycall.reports import Words


@click.command("audit")
@click.option("--days", type=click.IntRange(1), help="The last so many days of the data.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write it: FILE.html, FILE.pdf, FILE.xlsx, or a folder with all of it.",
)
@click.option("--language", default="en", help="The language of the report: en, de.")
@click.option(
    "--mask", is_flag=True, help="Hide the middle of callers' numbers in what is written."
)
@period_options
@data_options
def command(  # noqa: PLR0917  one for each option
    days: int | None,
    since: Any,
    until: Any,
    data: Path,
    site: str,
    config: Path | None,
    out: Path | None,
    language: str,
    *,
    mask: bool,
    as_json: bool,
) -> None:
    """Show what happened to the calls: by outcome, time, queue and person, and what is unseen."""
    asking, _ = open_site(data, site, config)
    with asking:
        first, after = day_bounds(as_day(since), as_day(until), asking.zone)
        if days is not None:
            last = asking.rows("SELECT MAX(arrived_at) FROM counted")[0][0]
            day = from_micros(last).astimezone(asking.zone).date()
            first, after = day_bounds(day - timedelta(days=days - 1), day, asking.zone)
        words = Words(language)
        report = make_audit(asking, first, after, words)
        written = publish(asking, report, words, out, mask=mask) if out else []
    if out and not as_json:
        _say_written(written)
    elif as_json:
        say_json(asdict(report))
    else:
        show_report(report, console())


def _say_written(files: list[Path]) -> None:
    for file in files:
        size = file.stat().st_size
        click.echo(f"{file}  {size / 1_000_000:.1f} MB" if size > 100_000 else str(file))
