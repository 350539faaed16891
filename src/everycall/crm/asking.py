"""Asking a CRM over HTTP: what its answers mean for whether, and when, to ask again."""

from collections.abc import Mapping
from typing import Any

import httpx

from everycall.errors import LaterError, NotTakenError, RefusedError
from everycall.wire.waiting import asked_to_wait

PATIENCE = 20.0
"""Seconds that an answer may take."""


class Remote:
    """One CRM's interface. Redirects are not followed: an address is the one that was given."""

    def __init__(self, name: str, address: str, headers: Mapping[str, str]) -> None:
        if not address.startswith(("https://", "http://")):
            raise RefusedError(f"'{address}' is no address of {name}; it begins with https://")
        self.name = name
        try:
            self._client = httpx.Client(base_url=address, headers=dict(headers), timeout=PATIENCE)
        except httpx.InvalidURL:
            raise self._no_address(address) from None
        except UnicodeError:
            raise RefusedError(f"the key of {name} holds a sign that no key has") from None

    def get(self, path: str, **query: Any) -> Any:
        """Return what is at a path; None if nothing is."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> Any:
        """Send something new."""
        return self._ask("POST", path, json=body, headers=headers)

    def change(self, path: str, body: Any, method: str = "PATCH") -> Any:
        """Change what is at a path; None if nothing is."""
        return self._ask(method, path, json=body)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            answer = self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise NotTakenError(f"{self.name} cannot be reached: {error}") from None
        except (httpx.InvalidURL, UnicodeError):
            raise self._no_address(str(self._client.base_url)) from None
        if answer.status_code == 404 and method != "POST":
            return None
        self._check(answer)
        try:
            return answer.json() if answer.content else None
        except ValueError:
            sentence = f"what answered is not {self.name}: it speaks no JSON; is the address right?"
            raise NotTakenError(sentence) from None

    def _no_address(self, address: str) -> RefusedError:
        return RefusedError(f"'{address[:80]}' can be no address of {self.name}")

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status == 429 or (status == 503 and "retry-after" in answer.headers):
            raise LaterError(f"{self.name} asks us to wait", asked_to_wait(answer.headers))
        if status >= 500 or status == 408:
            raise NotTakenError(f"{self.name} answered {status}")
        if status in (401, 403):
            raise RefusedError(f"{self.name} refused the key ({status}); make a new one there")
        if status >= 300:
            raise RefusedError(f"{self.name} answered {status}: {answer.text[:200]}")
