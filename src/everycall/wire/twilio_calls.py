"""Twilio's interface for calls: make one, ask about one, end one, and nothing more.

Source: Twilio's reference of the call resource: forms in, JSON out, the account's SID and token as
name and password.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from everycall.wire.waiting import asked_to_wait

PATIENCE = 10.0
"""Seconds that a request may take."""

OVER = (400, 404)
"""What Twilio answers of a call that cannot be ended any more."""

Form = Mapping[str, str | int | Sequence[str]]


class TwilioError(Exception):
    """Twilio could not be reached, or refused a request.

    Attributes:
        status: what it answered; None if it never did.
        was_sent: whether the request may have been carried out.
        wait: for how long it wants to be left alone.
    """

    def __init__(
        self,
        sentence: str,
        status: int | None = None,
        *,
        was_sent: bool = False,
        wait: timedelta | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.was_sent = was_sent
        self.wait = wait


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Where Twilio listens, and who asks."""

    account: str
    secret: str = field(repr=False)
    address: str = "https://api.twilio.com"
    patience: float = PATIENCE

    async def call(self, form: Form) -> str:
        """Begin a call and return its id.

        Raises:
            TwilioError: it was refused, or there was no answer.
        """
        said = await self._ask("POST", "/Calls.json", data=form)
        return str(said["sid"])

    async def end(self, sid: str) -> None:
        """End a call, whether it rings or talks; one that is over already is no mistake.

        Raises:
            TwilioError: it was refused, or there was no answer.
        """
        try:
            await self._ask("POST", f"/Calls/{sid}.json", data={"Status": "completed"})
        except TwilioError as error:
            if error.status not in OVER:
                raise

    async def find(self, sid: str) -> dict[str, Any]:
        """Return a call as it is now.

        Raises:
            TwilioError: there is none, or there was no answer.
        """
        return await self._ask("GET", f"/Calls/{sid}.json")

    async def calls(self, **wanted: str | int) -> list[dict[str, Any]]:
        """Return the newest calls that fit: To, From, ParentCallSid.

        Raises:
            TwilioError: it was refused, or there was no answer.
        """
        said = await self._ask("GET", "/Calls.json", params={**wanted, "PageSize": 50})
        return list(said.get("calls", ()))

    async def numbers(self, number: str) -> list[dict[str, Any]]:
        """Return the account's own numbers that are this one.

        Raises:
            TwilioError: it was refused, or there was no answer.
        """
        said = await self._ask("GET", "/IncomingPhoneNumbers.json", params={"PhoneNumber": number})
        return list(said.get("incoming_phone_numbers", ()))

    async def myself(self) -> dict[str, Any]:
        """Return the account.

        Raises:
            TwilioError: it was refused, or there was no answer.
        """
        return await self._ask("GET", ".json")

    async def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        address = f"{self.address}/2010-04-01/Accounts/{self.account}{path}"
        return await asyncio.to_thread(self._asked, method, address, more)

    def _asked(self, method: str, address: str, more: dict[str, Any]) -> dict[str, Any]:
        auth = (self.account, self.secret)
        try:
            answer = httpx.request(method, address, auth=auth, timeout=self.patience, **more)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise TwilioError(f"Twilio cannot be reached: {error}") from None
        except (httpx.InvalidURL, UnicodeError):
            raise TwilioError(f"'{address[:80]}' can be no address of Twilio") from None
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise TwilioError(f"Twilio did not answer: {said}", was_sent=True) from None
        return _read(answer)


def _read(answer: httpx.Response) -> dict[str, Any]:
    status, said = answer.status_code, _object(answer)
    if status == 429:
        wait = asked_to_wait(answer.headers)
        raise TwilioError("Twilio asks us to wait", status, wait=wait)
    if status >= 300:
        why = said.get("message") or answer.reason_phrase
        raise TwilioError(f"Twilio refused ({status}): {why}", status, was_sent=status >= 500)
    return said


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
