"""Letting finished calls make, join and close promises, in the order in which they ended."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from everycall.app.asking import Asking
from everycall.app.sitefile import SiteFile
from everycall.clock import from_micros, to_micros
from everycall.hours import calendars
from everycall.recovery import Deadline, Ended, deadline
from everycall.recovery.promises import Promises, take

_ENDED = """
SELECT call_id, direction, caller_key, client, arrived_at, ended_at, outcome, asked_for_person,
  answered, talk_ms, answered_agent, COALESCE(shared_number, FALSE), called, first_queue
FROM calls
WHERE NOT ended_at IS NULL AND outcome <> 'pending' AND direction <> 'internal' AND ended_at >= ?
ORDER BY ended_at, call_id
"""


class Recoverer:
    """Takes the calls of a site that have ended since a moment."""

    def __init__(self, site: SiteFile, promises: Promises, zone: ZoneInfo) -> None:
        self.site = site
        self.promises = promises
        self._calendars = calendars(site.hours, zone)

    def recover(self, asking: Asking, now: datetime) -> Counter[str]:
        """Take every call that ended while a promise to its caller could still be open."""
        since = now - self.site.promises.lasts
        said: Counter[str] = Counter()
        for call, due in self._ended(asking, since):
            said[take(call, self.promises, due, self.site.promises, call.ended_at)] += 1
        return said

    def _ended(self, asking: Asking, since: datetime) -> Iterator[tuple[Ended, Deadline]]:
        for row in asking.rows(_ENDED, [to_micros(since)]):
            call_id, direction, caller, client, arrived_at, ended_at, *more, called, queue = row
            moments = from_micros(arrived_at), from_micros(ended_at)
            call = Ended(call_id, direction, caller, client, *moments, *more)
            yield call, self._due(call, called, queue)

    def _due(self, call: Ended, called: str | None, queue: str | None) -> Deadline:
        name = self.site.hours.schedule_id(number=called, queue=queue, client=call.client)
        terms = self.site.promises
        return deadline(call.arrived_at, self._calendars[name], terms.business, terms.clock)
