"""The process that serves: it says so once it can be reached, and ends in good order within a minute."""

import logging
import os
import socket
import threading

import click
import uvicorn

log = logging.getLogger(__name__)

LATEST = 60.0
"""Seconds after which a process that was asked to end is gone, whatever still holds it."""


class Server(uvicorn.Server):
    """Says when it listens, and ends in time: what goes on has times of its own, and this is the last."""

    def __init__(self, config: uvicorn.Config, says: str) -> None:
        super().__init__(config)
        self._says = says

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and tell people where."""
        await super().startup(sockets)
        if self.started:
            click.echo(self._says)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing more and end what goes on."""
        end_within(LATEST)
        await super().shutdown(sockets)


def end_within(seconds: float) -> threading.Timer:
    """End the process after a time, unless it has ended by then; what it acknowledged is kept."""
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()
    return timer


def _end() -> None:
    me = threading.current_thread()
    busy = sorted(one.name for one in threading.enumerate() if one is not me)
    log.warning("the time to end is over; still at work: %s", ", ".join(busy))
    os._exit(0)
