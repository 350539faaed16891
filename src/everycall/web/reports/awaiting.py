"""Reports for pages: found on the disk, or made behind the page while it waits.

Whoever asks for what is being made already waits for the same making. While a newer one is made, the
one before it is shown, with its moment.
"""

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlowError
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar

from django.utils import timezone

from everycall.app.audit.kept_audits import KeptAudits, read_report
from everycall.app.audit.latest_audits import LatestAudits
from everycall.reports import Report
from everycall.web.reading import site_reader
from everycall.web.reports.making import PICTURES, Question, answering

PATIENCE = 0.1
"""Seconds that a page waits for a report before it is sent without one."""

AT_ONCE = 2
"""So many reports are made at the same time; each uses all cores."""

REMEMBERED = 8
"""So many that were made are at hand until they are asked for, where no disk keeps them."""

T = TypeVar("T")

Pictures = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report with its pictures, ready for a page.

    Attributes:
        made_at: when it was made, if calls have come in since.
    """

    report: Report
    pictures: Pictures
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """What there is of a report at this moment.

    Attributes:
        drawn: the report, or the one before it; None while there is none.
        seconds: for how long it has been in the making; None when it is not.
    """

    drawn: Drawn | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Making:
    began: float
    promise: "Future[Any]"


@dataclass(slots=True)
class Makers:
    """Makes what is asked for, each thing once at a time."""

    clock: Callable[[], float] = monotonic
    _makings: dict[str, _Making] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def ask(
        self, name: str, make: Callable[[], T], patience: float | None = None
    ) -> tuple[T | None, float]:
        """Return what was made, or None if that takes longer than one is patient; and for how long it
        has taken.

        Raises:
            EverycallError: it cannot be made.
        """
        with self._lock:
            making = self._makings.get(name)
            if making is None:
                making = self._makings[name] = _Making(self.clock(), Future())
                args = (make, making.promise)
                # a process that ends waits for it: the engine cannot be left in the middle
                threading.Thread(target=self._make, args=args, name="report").start()
        try:
            made = making.promise.result(PATIENCE if patience is None else patience)
        except TooSlowError:
            if not making.promise.done():
                return None, self.clock() - making.began
            raise
        finally:
            if making.promise.done():
                self._forget(name)
        return made, self.clock() - making.began

    def _make(self, make: Callable[[], T], promise: "Future[T]") -> None:
        with self._places:
            try:
                promise.set_result(make())
            except BaseException as error:  # noqa: BLE001  it is raised where the page waits
                promise.set_exception(error)

    def _forget(self, name: str) -> None:
        with self._lock:
            self._makings.pop(name, None)
            over = [key for key, one in self._makings.items() if one.promise.done()]
            for key in over[:-REMEMBERED]:
                del self._makings[key]


makers = Makers()
"""What makes reports in this process."""


def awaited(asked: Question, patience: float | None = None) -> Awaited:
    """Return a report if it was made before, else begin to make it and wait a moment for it.

    Raises:
        EverycallError: it cannot be made.
    """
    with site_reader().closed(asked.only, staff=asked.staff) as asking:
        kept = KeptAudits(asking, asked.site, asked.order, asked.words)
        name, latest = kept.name, LatestAudits(kept)
        found = _drawn(kept, name, read_report(kept.folder, name))
        if found is not None:
            return Awaited(found)
        earlier = latest.found()
        before = _drawn(kept, earlier.name, earlier.report, earlier.made_at) if earlier else None
    drawn, seconds = makers.ask(name, lambda: _make(asked), patience)
    return Awaited(drawn) if drawn is not None else Awaited(before, seconds)


def _drawn(
    kept: KeptAudits, name: str, report: Report | None, made_at: datetime | None = None
) -> Drawn | None:
    """Return a report with the pictures that lie beside it; None where either is missing."""
    if report is None:
        return None
    with suppress(OSError, ValueError):
        pictures = json.loads((kept.folder / f"{name}.{PICTURES}").read_text(encoding="utf-8"))
        return Drawn(report, pictures, made_at)
    return None


def _make(asked: Question) -> Drawn:
    with answering(asked) as made:
        drawn = Drawn(made.report, made.pictures())
        LatestAudits(made.kept).note(timezone.now())
        return drawn
