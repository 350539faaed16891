"""`everycall audit`: what happened to the calls."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from everycall.app.asking import day_bounds
from everycall.app.auditing import make_audit
from everycall.cli.common import as_day, data_options, open_site, period_options, say_json
from everycall.clock import from_micros
from everycall.render.terminal import console, show_report


@click.command("audit")
@click.option("--days", type=click.IntRange(1), help="The last so many days of the data.")
@period_options
@data_options
def command(
    days: int | None,
    since: Any,
    until: Any,
    data: Path,
    site: str,
    config: Path | None,
    *,
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
        report = make_audit(asking, first, after)
    if as_json:
        say_json(asdict(report))
    else:
        show_report(report, console())
