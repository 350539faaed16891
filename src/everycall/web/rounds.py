"""Work that goes on behind the pages, each kind in a thread of its own, until the server stops."""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import close_old_connections

log = logging.getLogger(__name__)

GIVES_WAY = 10
"""How much sooner others are given the processor than what takes long."""

PATIENCE = 25.0
"""Seconds that rounds may take to end when the server stops, all of them together."""

_mine = threading.local()


@dataclass(frozen=True, slots=True)
class Round:
    """Something that is done again and again, with a pause of so many seconds before each time.

    Attributes:
        gives_way: it may take long, and comes after all else that wants the processor.
    """

    name: str
    work: Callable[[], object]
    pause: float
    gives_way: bool = False


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
        until = time.monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        for thread in threads:
            if thread.is_alive():
                log.warning("%s had not ended when the server did; it begins anew", thread.name)


def while_there_is(work: Callable[[], bool]) -> None:
    """Do work again until there is no more of it, or the server stops: what is left waits."""
    stop: threading.Event | None = getattr(_mine, "stop", None)
    while work() and not (stop is not None and stop.is_set()):
        pass


def _give_way() -> None:
    """Let this thread come after others, and with it the threads that it begins."""
    with suppress(OSError, AttributeError):  # not every system can do it for a thread
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVES_WAY)


def _again(one: Round, stop: threading.Event) -> None:
    _mine.stop = stop
    if one.gives_way:
        _give_way()
    while not stop.wait(one.pause):
        try:
            one.work()
        except (TimeoutError, asyncio.CancelledError):
            log.warning("the picture did not answer in time; %s looks again", one.name)
        except Exception:
            log.exception("a round of %s failed", one.name)
        finally:
            close_old_connections()
