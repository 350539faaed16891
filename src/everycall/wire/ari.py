"""Asterisk's REST interface: requests over HTTP, events over a web socket, and nothing more."""

import asyncio
import base64
import http.client
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

PATIENCE = 10.0
"""Seconds that a request may take."""


class AriError(Exception):
    """Asterisk could not be reached, or refused a request.

    Attributes:
        status: what it answered; None if it never did.
        was_sent: whether the request may have been carried out.
    """

    def __init__(self, sentence: str, status: int | None = None, *, was_sent: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Ari:
    """Where the REST interface listens, and who may use it."""

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 8088
    tls: bool = False

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"

    @property
    def key(self) -> str:
        """The header that says who asks."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    async def ask(self, method: str, path: str, body: Any = None, **query: str | int) -> Any:
        """Send a request and return what was answered, if anything was.

        Raises:
            AriError: it was refused, or there was no answer.
        """
        return await asyncio.to_thread(self._ask, method, path, body, query)

    def _ask(self, method: str, path: str, body: Any, query: dict[str, str | int]) -> Any:
        kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=PATIENCE)
        was_sent = False
        try:
            connection.connect()
            was_sent = True
            headers = {"Authorization": self.key, "Content-Type": "application/json"}
            given = json.dumps(body).encode() if body is not None else None
            address = f"/ari{quote(path)}?{urlencode(query)}"
            connection.request(method, address, given, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            said = f"{self} cannot be reached: {str(error) or type(error).__name__}"
            raise AriError(said, was_sent=was_sent) from None
        except (UnicodeError, OverflowError):
            raise self._no_address() from None
        finally:
            connection.close()
        if answer.status >= 300:
            raise AriError(f"{method} {path} was refused: {text[:200]}", answer.status)
        return json.loads(text) if text else None

    async def events(self, app: str) -> AsyncIterator[dict[str, Any]]:
        """Yield every event of every channel for as long as the connection lasts.

        Raises:
            AriError: it cannot be reached, or broke.
        """
        query = urlencode({"app": app, "subscribeAll": "true"})
        address = f"{'wss' if self.tls else 'ws'}://{self.host}:{self.port}/ari/events?{query}"
        try:
            async with connect(address, additional_headers={"Authorization": self.key}) as socket:
                yield {"type": "Connected"}
                async for text in socket:
                    yield json.loads(text)
        except (OSError, WebSocketException, TimeoutError) as error:
            raise AriError(f"{self}: {str(error) or type(error).__name__}") from None
        except (UnicodeError, OverflowError):
            raise self._no_address() from None

    def _no_address(self) -> AriError:
        return AriError(f"'{self.host[:80]}:{self.port}' can be no address of a host")
