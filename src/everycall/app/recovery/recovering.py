"""Letting finished calls make, join and close promises, in the order in which they ended.

The calls come from the live picture within seconds of their end, and again from history: the same
rule takes both, and what was taken before changes nothing unless more was heard of it since.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.clock import from_micros, to_micros
from everycall.errors import TooLongError
from everycall.events.callers import caller
from everycall.hours import Calendar, calendars
from everycall.live.ended import EndedCall
from everycall.recovery import Deadline, Ended, deadline
from everycall.recovery.promises import Promises, take

T = TypeVar("T")

log = logging.getLogger(__name__)

SETTLED = timedelta(seconds=2)
"""So long after its end nothing more is to be heard of a call, as a rule."""

AT_ONCE = 500
"""So many calls are looked up together."""

_ENDED = """
SELECT c.call_id, c.direction, c.caller_key, c.client, c.arrived_at, c.ended_at, c.outcome,
  c.asked_for_person, c.answered, c.talk_ms, c.answered_agent, COALESCE(c.shared_number, FALSE),
  c.called, COALESCE(c.last_queue, c.first_queue), c.language, t.typed, q.entered_at, c.first_queue
FROM calls AS c
LEFT JOIN (
  SELECT call_id, queue, MIN(began_at) AS entered_at FROM visits WHERE began_at >= ? GROUP BY 1, 2
) AS q ON q.call_id = c.call_id AND q.queue = COALESCE(c.last_queue, c.first_queue)
LEFT JOIN (
  SELECT COALESCE(l.call_id, e.call_id) AS call_id, MAX(e.party) AS typed
  FROM events AS e LEFT JOIN links AS l ON l.id = e.call_id
  WHERE e.kind = 'callback.requested' AND NOT e.party IS NULL AND e."at" >= ?
  GROUP BY 1
) AS t ON t.call_id = c.call_id
WHERE NOT c.ended_at IS NULL AND c.outcome <> 'pending' AND c.direction <> 'internal'
  AND c.ended_at >= ?
ORDER BY c.ended_at, c.call_id
"""


def shared_numbers(site: SiteFile) -> set[str]:
    """Return the numbers that several people call from, as calls are joined by them."""
    keys = (caller(number, site.region, site.internal).key for number in site.shared_numbers)
    return {key for key in keys if key is not None}


def ended_of(call: EndedCall, *, shared: bool, typed: str | None = None) -> Ended:
    """Return a call of the live picture as promises and alerts see it."""
    return Ended(
        call.call_id,
        call.direction,
        call.caller,
        call.client,
        from_micros(call.arrived_at),
        from_micros(call.ended_at),
        call.outcome,
        call.asked_for_person,
        call.answered,
        call.talk_ms,
        call.agent,
        shared,
        call.called,
        call.last_queue or call.queue,
        call.language,
        typed,
        from_micros(call.entered_at) if call.entered_at else None,
    )


class Recoverer:
    """Takes the calls of a site that have ended since a moment."""

    def __init__(self, site: SiteFile, promises: Promises, zone: ZoneInfo) -> None:
        self.site = site
        self.promises = promises
        self.zone = zone
        self._calendars = calendars(site.hours, zone)
        self._shared = shared_numbers(site)

    # ---- from history

    def recover(self, asking: Asking, now: datetime) -> Counter[str]:
        """Take every call that ended while a promise to its caller could still be open."""
        since = to_micros(now - self.site.promises.lasts)
        return self._take_all(self.history(asking, since))

    def history(self, asking: Asking, since: int = 0) -> Iterator[tuple[Ended, str | None]]:
        """Yield the calls that ended since a moment in their order, each with its first queue."""
        self._shared |= {key for (key,) in asking.rows("SELECT caller_key FROM sharing")}
        for row in asking.rows(_ENDED, [since, since, since]):
            yield self._of_row(row), row[-1]

    def _of_row(self, row: Sequence[Any]) -> Ended:
        values = [*row[:4], from_micros(row[4]), from_micros(row[5]), *row[6:15]]
        entered_at = from_micros(row[16]) if row[16] else None
        return replace(Ended(*values), typed=self._typed(row[15]), entered_at=entered_at)

    # ---- from the live picture

    def recover_live(self, calls: Iterable[EndedCall], now: datetime) -> Counter[str]:
        """Take calls that ended a moment ago; those of the last two seconds wait for the next look."""
        latest = to_micros(now - SETTLED)
        settled = (c for c in calls if c.direction != "internal" and c.ended_at <= latest)
        return self._take_all((self._of_live(call), call.queue) for call in settled)

    def _of_live(self, call: EndedCall) -> Ended:
        if call.shared and call.caller is not None:
            self._shared.add(call.caller)
        return ended_of(call, shared=call.caller in self._shared, typed=self._typed(call.typed))

    # ---- both

    def _typed(self, raw: str | None) -> str | None:
        return caller(raw, self.site.region, self.site.internal).key if raw else None

    def _take_all(self, calls: Iterable[tuple[Ended, str | None]]) -> Counter[str]:
        said: Counter[str] = Counter()
        for some in _chunks(iter(calls), AT_ONCE):
            known = self.promises.known([call for call, _ in some])
            said["taken before"] += len(known)
            for call, queue in some:
                if call.call_id not in known:
                    said[self._tolerant(call, queue)] += 1
        return +said

    def _tolerant(self, call: Ended, queue: str | None) -> str:
        """Take a call; one that cannot be kept costs itself alone."""
        try:
            return self.take(call, queue)
        except TooLongError as error:
            log.warning("a call makes no promise and closes none: %s", error)
            return "it could not be kept"

    def take(self, call: Ended, queue: str | None) -> str:
        """Let a call make, join or close a promise; returns what it did, in words."""
        due, terms = self.due(call, queue), self.site.promises
        return take(call, self.promises, due, terms, call.ended_at)

    def due(self, call: Ended, queue: str | None) -> Deadline:
        """Return until when a call back for a call is due."""
        terms = self.site.promises
        calendar = self.calendar(call.number, queue, call.client)
        return deadline(call.arrived_at, calendar, terms.business, terms.clock)

    def calendar(self, number: str | None, queue: str | None, client: str | None) -> Calendar:
        """Return the opening hours that hold for a call."""
        return self._calendars[
            self.site.hours.schedule_id(number=number, queue=queue, client=client)
        ]


def _chunks(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(items, size)):
        yield chunk
