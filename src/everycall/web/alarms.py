"""The threads that tell people: one looks, others carry, one makes reports; none waits for another."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from everycall.clock import to_micros
from everycall.records.alerts import DELIVER
from everycall.records.jobs import run_one
from everycall.web.alerting import Watcher
from everycall.web.carrying import carry
from everycall.web.connecting import live
from everycall.web.live.hub import hub
from everycall.web.reading import Reader
from everycall.web.report_sending import round_of_reports
from everycall.web.situations import (
    Arrivals,
    Measured,
    ended_calls,
    missed_call,
    shared_numbers,
    situation,
)

log = logging.getLogger(__name__)

LOOK = 0.5
"""Rules look this often, in seconds."""

CARRY = 0.25
"""Each carrier asks this often for something to carry, in seconds."""

CARRIERS = 3

NEAR, FAR = timedelta(minutes=1), timedelta(minutes=15)
"""Calls that ended so long ago are looked at every time, and every twentieth time."""


@dataclass(slots=True)
class Alarm:
    """Looks at the newest board and at the calls that ended."""

    reader: Reader
    measured: Measured
    arrivals: Arrivals = field(default_factory=Arrivals)
    _watcher: Watcher | None = None
    _looks: int = 0

    def look(self) -> None:
        """Look once."""
        board, now = hub.board, timezone.now()
        if board is None:
            return
        site = self.reader.settings()
        if self._watcher is None:
            self._watcher = Watcher(site.zone or ZoneInfo("UTC"), settings.ADDRESS)
        watching, loop = live.watch, live.loop
        if watching is not None and loop is not None:
            far = self._looks % 20 == 0
            self._looks += 1
            since = to_micros(now - (FAR if far else NEAR))
            calls = ended_calls(watching, loop, since)
            self.arrivals.took(calls)
            shared = shared_numbers(site)
            missed = [missed_call(call, shared) for call in calls]
            self._watcher.look_at_calls(missed, site.promises, now)
        seen = situation(board, watching, self.measured, self.arrivals, site)
        self._watcher.look(seen, now)


def _carry_all() -> None:
    while run_one({DELIVER: carry}, timezone.now()):
        pass


def _again(work: Callable[[], object], every: float, stop: threading.Event) -> None:
    while not stop.wait(every):
        try:
            work()
        except (TimeoutError, asyncio.CancelledError):
            log.warning("the picture did not answer in time; alerts look again")
        except Exception:
            log.exception("a look of the alerts failed")
        finally:
            close_old_connections()


@contextmanager
def alarms(reader: Reader, measured: Measured) -> Iterator[Alarm]:
    """Look and carry in threads of their own."""
    alarm, stop = Alarm(reader, measured), threading.Event()
    threads = [threading.Thread(target=_again, args=(alarm.look, LOOK, stop), daemon=True)]
    threads += [
        threading.Thread(target=_again, args=(_carry_all, CARRY, stop), daemon=True)
        for _ in range(CARRIERS)
    ]
    threads.append(threading.Thread(target=_again, args=(round_of_reports, 5.0, stop), daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield alarm
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=25)
