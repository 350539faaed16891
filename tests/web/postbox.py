"""A mail server that keeps what it is given, and fails as it is told."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class Postbox:
    """What was sent; `trouble` is the next answer to a mail: 'limit', 'refused' or 'lost'.

    Attributes:
        slow: how many seconds it takes to say that it has a mail.
        begun: how many mails have begun.
    """

    sent: list[EmailMessage] = field(default_factory=list)
    trouble: str = ""
    port: int = 0
    slow: float = 0.0
    begun: int = 0

    def used_up(self, *kinds: str) -> str:
        """Return the trouble if it is one of these, and have none from now on."""
        found = self.trouble if self.trouble in kinds else ""
        self.trouble = "" if found else self.trouble
        return found


class Handler(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as it takes."""

    box: Postbox

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            said = self._answer(line[:4].upper())
            self.wfile.write(said)
            if not said or said.startswith(b"221"):
                return

    def _answer(self, word: bytes) -> bytes:
        """Return the answer to a line; nothing where the line breaks before the answer."""
        if word == b"QUIT":
            return b"221 bye\r\n"
        if word == b"RCPT" and (trouble := self.box.used_up("limit", "refused")):
            return b"451 later\r\n" if trouble == "limit" else b"550 nobody here\r\n"
        if word == b"DATA":
            self.wfile.write(b"354 go on\r\n")
            self.box.begun += 1
            mail = self._mail()
            time.sleep(self.box.slow)
            self.box.sent.append(mail)
            return b"" if self.box.used_up("lost") else b"250 ok\r\n"
        return b"250 ok\r\n"

    def _mail(self) -> EmailMessage:
        lines = []
        while (part := self.rfile.readline()) != b".\r\n":
            lines.append(part)
        return cast(EmailMessage, message_from_bytes(b"".join(lines), policy=policy.default))


@contextmanager
def posting() -> Iterator[Postbox]:
    """Serve a mail server, and lend it."""
    box = Postbox()
    handler = type("BoxHandler", (Handler,), {"box": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
