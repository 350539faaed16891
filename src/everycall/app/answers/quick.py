"""The quick estimate from a site's own logs: the last whole month, opening hours, calls not callers."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.answers.ledger import open_ledger, within
from everycall.app.history.asking import Asking, day_bounds
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.clock import from_micros
from everycall.history import History
from everycall.money.inputs import DOCS, Amount, Asked
from everycall.money.texts import Quick

_OPTIONS = {"order_value": "value", "missed": "missed"}


def given_by(name: str) -> str:
    """Return the option of the command line that says an input."""
    return _OPTIONS.get(name, name)


def from_history(
    data: Path, site: str, config: Path | None, told: Mapping[str, Any]
) -> tuple[str | None, Quick | None, list[Asked]]:
    """Return the month that is counted, what the estimate is made from, and what is missing for it.

    What was told wins over the site file and over the logs. Of the logs only open hours count.
    """
    settings = read_site(data, config, site)
    said = {**_from_settings(settings), **told}
    month = None
    if "missed" not in said and History(data, site).manifest().segments:
        with Asking(History(data, site), settings.zone or ZoneInfo("UTC")) as asking:
            first, last = _last_month(asking)
            said["missed"], month = _missed(asking, settings, first, last), f"{first:%Y-%m}"
    asked = [
        Asked(name, doc, "the quick estimate")
        for name, doc in (
            ("missed", "The missed calls of a month."),
            ("order_value", DOCS["order_value"]),
        )
        if name not in said
    ]
    return month, None if asked else Quick(**_without_example(said)), asked


def _from_settings(site: SiteFile) -> dict[str, Any]:
    money = site.money
    amounts: dict[str, Amount | None] = {
        "order_value": money.order_value,
        "lifetime_value": money.lifetime_value,
        "customers": money.churn.customers if money.churn else None,
    }
    said: dict[str, Any] = {name: one.base for name, one in amounts.items() if one is not None}
    return {**said, **({"currency": money.currency} if money.currency else {})}


def _without_example(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said, so that nothing of the example's own values slips in."""
    return {"lifetime_value": None, "currency": None, **said}


def _last_month(asking: Asking) -> tuple[date, date]:
    """Return the first and last day of the last month that the data covers to its end."""
    at = asking.rows("SELECT MAX(arrived_at) FROM calls")[0][0]
    latest = from_micros(at).astimezone(asking.zone).date()
    ends = latest if (latest + timedelta(days=1)).day == 1 else latest.replace(day=1) - timedelta(1)
    earliest = from_micros(asking.rows("SELECT MIN(arrived_at) FROM calls")[0][0])
    if ends < earliest.astimezone(asking.zone).date():
        ends = latest
    return ends.replace(day=1), ends


def _missed(asking: Asking, site: SiteFile, first: date, last: date) -> int:
    open_ledger(asking, site)
    since, until = day_bounds(first, last, asking.zone)
    counted = (
        "SELECT COUNT(*) FROM missed AS m INNER JOIN calls AS c ON c.call_id = m.call_id "
        f"WHERE NOT m.closed AND {within('c.arrived_at', since, until)}"
    )
    return int(asking.rows(counted)[0][0])
