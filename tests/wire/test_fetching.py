"""What a cloud phone system keeps is fetched by https, from a real server, and from nowhere else."""

import itertools
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from everycall.errors import NotFoundError
from everycall.wire import fetching, outgoing
from everycall.wire.fetching import Fetched, fetch
from everycall.wire.outgoing import outside
from wire.sound_store import NAME, SOUND, Store, running, trusted


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return trusted(tmp_path, monkeypatch)


@pytest.fixture
def store(certificate: Path) -> Iterator[Store]:
    with running(certificate) as found:
        yield found


def test_it_is_read_piece_by_piece_and_the_key_is_shown(store: Store) -> None:
    assert b"".join(fetch(f"{store.address}/sound", ("me", "key"))) == SOUND
    assert store.asked == [("/sound", "Basic bWU6a2V5")]


def test_whoever_does_not_read_on_leaves_nothing_open(store: Store) -> None:
    found = fetch(f"{store.address}/sound")
    next(iter(found))
    found.close()
    assert found.client.is_closed


def test_a_detour_at_the_same_host_is_followed(store: Store) -> None:
    store.detours["/old"] = "/sound"
    assert b"".join(fetch(f"{store.address}/old")) == SOUND


def test_no_detour_leads_to_another_machine_of_this_network(
    store: Store, certificate: Path
) -> None:
    with running(certificate) as other:
        store.detours["/in"] = f"{other.address}/sound"
        with pytest.raises(NotFoundError, match="where nothing is fetched from"):
            fetch(f"{store.address}/in", ("me", "key"))
        assert other.asked == []


@pytest.mark.parametrize(
    "elsewhere", ["http://93.184.216.34/sound", "https://169.254.169.254/", "https://[::1]/"]
)
def test_no_detour_leads_away_from_https_or_to_an_address_inside(
    elsewhere: str, store: Store
) -> None:
    store.detours["/out"] = elsewhere
    with pytest.raises(NotFoundError, match="where nothing is fetched from"):
        fetch(f"{store.address}/out")


def test_detours_come_to_an_end(store: Store) -> None:
    store.detours["/round"] = "/round"
    with pytest.raises(NotFoundError, match="from one address to the next"):
        fetch(f"{store.address}/round")
    assert len(store.asked) == 4


def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(NotFoundError, match="404"):
        fetch(f"{store.address}/nothing")
    with pytest.raises(NotFoundError, match="does not give it out"):
        fetch("https://127.0.0.1:1/sound")
    with pytest.raises(NotFoundError, match="can be none"):
        fetch("https://a..b/sound")
    with pytest.raises(NotFoundError, match="can be none"):
        fetch("https://127.0.0.1:84x/sound")


def test_public_addresses_are_told_from_those_of_this_network() -> None:
    assert outside("93.184.216.34", 443) == "93.184.216.34"
    for inside in ("10.0.0.1", "127.0.0.1", "localhost", "nowhere.invalid", "::ffff:10.0.0.1"):
        assert outside(inside, 443) is None


def test_a_detour_is_called_at_the_address_that_was_looked_at_and_not_asked_for_again(
    store: Store, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = socket.getaddrinfo, list[str]()

    def look(host: str, port: int, *given: Any, **more: Any) -> Any:
        if host != NAME:
            return real(host, port, *given, **more)
        asked.append(host)
        if len(asked) > 1:
            raise OSError("it has another address by now")
        return real("127.0.0.1", port, *given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    monkeypatch.setattr(outgoing, "_is_outside", lambda _: True)
    with running(certificate) as other:
        store.detours["/away"] = f"https://{NAME}:{other.port}/old"
        other.detours["/old"] = "/sound"
        asked.clear()
        with pytest.raises(NotFoundError):
            fetch(f"{store.address}/away")
        store.detours["/away"] = f"https://{NAME}:{other.port}/sound"
        asked.clear()
        other.asked.clear()
        found = b"".join(fetch(f"{store.address}/away", ("me", "key")))
    assert (found, asked, other.asked) == (SOUND, [NAME], [("/sound", None)])


def dripping(pieces: int, clock: Iterator[float]) -> Fetched:
    """Return something of so many pieces, each of which takes a second."""

    def drops() -> Iterator[bytes]:
        for _ in range(pieces):
            yield b"."

    client = httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=drops()))
    )
    answer = client.send(client.build_request("GET", "https://x.example/"), stream=True)
    return Fetched(client, answer, lambda: next(clock))


def test_what_comes_in_drops_or_has_no_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "CHUNK", 1)
    assert b"".join(dripping(200, itertools.count())) == b"." * 200
    with pytest.raises(NotFoundError, match="comes slower"):
        list(dripping(400, itertools.count()))
    monkeypatch.setattr(fetching, "MOST", 100)
    with pytest.raises(NotFoundError, match="larger"):
        list(dripping(200, itertools.count()))
