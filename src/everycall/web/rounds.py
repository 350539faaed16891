"""Work that goes on behind the pages, each kind in a thread of its own, until the server stops."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import close_old_connections

log = logging.getLogger(__name__)

PATIENCE = 25.0
"""Seconds that a round may take to end when the server stops."""


@dataclass(frozen=True, slots=True)
class Round:
    """Something that is done again and again, with a pause of so many seconds before each time."""

    name: str
    work: Callable[[], object]
    pause: float


@contextmanager
def going_on(*rounds: Round) -> Iterator[None]:
    """Do rounds meanwhile; one that fails is written down, and done again after its pause."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_again, args=(one, stop), name=one.name, daemon=True)
        for one in rounds
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def _again(one: Round, stop: threading.Event) -> None:
    while not stop.wait(one.pause):
        try:
            one.work()
        except (TimeoutError, asyncio.CancelledError):
            log.warning("the picture did not answer in time; %s looks again", one.name)
        except Exception:
            log.exception("a round of %s failed", one.name)
        finally:
            close_old_connections()
