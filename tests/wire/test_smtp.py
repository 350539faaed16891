"""A talk with a mail server turns to TLS as it is set to, and ends in time whatever the server does."""

import smtplib
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from everycall.wire import smtp
from everycall.wire.smtp import talking
from wire.sound_store import trusted


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return trusted(tmp_path, monkeypatch)


def encrypted(plain: socket.socket, certificate: Path) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context.wrap_socket(plain, server_side=True)


class Server(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as it takes to turn to TLS and to say good-bye."""

    certificate: Path
    at_once = False
    good_bye = b"221 bye\r\n"

    def handle(self) -> None:
        if self.at_once:
            self._encrypt()
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"QUIT":
                self.wfile.write(self.good_bye)
                return
            self.wfile.write(b"250-test\r\n250 STARTTLS\r\n" if word == b"EHLO" else b"220 ok\r\n")
            if word == b"STAR":
                self._encrypt()

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _encrypt(self) -> None:
        self.connection = encrypted(self.connection, self.certificate)
        self.rfile, self.wfile = (
            self.connection.makefile("rb"),
            self.connection.makefile("wb", buffering=0),
        )


class Dripping(socketserver.BaseRequestHandler):
    """Says one sign of its greeting now and then, and never all of it."""

    def handle(self) -> None:
        try:
            for _ in range(200):
                self.request.sendall(b"2")
                time.sleep(0.05)
        except OSError:
            pass


@contextmanager
def serving(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("at_once", [False, True])
def test_it_turns_to_tls_in_the_middle_or_begins_with_it(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, *, at_once: bool
) -> None:
    handler = type("Handler", (Server,), {"certificate": certificate, "at_once": at_once})
    with serving(handler) as port:
        if at_once:
            monkeypatch.setattr(smtp, "AT_ONCE", port)
        with talking("127.0.0.1", port, tls=True) as server:
            assert server.noop()[0] == 220


def test_a_certificate_of_another_host_ends_the_talk(certificate: Path) -> None:
    handler = type("Handler", (Server,), {"certificate": certificate})
    with (
        serving(handler) as port,
        pytest.raises(ssl.SSLCertVerificationError),
        talking("localhost", port, tls=True),
    ):
        pass


@pytest.mark.parametrize("good_bye", [b"421 not now\r\n", b""])
def test_a_bad_good_bye_does_not_undo_what_was_said(good_bye: bytes) -> None:
    handler = type("Handler", (Server,), {"good_bye": good_bye})
    with serving(handler) as port, talking("127.0.0.1", port, tls=False) as server:
        assert server.noop()[0] == 220


def test_a_server_that_speaks_ever_so_slowly_is_left_in_time() -> None:
    begun = time.monotonic()
    with (
        serving(Dripping) as port,
        pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected), match=r"too long|timed out"),
        talking("127.0.0.1", port, tls=False, within=0.5),
    ):
        pass
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("host", ["mail..example.org", "x" * 64, "127.0.0.1:99999999"])
def test_what_can_be_no_host_is_said_to_be_none(host: str) -> None:
    name, _, port = host.partition(":")
    with (
        pytest.raises(OSError, match=r"can be no name of a host|is no port"),
        talking(name, int(port or 25), tls=False),
    ):
        pass
