"""A connection whose whole talk ends at a moment, however slowly the other side says it."""

import io
import socket
import ssl
import time
from typing import Any

EACH = 10.0
"""Seconds that one address of a host may take, where it has several."""


HIGHEST = 65_535


def connected(host: str, port: int, moment: float) -> "Until":
    """Connect to the first address of a host that answers.

    Raises:
        OSError: none does, it can be no host, or the moment is over.
    """
    trouble = OSError(f"'{host}' has no address")
    for address in _addresses(host, port):
        try:
            plain = socket.create_connection((address, port), min(EACH, _left(moment)))
        except OSError as error:
            trouble = error
        else:
            return Until(plain, moment)
    raise trouble


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except ValueError:
        raise OSError(f"'{host[:80]}' can be no name of a host") from None
    if port > HIGHEST:
        raise OSError(f"{port} is no port; the highest is {HIGHEST}")
    return [str(one[0]) for *_, one in found]


def _left(moment: float) -> float:
    left = moment - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long altogether")
    return left


class _Read(io.RawIOBase):
    """Reads from a connection, and never waits past the moment."""

    def __init__(self, until: "Until") -> None:
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._until.hurried().recv_into(into)


class Until:
    """Stands for a connection where `http.client` or `smtplib` writes to it and reads from it.

    A time-out of a socket is one of each read: who sends a byte now and then could go on for ever.
    """

    def __init__(self, connection: socket.socket, moment: float) -> None:
        self._connection = connection
        self._moment = moment

    def hurried(self) -> socket.socket:
        """Return the connection, patient until the moment.

        Raises:
            TimeoutError: the moment is over.
        """
        self._connection.settimeout(_left(self._moment))
        return self._connection

    def encrypted(self, host: str) -> "Until":
        """Return the same connection with TLS from here on, by the certificate of a host."""
        context = ssl.create_default_context()
        return Until(context.wrap_socket(self.hurried(), server_hostname=host), self._moment)

    def sendall(self, data: Any) -> None:
        """Send all of something."""
        self.hurried().sendall(data)

    def makefile(self, _mode: str = "rb") -> io.BufferedReader:
        """Return a file to read from."""
        return io.BufferedReader(_Read(self))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
