"""Outages: told by a source or shown by silence; a quiet night is none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from everycall.app.audit.remedying import Remedies, remedies
from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.hours import SiteHours
from everycall.settings import read_table

MONDAY = datetime(2026, 9, 7, 8, tzinfo=UTC)
WEEKS = 5


def site() -> SiteFile:
    hours = read_table(SiteHours, {"week": ["mon-fri 08:00-18:00"]})
    return SiteFile(hours=hours)


def queue_log(skipped: tuple[datetime, datetime] | None, restart: datetime | None) -> Iterator[str]:
    """Yield a queue_log of a caller every two minutes in opening hours, all of them answered but one."""
    lines = []
    for minute in range(0, 600, 2):
        for day in range(7 * WEEKS):
            at = MONDAY + timedelta(days=day, minutes=minute)
            if at.weekday() < 5 and not (skipped and skipped[0] <= at < skipped[1]):
                lines += call(at, answered=minute % 20 != 0)
    if restart is not None:
        lines.append((restart, "NONE|NONE|NONE|QUEUESTART|"))
    for at, line in sorted(lines):
        yield f"{at.timestamp():.0f}|{line}"


def call(at: datetime, *, answered: bool) -> list[tuple[datetime, str]]:
    name = f"{at.timestamp():.0f}.1"
    number = f"+4930231250{at.minute:02}"
    found = [(at, f"{name}|sales|NONE|ENTERQUEUE||{number}|1")]
    if not answered:
        return [*found, (at + timedelta(seconds=40), f"{name}|sales|NONE|ABANDON|1|1|40")]
    talk, ends = at + timedelta(seconds=5), at + timedelta(seconds=65)
    return [
        *found,
        (talk, f"{name}|sales|Ann|CONNECT|5|{name}|4"),
        (ends, f"{name}|sales|Ann|COMPLETECALLER|5|60|1"),
    ]


def looked_at(tmp_path: Path, lines: Iterator[str]) -> Remedies:
    log = tmp_path / "queue_log"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = tmp_path / "data"
    Importer(History(data), site()).take([log])
    with Asking(History(data)) as asking:
        return remedies(asking, site())


def outages(found: Remedies) -> list[str]:
    return [one.id for one in found.remedies if one.cause == "outage"]


NINE = MONDAY + timedelta(days=15, hours=1)
"""Nine o'clock on a Tuesday."""


def test_a_silence_in_opening_hours_is_an_outage_that_no_source_tells_of(tmp_path: Path) -> None:
    found = looked_at(tmp_path, queue_log((NINE, NINE + timedelta(hours=1)), None))
    assert outages(found) == ["outage:2026-09-22-08:58"]
    silent = next(one for one in found.remedies if one.cause == "outage")
    assert (silent.calls, silent.additive) == (0, False)
    # the silent day itself is one of the five that make the average
    assert "About 25 calls usually come" in silent.evidence[1]
    assert found.balanced


@pytest.mark.parametrize("restart", [None, MONDAY + timedelta(days=15, hours=-5)])
def test_a_quiet_night_is_none_even_if_the_phone_system_restarts_in_it(
    tmp_path: Path, restart: datetime | None
) -> None:
    assert outages(looked_at(tmp_path, queue_log(None, restart))) == []


def test_who_is_there_is_unknown_where_nobody_ever_signs_in(tmp_path: Path) -> None:
    found = looked_at(tmp_path, queue_log(None, None))
    assert [one.state for one in found.presence] == ["not known"]
    assert "nobody_there" not in [one.cause for one in found.remedies]
    assert all(one.presence is None for one in found.remedies)
