"""A talk with a mail server that ends at a moment, however slowly the server speaks."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from everycall.wire.deadline import Until, connected

PATIENCE = 40.0
"""Seconds that a whole talk may take; who claimed the mail has it for longer than that."""

AT_ONCE = 465
"""The port at which TLS begins before the first word."""


@dataclass(frozen=True, slots=True)
class _Tls:
    """Stands for a context where `smtplib` turns to TLS."""

    host: str

    def wrap_socket(self, connection: Until, **_: str) -> Until:
        return connection.encrypted(self.host)


@contextmanager
def talking(host: str, port: int, *, tls: bool, within: float = PATIENCE) -> Iterator[smtplib.SMTP]:
    """Lend a talk with a mail server; what it says to our good-bye changes nothing.

    Raises:
        OSError: it cannot be reached, or not with TLS.
    """
    talk = connected(host, port, time.monotonic() + within)
    server: Any = smtplib.SMTP()
    server.sock = talk
    try:
        if port == AT_ONCE:
            server.sock = talk.encrypted(host)
        code, said = server.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        if tls and port != AT_ONCE:
            server.starttls(context=_Tls(host))
        yield server
        with suppress(OSError):
            server.quit()
    finally:
        server.close()
