"""What rules look at: the board, silence, metrics, and calls that ended."""

import logging
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from everycall.alerts import MissedCall, Observed, Rule, Situation
from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking
from everycall.app.live.watching import Watch
from everycall.app.recovery.recovering import ended_of
from everycall.app.site.sitefile import SiteFile
from everycall.clock import from_micros, to_micros
from everycall.errors import EverycallError
from everycall.hours import calendars
from everycall.live.board import Board
from everycall.live.ended import EndedCall
from everycall.records.alerts import AlertRule
from everycall.records.promises import Promise, is_late
from everycall.recovery import open_states
from everycall.web.reading import Reader

log = logging.getLogger(__name__)

WEEKS = 8
"""What always happens is learned from so many weeks."""

LEAST = 3
"""Of so many weeks at least something must be known before anything is missed."""

FRESH = timedelta(minutes=1)
"""A metric is measured anew after so long."""

_HOURS = """
SELECT arrived_at FROM counted
WHERE direction = 'inbound' AND arrived_at >= ? AND arrived_at < ?
"""


@dataclass(slots=True)
class Usual:
    """At which hours of a weekday there always are calls, as the last weeks show."""

    _of: tuple[date, int] | None = None
    _hours: frozenset[int] | None = None

    def learn(self, asking: Asking, today: date) -> None:
        """Learn today's hours, once for each state of history."""
        wanted = today, asking.manifest.generation
        if self._of != wanted:
            self._of, self._hours = wanted, _always(asking, today)

    def quiet_for(self, now: datetime, last: datetime | None) -> float | None:
        """Return for how many seconds no call came, of those hours that always have one."""
        if self._hours is None:
            return None
        begin = now
        hour = now.replace(minute=0, second=0, microsecond=0)
        while hour.hour in self._hours and hour.date() == now.date():
            begin = hour
            hour -= timedelta(hours=1)
        begin = max(begin, last) if last is not None else begin
        return max(0.0, (now - begin).total_seconds())


def _always(asking: Asking, today: date) -> frozenset[int] | None:
    """Return the hours in which each of the last same weekdays had a call; None if few are known.

    A day without any call is left out: it was a holiday.
    """
    days: list[set[int]] = []
    for week in range(1, WEEKS + 1):
        day = today - timedelta(weeks=week)
        begin = datetime.combine(day, time(), asking.zone)
        bounds = to_micros(begin), to_micros(begin + timedelta(days=1))
        hours = {
            from_micros(at).astimezone(asking.zone).hour for (at,) in asking.rows(_HOURS, bounds)
        }
        if hours:
            days.append(hours)
    return frozenset(set.intersection(*days)) if len(days) >= LEAST else None


@dataclass(slots=True)
class Measured:
    """Metrics that rules watch, measured once a minute behind their backs."""

    reader: Reader
    usual: Usual = field(default_factory=Usual)
    _at: datetime | None = None
    _values: dict[tuple[str, timedelta | None, tuple[str, ...]], Observed] = field(
        default_factory=dict
    )

    def metric(self, name: str, over: timedelta | None, queues: tuple[str, ...]) -> Observed:
        """Return what was measured last; nothing before that."""
        return self._values.get((name, over, queues), {})

    def refresh(self, now: datetime) -> None:
        """Measure what rules ask for, if it is time."""
        if self._at is not None and now - self._at < FRESH:
            return
        self._at = now
        watched = Q(measure__startswith="metric:") | Q(measure="no_calls")
        rules = list(_plain(AlertRule.objects.filter(watched, is_on=True)))
        if not rules or not self.reader.has_calls():
            return
        site = self.reader.settings()
        with self.reader.apart() as asking:
            self.usual.learn(asking, now.astimezone(asking.zone).date())
            self._values = {
                (name, rule.over, rule.queues): _measured(
                    asking, site, name, rule.over, rule.queues, now
                )
                for rule in rules
                if (name := rule.measure.partition(":")[2])
            }


def _plain(rows: Iterable[AlertRule]) -> Iterator[Rule]:
    """Yield rules as decisions see them, without those that cannot be: looking at them says why."""
    for row in rows:
        with suppress(OverflowError):
            yield row.plain()


def _measured(
    asking: Asking,
    site: SiteFile,
    name: str,
    over: timedelta | None,
    queues: tuple[str, ...],
    now: datetime,
) -> Observed:
    midnight = datetime.combine(now.astimezone(asking.zone).date(), time(), asking.zone)
    by = ("queue",) if queues else ()
    try:
        since = to_micros(now - over if over else midnight)
        found = measure(asking, [name], by, since, to_micros(now), settings=site)
    except EverycallError:
        return {}
    except Exception:  # the other rules are measured all the same
        log.exception("%s, which an alert rule watches, could not be measured", name)
        return {}
    return {str(row.keys[0]) if by else "": row.cells[name].value for row in found.rows}


@dataclass(slots=True)
class Arrivals:
    """When the last call came, as far as boards have shown."""

    last: datetime | None = None

    def see(self, board: Board) -> datetime | None:
        """Look at a board; returns the last arrival that is known."""
        came = [call.arrived_at for call in board.calls if call.direction == "inbound"]
        slots = board.day.slots.items() if board.day else ()
        came += [min(at + 900_000_000, board.as_of) for at, (n, _) in slots if n and not self.last]
        if came:
            newest = from_micros(max(came))
            self.last = max(self.last, newest) if self.last else newest
        return self.last

    def took(self, calls: Iterable[EndedCall]) -> None:
        """Take in calls that ended: they may have come and gone between two boards."""
        for call in calls:
            if call.direction == "inbound":
                at = from_micros(call.arrived_at)
                self.last = max(self.last, at) if self.last else at


def situation(
    board: Board, watching: Watch | None, measured: Measured, arrivals: Arrivals, site: SiteFile
) -> Situation:
    """Put together what rules look at."""
    now, zone = from_micros(board.as_of), site.zone or ZoneInfo("UTC")
    last = arrivals.see(board)
    local = last.astimezone(zone) if last else None
    quiet = measured.usual.quiet_for(now.astimezone(zone), local)
    if quiet and calendars(site.hours, zone)["site"].is_open(now) is False:
        quiet = 0.0
    overdue = Promise.objects.filter(is_late(now), state__in=[s.value for s in open_states()])
    return Situation(board, silences(watching, now), quiet, float(overdue.count()), measured.metric)


def silences(watching: Watch | None, now: datetime) -> dict[str, float | None]:
    """Return for how many seconds nothing was heard of each phone system; null: never anything."""
    if watching is None:
        return {}
    found: dict[str, float | None] = {}
    for link in watching.health().links:
        lost = 0.0 if link.connected else None
        if not link.connected and link.since is not None:
            lost = (now - from_micros(link.since)).total_seconds()
        found[link.feed] = lost
    for feed in watching.settings.feeds:
        entry = watching.journal.place(feed.feed) if feed.feed not in found else None
        if entry is not None:
            found[feed.feed] = max(0.0, (now - from_micros(entry.received_at)).total_seconds())
    return found


def missed_call(call: EndedCall, shared: Container[str | None]) -> MissedCall:
    """Return a finished call as alerts see it; `shared`: the numbers that several people call from."""
    ended = ended_of(call, shared=call.shared or call.caller in shared)
    return MissedCall(ended, call.number, call.called, call.queue, call.wait_ms, call.message)
