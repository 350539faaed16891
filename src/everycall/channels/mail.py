"""Mail by SMTP."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from everycall.alerts import Message
from everycall.settings import setting


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a mail; its kind is a media type."""

    name: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, and who is written to."""

    to: str = setting(doc="To whom, as an address; several are divided by commas.")
    sender: str = setting(doc="From whom, as an address.")
    host: str = setting("localhost", doc="The mail server.")
    port: int = setting(
        587, doc="Its port: 587 begins in plain and turns to TLS, 465 is TLS at once."
    )
    user: str = setting("", doc="The name to log in with, if the server asks for one.")
    password: str = setting("", doc="Its password; it is kept encrypted and never shown again.")
    tls: bool = setting(default=True, doc="Whether a connection without TLS is refused.")

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            OSError: the server cannot be reached, or refused it.
        """
        self._send(self._mail(message, self.to))

    def send_file(self, message: Message, to: Sequence[str], file: File) -> None:
        """Send a message with a file to these addresses, and not to the channel's own.

        Raises:
            OSError: the server cannot be reached, or refused it.
        """
        mail = self._mail(message, ", ".join(to))
        main, _, kind = file.kind.partition(";")[0].partition("/")
        mail.add_attachment(file.body, maintype=main, subtype=kind, filename=file.name)
        self._send(mail)

    def _mail(self, message: Message, to: str) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = message.title, self.sender, to
        mail["Message-ID"] = f"<{message.id}@everycall.invalid>"
        mail.set_content(f"{message.text}\n\n{message.link}\n")
        return mail

    def _send(self, mail: EmailMessage) -> None:
        with self._connected() as server:
            if self.user:
                server.login(self.user, self.password)
            server.send_message(mail)

    def _connected(self) -> smtplib.SMTP:
        if self.port == 465:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=20, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=20)
        if self.tls:
            server.starttls(context=ssl.create_default_context())
        return server
