"""The rounds that tell people: one looks, others carry, one makes reports; none waits for another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from everycall.alerts import MissedCall
from everycall.app.recovery.recovering import shared_numbers
from everycall.app.site.sitefile import SiteFile
from everycall.live.ended import EndedCall
from everycall.records.alerts import DELIVER
from everycall.records.jobs import run_one
from everycall.web.live.hub import hub
from everycall.web.phones.connecting import live
from everycall.web.reading import Reader
from everycall.web.rounds import Round, while_there_is
from everycall.web.work.alerting import Watcher
from everycall.web.work.carrying import carry
from everycall.web.work.ended import LatelyEnded
from everycall.web.work.report_sending import round_of_reports
from everycall.web.work.returning import with_shared
from everycall.web.work.situations import (
    Arrivals,
    Measured,
    missed_call,
    situation,
)

LOOK = 0.5
"""Rules look this often, in seconds."""

CARRY = 0.25
"""Each carrier asks this often for something to carry, in seconds."""

CARRIERS = 3

LEASE = timedelta(minutes=2)
"""Who carries a message has it for so long: longer than any talk with a channel lasts."""

REPORTS = 5.0
"""Plans of reports are looked at this often, in seconds."""


@dataclass(slots=True)
class Alarm:
    """Looks at the newest board and at the calls that ended."""

    reader: Reader
    measured: Measured
    arrivals: Arrivals = field(default_factory=Arrivals)
    _watcher: Watcher | None = None
    _ended: LatelyEnded = field(default_factory=lambda: LatelyEnded(timedelta(minutes=15), 20))

    def look(self) -> None:
        """Look once."""
        board, now = hub.board, timezone.now()
        if board is None:
            return
        site = self.reader.settings()
        zone = site.zone or ZoneInfo("UTC")
        if self._watcher is None:
            self._watcher = Watcher(zone, settings.ADDRESS)
        # the zone may be set while the server runs
        self._watcher.zone = zone
        watching, loop = live.watch, live.loop
        if watching is not None and loop is not None:
            calls = self._ended.calls(watching, loop, now)
            self.arrivals.took(calls)
            self._watcher.look_at_calls(missed_calls(calls, site), site.promises, now)
        seen = situation(board, watching, self.measured, self.arrivals, site)
        self._watcher.look(seen, now)


def missed_calls(calls: Iterable[EndedCall], site: SiteFile) -> list[MissedCall]:
    """Return calls that ended as alerts see them, by the same shared numbers as promises."""
    shared = shared_numbers(with_shared(site))
    return [missed_call(call, shared) for call in calls]


def _carry_all() -> None:
    while_there_is(lambda: run_one({DELIVER: carry}, timezone.now(), LEASE))


def looking(reader: Reader, measured: Measured) -> tuple[Round, ...]:
    """Return the round that looks; it needs the picture, and goes on where that is drawn."""
    return (Round("alerts", Alarm(reader, measured).look, LOOK),)


def telling() -> tuple[Round, ...]:
    """Return the rounds that tell people: some carry, one makes reports."""
    return (
        *(Round(f"carrier {n}", _carry_all, CARRY) for n in range(1, CARRIERS + 1)),
        Round("reports", round_of_reports, REPORTS),
    )
