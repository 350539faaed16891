"""Fetching what a phone system keeps for us: by https, and by no detour into this network."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from everycall.errors import NotFoundError
from everycall.wire.outgoing import outside

PATIENCE = 20.0
"""Seconds that the other side may be silent."""

CHUNK = 65_536
MOST = 500_000_000
"""So many bytes are fetched of one thing: ten hours of talk."""

LONGEST = 300.0
"""Seconds that may be waited for one thing altogether; who reads it slowly is not counted."""

DETOURS = 3
"""So often the other side may name another address, as stores in a cloud do."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the other side gives out, still to be read."""

    client: httpx.Client
    answer: httpx.Response
    clock: Callable[[], float] = time.monotonic

    def __iter__(self) -> Iterator[bytes]:
        """Yield it, piece by piece.

        Raises:
            NotFoundError: there is no end of it, or it comes in drops.
        """
        come, waited = 0, 0.0
        pieces = self.answer.iter_bytes(CHUNK)
        try:
            while True:
                since = self.clock()
                piece = next(pieces, b"")
                waited += self.clock() - since
                come += len(piece)
                if come > MOST or waited > LONGEST:
                    raise NotFoundError(
                        "what is fetched is larger, or comes slower, than any recording"
                    )
                if not piece:
                    return
                yield piece
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
        return Fetched(client, _answer(client, httpx.URL(address), auth))
    except httpx.HTTPError as error:
        client.close()
        raise NotFoundError(f"{httpx.URL(address).host} does not give it out: {error}") from None
    except (httpx.InvalidURL, UnicodeError):
        client.close()
        raise NotFoundError("the address that it should lie at can be none") from None
    except NotFoundError:
        client.close()
        raise


def _answer(client: httpx.Client, named: httpx.URL, auth: tuple[str, str] | None) -> httpx.Response:
    answer = client.send(client.build_request("GET", named), auth=auth, stream=True)
    url = named
    for _ in range(DETOURS):
        if answer.is_success:
            return answer
        answer.close()
        if not answer.has_redirect_location:
            answer.raise_for_status()
            break
        # what was asked may have been asked at a number: a detour begins at the name
        url = url.join(answer.headers["location"])
        answer = client.send(_detour(client, named, url), auth=None, stream=True)
    answer.close()
    raise NotFoundError(f"{named.host} sends from one address to the next, and gives nothing out")


def _detour(client: httpx.Client, named: httpx.URL, url: httpx.URL) -> httpx.Request:
    """Return the request of a detour; away from the named host it goes to the address looked at.

    Raises:
        NotFoundError: it is not by https, or leads to another machine of this network.
    """
    if (url.scheme, url.host, url.port) == (named.scheme, named.host, named.port):
        return client.build_request("GET", url)
    address = outside(url.host, url.port or 443) if url.scheme == "https" else None
    if address is None:
        raise NotFoundError(f"{named.host} sends to {url.host}, where nothing is fetched from")
    headers, by_name = {"Host": url.netloc.decode("ascii")}, {"sni_hostname": url.host}
    there = url.copy_with(host=address)
    return client.build_request("GET", there, headers=headers, extensions=by_name)
