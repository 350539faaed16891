"""What goes out to an address of somebody's choice ends in time, however the other side behaves."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from everycall.errors import NotTakenError
from everycall.wire import outgoing
from everycall.wire.outgoing import Outgoing

ANSWER = b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 400 + b"\r\n\r\n"


@pytest.fixture
def dripping() -> Iterator[tuple[str, threading.Event]]:
    """A receiver that takes what is sent, and answers byte by byte until it is told to stop."""
    stop, listening = threading.Event(), socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        other, _ = listening.accept()
        with other:
            other.recv(65_536)
            for byte in ANSWER:
                if stop.wait(0.02):
                    return
                try:
                    other.send(bytes([byte]))
                except OSError:
                    return

    thread = threading.Thread(target=answer)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/", stop
    stop.set()
    thread.join()
    listening.close()


def test_connecting_takes_part_of_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(5)

    def slowly(*_: object, **__: object) -> socket.socket:
        time.sleep(outgoing.PATIENCE)
        return ours

    monkeypatch.setattr(outgoing, "PATIENCE", 0.2)
    monkeypatch.setattr(outgoing.socket, "create_connection", slowly)
    with theirs, pytest.raises(NotTakenError, match="too long altogether"):
        Outgoing("https://127.0.0.1/", inside=True).send("m", 0, b"{}")


def test_a_receiver_that_drips_is_given_up_when_its_time_is_over(
    dripping: tuple[str, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "PATIENCE", 0.3)
    begun = time.monotonic()
    with pytest.raises(NotTakenError, match="cannot be reached"):
        Outgoing(dripping[0], inside=True).send("id", 1, b"{}")
    assert time.monotonic() - begun < 5  # all of the answer takes eight seconds and more
