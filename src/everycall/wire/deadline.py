"""A connection whose whole talk ends at a moment, however slowly the other side says it."""

import io
import socket
import time
from typing import Any


class _Read(io.RawIOBase):
    """Reads from a connection, and never waits past the moment."""

    def __init__(self, until: "Until") -> None:
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._until.hurried().recv_into(into)


class Until:
    """Stands for a connection where `http.client` writes to it and reads from it.

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
        left = self._moment - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long altogether")
        self._connection.settimeout(left)
        return self._connection

    def sendall(self, data: Any) -> None:
        """Send all of something."""
        self.hurried().sendall(data)

    def makefile(self, _mode: str = "rb") -> io.BufferedReader:
        """Return a file to read from."""
        return io.BufferedReader(_Read(self))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
