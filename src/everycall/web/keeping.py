"""What goes on behind the pages: calls that ended make and close promises, jobs are done."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections
from django.utils import timezone

from everycall.app.recovering import Recoverer
from everycall.records.jobs import Work, run_one
from everycall.records.promises import StoredPromises
from everycall.recovery.promises import tidy
from everycall.web.alarms import alarms
from everycall.web.outward import outward
from everycall.web.reading import Reader
from everycall.web.returning import returning
from everycall.web.situations import Measured

log = logging.getLogger(__name__)

WORK: dict[str, Work] = {}
"""What jobs may ask for, by name; messages are carried by threads of their own."""

PAUSE = 1.0


class Keeper:
    """Looks once a second whether there is something to do."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._seen = -1
        self.measured = Measured(reader)
        self._stop = threading.Event()

    def round(self) -> None:
        """Do what there is to do at present."""
        promises, now = StoredPromises(), timezone.now()
        generation = self._reader.history.manifest().generation
        if generation != self._seen and self._reader.has_calls():
            site = self._reader.settings()
            with self._reader.apart() as asking:
                Recoverer(site, promises, asking.zone).recover(asking, now)
            self._seen = generation
        tidy(promises, self._reader.settings().promises, now, lambda _promise: None)
        self.measured.refresh(now)
        while run_one(WORK, timezone.now()) and not self._stop.is_set():
            pass

    def run(self) -> None:
        """Go on until told to stop; a round that fails is written down, and tried again."""
        while not self._stop.wait(PAUSE):
            try:
                self.round()
            except Exception:
                log.exception("a round of the background work failed")
            finally:
                close_old_connections()

    def stop(self) -> None:
        """End after the present round."""
        self._stop.set()


@contextmanager
def keeping(reader: Reader) -> Iterator[Keeper]:
    """Keep house in a thread of its own."""
    keeper = Keeper(reader)
    thread = threading.Thread(target=keeper.run, name="keeper", daemon=True)
    thread.start()
    try:
        with alarms(reader, keeper.measured), returning(reader), outward(reader):
            yield keeper
    finally:
        keeper.stop()
        thread.join(timeout=10)
