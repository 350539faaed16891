"""`everycall hours`: when you are open, and why."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from everycall.app.site.given import site_calendars
from everycall.app.site.sitefile import read_site
from everycall.cli.common import data_options, say_json
from everycall.hours import Calendar, explain
from everycall.hours.local_time import day_length


@click.group("hours")
def command() -> None:
    """Say when you are open on a day, and why."""


@command.command("check")
@click.argument("day", type=click.DateTime(formats=["%Y-%m-%d"]), metavar="DATE")
@data_options
def check(day: Any, data: Path, site: str, config: Path | None, *, as_json: bool) -> None:
    """Explain a day: the usual week, an exception, a public holiday, the clocks; for each schedule."""
    settings = read_site(data, config, site)
    for name, calendar in site_calendars(settings).items():
        if as_json:
            say_json(_as_json(name, calendar, day.date()))
        else:
            click.echo(f"{name}: {explain(calendar, day.date())}")


def _as_json(name: str, calendar: Calendar, day: date) -> dict[str, Any]:
    rule = calendar.schedule.rule(day)
    known = calendar.known
    spans = calendar.spans(day, day) or ()
    return {
        "schedule": name,
        "date": f"{day}",
        "zone": str(calendar.zone),
        "known": known,
        "open": [str(period) for period in rule.periods] if known else None,
        "reason": rule.reason if known else None,
        "spans": [[f"{s.opens_at.isoformat()}", f"{s.closes_at.isoformat()}"] for s in spans],
        "day_hours": day_length(day, calendar.zone).total_seconds() / 3600,
        "sentence": explain(calendar, day),
    }
