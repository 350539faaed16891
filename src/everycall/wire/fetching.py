"""Fetching what a phone system keeps for us: by https, and by no detour into this network."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from everycall.errors import NotFoundError
from everycall.wire.outgoing import is_outside

PATIENCE = 20.0
"""Seconds that the other side may be silent."""

CHUNK = 65_536
DETOURS = 3
"""So often the other side may name another address, as stores in a cloud do."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the other side gives out, still to be read."""

    client: httpx.Client
    answer: httpx.Response

    def __iter__(self) -> Iterator[bytes]:
        """Yield it, piece by piece."""
        try:
            yield from self.answer.iter_bytes(CHUNK)
        finally:
            self.close()

    def close(self) -> None:
        """End the connection, also if nobody reads on."""
        self.answer.close()
        self.client.close()


def fetch(address: str, auth: tuple[str, str] | None = None) -> Fetched:
    """Ask for what lies at an address. The key is for that host, and shown to no other.

    Raises:
        NotFoundError: nothing is there, it cannot be reached, or a detour leads where none may.
    """
    client = httpx.Client(timeout=PATIENCE)
    try:
        return Fetched(client, _answer(client, client.build_request("GET", address), auth))
    except httpx.HTTPError as error:
        client.close()
        raise NotFoundError(f"{httpx.URL(address).host} does not give it out: {error}") from None
    except NotFoundError:
        client.close()
        raise


def _answer(
    client: httpx.Client, request: httpx.Request, auth: tuple[str, str] | None
) -> httpx.Response:
    answer = client.send(request, auth=auth, stream=True)
    for _ in range(DETOURS):
        if answer.is_success:
            return answer
        answer.close()
        if answer.next_request is None:
            answer.raise_for_status()
            break
        _look_at(request.url, answer.next_request.url)
        answer = client.send(answer.next_request, auth=None, stream=True)
    answer.close()
    raise NotFoundError(
        f"{request.url.host} sends from one address to the next, and gives nothing out"
    )


def _look_at(named: httpx.URL, url: httpx.URL) -> None:
    """Refuse a detour that is not by https, or that leads to another machine of this network."""
    same = (url.scheme, url.host, url.port) == (named.scheme, named.host, named.port)
    if not same and not (url.scheme == "https" and is_outside(url.host, url.port or 443)):
        raise NotFoundError(f"{named.host} sends to {url.host}, where nothing is fetched from")
