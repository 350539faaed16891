"""Mail by SMTP."""

import smtplib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import localtime, parseaddr

from everycall.alerts import Message
from everycall.errors import NotTakenError, RefusedError, UnclearError
from everycall.settings import setting
from everycall.wire.smtp import talking

LONGEST_HEADER = 900
"""A line of a mail may be so long; mail servers take 998."""


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
            NotTakenError: it cannot be written so.
            OSError: the server cannot be reached, or refused it.
        """
        self._send(self._mail(message, self.to))

    def send_file(self, message: Message, to: Sequence[str], file: File) -> None:
        """Send a message with a file to these addresses, and not to the channel's own.

        Raises:
            NotTakenError: it cannot be written so.
            OSError: the server cannot be reached, or refused it.
        """
        mail = self._mail(message, ", ".join(to))
        main, _, kind = file.kind.partition(";")[0].partition("/")
        mail.add_attachment(file.body, maintype=main, subtype=kind, filename=file.name)
        self._send(mail)

    def send_once(
        self, name: str, to: str, title: str, body: str, headers: Mapping[str, str]
    ) -> None:
        """Send a mail to one address; what may have been taken is never sent again.

        Raises:
            NotTakenError: it was not sent, try again.
            RefusedError: it will not be sent.
            UnclearError: it may have been sent.
        """
        with ExitStack() as stack:
            try:
                mail = self._once(name, to, title, body, headers)
                server = stack.enter_context(self._talking())
            except OSError as error:
                raise NotTakenError(f"the mail server cannot be reached: {error}") from None
            self._give(server, mail)

    def _once(
        self, name: str, to: str, title: str, body: str, headers: Mapping[str, str]
    ) -> EmailMessage:
        with _writing():
            mail = self._headed(name, title, to)
            # this takes headers of the content away that stood there before
            mail.set_content(body)
            for header, value in headers.items():
                mail[header] = value
        # an address in a header is one word, however long
        mail.policy = mail.policy.clone(max_line_length=LONGEST_HEADER)
        return mail

    def _give(self, server: smtplib.SMTP, mail: EmailMessage) -> None:
        try:
            with _writing():
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            told = next(iter(error.recipients.values()))
            raise _answered(told[0], told[1]) from None
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError as error:
            raise NotTakenError(f"the mail server cannot take such a mail: {error}") from None
        except OSError as error:
            sentence = f"the mail server did not say whether it took the mail: {error}"
            raise UnclearError(sentence) from None

    def _mail(self, message: Message, to: str) -> EmailMessage:
        with _writing():
            mail = self._headed(message.id, message.title, to)
        mail.set_content(f"{message.text}\n\n{message.link}\n")
        return mail

    def _headed(self, name: str, title: str, to: str) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = _one_line(title), self.sender, to
        # by the sender, so that no mailbox takes another installation's mail for one that it has
        sender = parseaddr(self.sender)[1].replace("@", ".") or "everycall.invalid"
        mail["Date"], mail["Message-ID"] = localtime(), f"<{name}@{sender}>"
        return mail

    def _send(self, mail: EmailMessage) -> None:
        with self._talking() as server, _writing():
            if self.user:
                server.login(self.user, self.password)
            server.send_message(mail)

    def _talking(self) -> AbstractContextManager[smtplib.SMTP]:
        return talking(self.host, self.port, tls=self.tls)


@contextmanager
def _writing() -> Iterator[None]:
    """Say that something cannot be written into a mail, or be said to a mail server: nothing was sent."""
    try:
        yield
    except ValueError as error:
        raise NotTakenError(f"no mail can be written so: {error}") from None


def _one_line(title: str) -> str:
    """Return a title as a header holds it: a name in it, from a phone system, begins no other header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in title).split())


def _answered(code: int, said: bytes | str) -> NotTakenError | RefusedError:
    """Return what a mail server's no means: numbers from 500 on are for good."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    sentence = f"the mail server answered {code} {words[:200]}"
    return RefusedError(sentence) if code >= 500 else NotTakenError(sentence)
