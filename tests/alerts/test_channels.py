"""Webhooks are signed and go where they may; mail goes as mail."""

import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from everycall.alerts import Message
from everycall.channels.mail import Mail
from everycall.channels.webhook import Webhook
from everycall.errors import NotTakenError
from everycall.wire.outgoing import signature

MESSAGE = Message(
    "alert-1-opened", "Queue grows (sales)", "7 wait.", "https://example.org/a", "opened"
)


class Hook(HTTPServer):
    """An address that takes webhooks."""

    status = 200
    heard: list[tuple[dict[str, str], bytes]]


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook(("127.0.0.1", 0), _Handler)
    server.heard = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_webhook_is_signed(hook: Hook) -> None:
    url = f"http://127.0.0.1:{hook.server_port}/x?y=1"
    now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    Webhook(url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", inside=True).send(MESSAGE, lambda: now)
    ((headers, body),) = hook.heard
    found = {name.lower(): value for name, value in headers.items()}
    assert json.loads(body)["title"] == MESSAGE.title
    sent_at = int(found["webhook-timestamp"])
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert found["webhook-signature"] == signature(secret, MESSAGE.id, sent_at, body)


def test_the_signature_is_that_of_the_specification() -> None:
    body = b'{"test": 2432232314}'
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_refusal_is_told(hook: Hook) -> None:
    hook.status = 500
    with pytest.raises(NotTakenError, match="answered 500"):
        Webhook(f"http://127.0.0.1:{hook.server_port}/", inside=True).send(MESSAGE)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://localhost/",
    ],
)
def test_an_address_inside_the_network_is_refused(url: str) -> None:
    with pytest.raises(NotTakenError, match="inside this network"):
        Webhook(url).send(MESSAGE)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://x/", "nonsense"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(NotTakenError, match="no address of a webhook"):
        Webhook(url).send(MESSAGE)


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        heard: list[bytes] = self.server.heard  # type: ignore[attr-defined]
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                while (part := self.rfile.readline()) != b".\r\n":
                    heard.append(part)
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


def test_mail_is_sent() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), _Smtp) as server:
        server.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=server.handle_request, daemon=True).start()
        port = server.server_address[1]
        Mail("a@example.org", "b@example.org", "127.0.0.1", port, tls=False).send(MESSAGE)
        text = b"".join(server.heard).decode()  # type: ignore[attr-defined]
    assert "Subject: Queue grows (sales)" in text
    assert "https://example.org/a" in text


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0", "\u2028", "\x85"])
def test_a_name_in_a_title_begins_no_other_header(end: str) -> None:
    mail = Mail(to="us@example.org", sender="e@example.org")
    title = f"Queue grows (sales{end}Bcc: evil@example.org)"
    made = mail._mail(replace(MESSAGE, title=title, text=f"a{end}Bcc: b"), mail.to)
    assert made["Bcc"] is None
    assert made["Subject"] == "Queue grows (sales Bcc: evil@example.org)"
    assert b"\nBcc:" not in made.as_bytes().partition(b"\n\n")[0]
