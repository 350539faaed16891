"""What goes out to customers and to their files elsewhere, in a thread of its own: answers may take long."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections
from django.utils import timezone

from everycall.records.jobs import Work, run_one
from everycall.web import crm, texting
from everycall.web.reading import Reader

log = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds between two rounds."""

WORK: dict[str, Work] = {**crm.WORK, **texting.WORK}
"""What jobs may ask for here, by name."""


def one_round(reader: Reader) -> None:
    """Make jobs of what is missing, and do the jobs that are due."""
    crm.keep_in_step(reader)
    texting.tell_the_missed(reader, timezone.now())
    while run_one(WORK, timezone.now()):
        pass


@contextmanager
def outward(reader: Reader) -> Iterator[None]:
    """Keep on telling the outside what it has to know."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(PAUSE):
            try:
                one_round(reader)
            except Exception:
                log.exception("a round of what goes out failed")
            finally:
                close_old_connections()

    thread = threading.Thread(target=run, name="outward", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
