"""Connecting a phone system: what was saved is tried at once, and what is wrong is said in a sentence."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Self

import pytest

from everycall.app.intake.feeds import Manager
from everycall.live.board import Board
from everycall.records.connections import Connection
from everycall.records.models import Person
from everycall.web.phones import connecting
from everycall.web.phones.connecting import feeds
from everycall.web.phones.manager_rights import READ, WRITE, Lacks, lacking
from everycall.web.steps import after
from web.conftest import browser
from wire.fake_pbx import SECRET, USER
from wire.threaded import Pbx

LIVE = Path(__file__).parents[2] / "docs" / "live.md"
ADDRESS = "/setup/connect/ami/"


@pytest.fixture
def pbx() -> Iterator[Pbx]:
    made = Pbx()
    yield made
    made.stop()


def given(pbx: Pbx, **other: str) -> dict[str, str]:
    usual = {"name": "office", "host": "127.0.0.1", "port": str(pbx.fake.port)}
    return {**usual, "user": USER, "secret": SECRET, **other}


def test_what_works_goes_on_to_the_next_step(owner: Person, pbx: Pbx) -> None:
    answer = browser(owner).post(f"{ADDRESS}?first", given(pbx), follow=True)
    assert answer.redirect_chain[-1][0] == after("step-connect")
    assert "It works: 0 queues and 0 people were seen." in answer.content.decode()


def test_a_wrong_secret_is_mended_on_the_same_page(owner: Person, pbx: Pbx) -> None:
    client = browser(owner)
    answer = client.post(f"{ADDRESS}?first", given(pbx, secret="wrong"), follow=True)
    row = Connection.objects.get()
    assert answer.redirect_chain[-1][0] == f"{ADDRESS}{row.pk}/?first"
    page = answer.content.decode()
    assert "Asterisk refuses the login." in page
    assert "Skip this step" in page
    again = client.post(f"{ADDRESS}{row.pk}/", given(pbx), follow=True)
    assert "It works" in again.content.decode()


def test_nobody_there_is_said_and_no_fault_of_ours(owner: Person, pbx: Pbx) -> None:
    client = browser(owner)
    client.post(ADDRESS, given(pbx, port="1"))
    row = Connection.objects.get()
    tried = client.post(f"/setup/connections/{row.pk}/try/", follow=True)
    assert tried.status_code == 200
    assert "It does not work: everycall@127.0.0.1:1 cannot be reached" in tried.content.decode()


@pytest.mark.parametrize("host", ["pbx..example.org", "x" * 3000])
def test_a_host_that_can_be_none_is_mended_on_the_same_page(
    owner: Person, pbx: Pbx, host: str
) -> None:
    answer = browser(owner).post(ADDRESS, given(pbx, host=host), follow=True)
    assert answer.redirect_chain[-1][0] == f"{ADDRESS}{Connection.objects.get().pk}/"
    assert "can be no address of a host" in answer.content.decode()


def test_a_manager_that_may_not_be_asked_for_its_rights_is_told_all_of_them(
    owner: Person, pbx: Pbx
) -> None:
    pbx.fake.refuses = {"Command"}
    page = browser(owner).post(ADDRESS, given(pbx), follow=True).content.decode()
    assert "It works" not in page
    assert f"add to read: {', '.join(READ)}." in page
    assert f"add to write: {', '.join(WRITE)}." in page


def test_missing_rights_are_named() -> None:
    output = [
        "",
        "       username: weak",
        "      read perm: system,agent",
        "     write perm: system",
    ]
    lacks = lacking({"Output": output})
    assert lacks.read == ("call", "reporting", "user", "dtmf", "dialplan")
    assert lacks.write == ("call", "agent", "reporting", "originate", "command")
    every = [f"read perm: {','.join(READ)}", f"write perm: {','.join(WRITE)},all"]
    assert lacking({"Output": every}) == Lacks()


def test_the_page_and_the_docs_name_the_same_rights(owner: Person) -> None:
    page, docs = browser(owner).get(ADDRESS).content.decode(), LIVE.read_text(encoding="utf-8")
    for line in (f"read = {','.join(READ)}", f"write = {','.join(WRITE)}"):
        assert line in page
        assert line in docs


def test_the_first_phone_system_is_asked_for_no_mark(owner: Person, pbx: Pbx) -> None:
    client = browser(owner)
    assert 'name="mark"' not in client.get(ADDRESS).content.decode()
    client.post(ADDRESS, given(pbx))
    assert 'name="mark"' in client.get(ADDRESS).content.decode()


def test_one_connection_that_is_wrong_does_not_keep_the_others_from_being_heard(
    owner: Person, pbx: Pbx
) -> None:
    browser(owner).post(ADDRESS, given(pbx))
    kept = Connection.objects.get(name="office").given()
    for name, port in (("typed", "abc"), ("old", kept["port"])):
        row = Connection(name=name, kind="ami")
        row.keep({**kept, "port": port})
        row.save()
    Connection.objects.filter(name="old").update(sealed="sealed with another key")
    heard, left_out = feeds()
    assert [one.feed for one in heard if isinstance(one, Manager)] == ["office"]
    assert left_out["typed"] == "typed.port: expected a whole number, found 'abc'"
    assert left_out["old"].startswith("the secrets were sealed with another key")


class BrokenWatch:
    """A watch that a fault of ours ends at once."""

    def __init__(self, *_: object, **__: object) -> None:
        self.goes_on = False
        self.picture = SimpleNamespace(helps=SimpleNamespace(set=print, asked=dict))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""

    async def ended(self) -> None:
        raise ZeroDivisionError

    async def boards(self) -> AsyncIterator[Board]:
        await asyncio.sleep(60)
        yield Board(0, 0, "", (), (), (), ())


def test_what_broke_a_watch_is_said_and_it_is_not_tried_again_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[BrokenWatch] = []

    class Counted(BrokenWatch):
        def __init__(self, *_: object, **__: object) -> None:
            super().__init__()
            tried.append(self)

    monkeypatch.setattr(connecting, "Watch", Counted)
    monkeypatch.setattr(connecting, "feeds", lambda: ((), {}))
    monkeypatch.setattr(connecting, "calling", lambda _watch: asyncio.sleep(60))
    live = connecting.Live()

    async def story() -> None:
        task = asyncio.create_task(live.run())
        while not live.trouble:  # noqa: ASYNC110  nobody is told of it
            await asyncio.sleep(0.02)
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(asyncio.wait_for(story(), 30))
    assert "watching broke off" in live.trouble
    assert "ZeroDivisionError" in caplog.text
    assert len(tried) == 1
