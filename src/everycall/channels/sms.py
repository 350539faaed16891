"""Texts to callers: by Twilio, or by any gateway that takes a POST."""

from dataclasses import dataclass
from typing import Any

import httpx

from everycall.errors import LaterError, NotTakenError, RefusedError, UnclearError
from everycall.settings import setting
from everycall.wire.waiting import asked_to_wait

PATIENCE = 20.0
"""Seconds that a gateway may take."""


@dataclass(frozen=True)
class Twilio:
    """Twilio."""

    account: str = setting(doc="The account's SID; it begins with AC.")
    secret: str = setting(doc="The account's auth token; what Twilio sends us is signed with it.")
    address: str = setting("https://api.twilio.com", doc="Where its interface listens.")

    def send(self, to: str, sender: str, text: str) -> str:
        """Send a text; returns its id over there.

        Raises:
            NotTakenError: it was not sent, try again.
            RefusedError: it will not be sent.
            UnclearError: it may have been sent.
        """
        as_service = sender.startswith("MG")
        form = {"To": to, "Body": text, "MessagingServiceSid" if as_service else "From": sender}
        path = f"/2010-04-01/Accounts/{self.account}/Messages.json"
        said = _post("Twilio", f"{self.address}{path}", data=form, auth=(self.account, self.secret))
        return str(said.get("sid", ""))


@dataclass(frozen=True)
class Gateway:
    """A gateway of your own."""

    address: str = setting(doc="Where texts are posted to.")
    secret: str = setting("", doc="What stands in the header Authorization, such as: Bearer abc.")
    to_field: str = setting("to", doc="The name of the field with the caller's number.")
    from_field: str = setting("from", doc="The name of the field with the sender.")
    text_field: str = setting("text", doc="The name of the field with the text.")
    form: bool = setting(default=False, doc="Whether it takes a form; otherwise it gets JSON.")

    def send(self, to: str, sender: str, text: str) -> str:
        """Send a text; returns its id over there, or nothing.

        Raises:
            NotTakenError: it was not sent, try again.
            RefusedError: it will not be sent.
            UnclearError: it may have been sent.
        """
        told = {self.to_field: to, self.from_field: sender, self.text_field: text}
        headers = {"Authorization": self.secret} if self.secret else {}
        as_what = "data" if self.form else "json"
        said = _post("the gateway", self.address, headers=headers, **{as_what: told})
        return str(said.get("id", ""))


def _post(name: str, address: str, **more: Any) -> dict[str, Any]:
    """Post once. Only what was surely not taken may be tried again: nobody is told twice."""
    try:
        answer = httpx.post(address, timeout=PATIENCE, **more)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise NotTakenError(f"'{address}' cannot be the address of {name}: {error}") from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        raise NotTakenError(f"{name} cannot be reached: {error}") from None
    except httpx.HTTPError as error:
        raise UnclearError(f"{name} did not say whether it was sent: {error}") from None
    return _read(name, answer)


def _read(name: str, answer: httpx.Response) -> dict[str, Any]:
    status = answer.status_code
    if status == 429:
        raise LaterError(f"{name} asks us to wait", asked_to_wait(answer.headers))
    if status >= 500:
        raise UnclearError(f"{name} answered {status}")
    if status >= 300:
        raise RefusedError(f"{name} answered {status}: {answer.text[:200]}")
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
