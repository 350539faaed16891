"""The manager client: hears everything in order, never holds the phone system up, mends itself."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.wire.ami import AmiError, Connection, Pbx
from everycall.wire.ami_link import Closed, Heard, Item, Link, Opened, Patience, Snapshot
from everycall.wire.ami_protocol import Decoder, Fields, encode
from everycall.wire.inbox import Inbox
from wire.fake_pbx import FakePbx, recorded, reply, wire

SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
QUICK = Patience(first=0.02, longest=0.1, silence=0.15)
T = TypeVar("T")


def played(story: Callable[[], Awaitable[T]]) -> T:
    """Run a story; one that hangs fails."""

    async def timed() -> T:
        async with asyncio.timeout(20):
            return await story()

    return asyncio.run(timed())


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - what is waited for has no event of its own
        await asyncio.sleep(0.01)


# ---- the words


@given(st.lists(st.integers(1, 40), min_size=1), st.text(max_size=30))
def test_messages_come_out_whole_however_they_arrive(cuts: list[int], name: str) -> None:
    caller = "".join(c for c in name if c not in "\r\n\x00" and c.isprintable()) or "Jörg 🌱"
    said: list[Fields] = [{"Event": "Newchannel", "CallerIDName": caller}] * 3
    data = b"Asterisk Call Manager/11.0.0\r\n" + b"".join(map(wire, said))
    decoder, heard, at = Decoder(), [], 0
    for cut in cuts * (len(data) // sum(cuts) + 1):
        heard += decoder.feed(data[at : at + cut])
        at += cut
    assert heard == said


@given(st.binary())
def test_noise_is_never_an_error(noise: bytes) -> None:
    assert isinstance(Decoder().feed(noise + b"\r\n\r\n"), list)


def test_a_field_that_comes_twice_has_both_values() -> None:
    (fields,) = Decoder().feed(b"Event: X\r\nVariable: a=1\r\nVariable: b=2\r\n\r\n")
    assert fields["Variable"] == ["a=1", "b=2"]


def test_a_message_without_an_end_does_not_fill_the_memory() -> None:
    decoder = Decoder()
    for _ in range(30):
        decoder.feed(b"x" * 100_000)
    assert decoder.too_long >= 1
    assert decoder.feed(b"\r\n\r\nEvent: X\r\n\r\n") == [{"Event": "X"}]


@pytest.mark.parametrize("bad", ["a\r\nAction: Originate", "a\nb", "a\x00"])
def test_an_action_cannot_smuggle_a_second_one(bad: str) -> None:
    with pytest.raises(ValueError, match="line end"):
        encode({"Action": "QueuePause", "Reason": bad})


# ---- one connection


def test_it_logs_in_without_sending_the_secret_and_hears_a_recording_in_order() -> None:
    events = recorded(SCENARIOS / "s01_caller_hangs_up" / "ami.jsonl.gz")
    heard: list[Fields] = []

    async def story() -> list[Fields]:
        async with FakePbx() as pbx:
            connection = await Connection.open(pbx.pbx, heard.append)
            await pbx.say(events)
            await until(lambda: len(heard) == len(events))
            await connection.close()
            return pbx.actions

    actions = played(story)
    assert [e["Event"] for e in heard] == [e["Event"] for e in events]
    assert "not on the wire" not in str(actions)


def test_a_wrong_secret_is_refused_in_one_sentence() -> None:
    async def story() -> None:
        async with FakePbx() as pbx:
            wrong = Pbx("127.0.0.1", "everycall", "wrong", pbx.port)
            await Connection.open(wrong, lambda _: None)

    with pytest.raises(AmiError, match="Login was refused: Authentication failed"):
        played(story)


def test_nobody_there_is_said_in_one_sentence() -> None:
    async def story() -> None:
        await Connection.open(Pbx("127.0.0.1", "u", "s", 1), lambda _: None)

    with pytest.raises(AmiError, match="cannot be reached: Connect"):
        played(story)


@pytest.mark.parametrize(
    "pbx",
    [
        Pbx("pbx..example.org", "u", "s"),
        Pbx(f"{'x' * 64}.example.org", "u", "s"),
        Pbx("x" * 3000, "u", "s", tls=True),
        Pbx("127.0.0.1", "u", "s", 99999),
    ],
)
def test_what_can_be_no_host_is_said_in_one_sentence(pbx: Pbx) -> None:
    async def story() -> None:
        await Connection.open(pbx, lambda _: None)

    with pytest.raises(AmiError, match="can be no address of a host") as told:
        played(story)
    assert len(str(told.value)) < 200


def test_a_name_with_a_line_end_is_refused_in_one_sentence() -> None:
    async def story() -> None:
        async with FakePbx() as pbx:
            await Connection.open(Pbx("127.0.0.1", "u\nv", "s", pbx.port), lambda _: None)

    with pytest.raises(AmiError, match="cannot hold a line end"):
        played(story)


def test_whoever_is_stopped_while_closing_a_connection_does_not_go_on() -> None:
    async def story() -> bool:
        async with FakePbx() as pbx:
            connection = await Connection.open(pbx.pbx, lambda _: None)
            closing = asyncio.create_task(connection.close())
            await asyncio.sleep(0)  # it waits for its reader to end
            closing.cancel()
            await asyncio.wait([closing])
            return closing.cancelled()

    assert played(story)


def test_the_secret_is_not_in_what_is_printed() -> None:
    assert "hidden" not in repr(Pbx("h", "u", "hidden"))


def test_a_list_comes_back_apart_from_what_happens_meanwhile() -> None:
    heard: list[Fields] = []

    async def story() -> list[Fields]:
        async with FakePbx() as pbx:
            pbx.lists["QueueStatus"] = [{"Event": "QueueParams", "Queue": "sales"}]
            connection = await Connection.open(pbx.pbx, heard.append)
            await pbx.say([{"Event": "Newchannel", "Uniqueid": "1.1"}])
            found = await connection.listing("QueueStatus")
            await connection.close()
            return found

    assert [e["Queue"] for e in played(story)] == ["sales"]
    assert [e["Uniqueid"] for e in heard] == ["1.1"]


def test_a_list_that_ends_just_when_nobody_waits_for_it_any_more_ends_nothing_else() -> None:
    heard: list[Fields] = []

    class Silent(FakePbx):
        def _list(self, fields: Fields, writer: asyncio.StreamWriter) -> None:
            reply(writer, fields, "Success", EventList="start")

    async def story() -> None:
        async with Silent() as pbx:
            connection = await Connection.open(pbx.pbx, heard.append)
            listing = asyncio.create_task(connection.listing("QueueStatus"))
            await until(lambda: bool(connection._listings) and not connection._answers)
            (name,) = connection._listings
            end = wire({"Event": "QueueStatusComplete", "ActionID": name})
            listing.cancel()
            connection._reader.feed_data(end)
            await asyncio.wait([listing])
            await pbx.say([{"Event": "Newchannel"}])
            await until(lambda: bool(heard))
            await connection.close()

    played(story)


# ---- staying connected


def test_a_lost_connection_comes_back_and_asks_what_is_going_on() -> None:
    async def story() -> list[Item]:
        inbox: Inbox[Item] = Inbox()
        async with FakePbx() as pbx:
            pbx.lists["CoreShowChannels"] = [{"Event": "CoreShowChannel", "Uniqueid": "1.1"}]
            link = Link("pbx", pbx.pbx, inbox, patience=QUICK)
            running = asyncio.create_task(link.run())
            await until(lambda: len(inbox) == 2)
            pbx.hang_up()
            await until(lambda: pbx.logins == 2 and len(inbox) == 5)
            assert link.state.connected
            running.cancel()
        return inbox.take()

    found = played(story)
    assert [type(item) for item in found] == [Opened, Snapshot, Closed, Opened, Snapshot]
    snapshot = found[4]
    assert isinstance(snapshot, Snapshot)
    assert [channel["Uniqueid"] for channel in snapshot.channels] == ["1.1"]


def test_that_listening_has_begun_is_said_before_anything_that_is_heard() -> None:
    class Eager(FakePbx):
        def _log_in(self, fields: Fields, writer: asyncio.StreamWriter) -> None:
            super()._log_in(fields, writer)
            writer.write(wire({"Event": "Newchannel", "Uniqueid": "1.1"}))

    async def story() -> list[Item]:
        inbox: Inbox[Item] = Inbox()
        async with Eager() as pbx:
            running = asyncio.create_task(Link("pbx", pbx.pbx, inbox, patience=QUICK).run())
            await until(lambda: len(inbox) == 3)
            running.cancel()
        return inbox.take()

    assert [type(item) for item in played(story)] == [Opened, Heard, Snapshot]


def test_a_phone_system_that_falls_silent_is_noticed() -> None:
    async def story() -> list[Item]:
        inbox: Inbox[Item] = Inbox()
        async with FakePbx() as pbx:
            link = Link("pbx", pbx.pbx, inbox, patience=QUICK)
            running = asyncio.create_task(link.run())
            await until(lambda: len(inbox) == 2)
            pbx.is_mute = True
            await until(lambda: not link.state.connected)
            running.cancel()
        return inbox.take()

    closed = played(story)[2]
    assert isinstance(closed, Closed)
    assert closed.reason.startswith("nothing was heard for")


def test_whoever_does_not_take_what_is_heard_loses_the_connection_not_the_memory() -> None:
    async def story() -> tuple[list[Item], int]:
        inbox: Inbox[Item] = Inbox(limit=500)
        async with FakePbx() as pbx:
            link = Link("pbx", pbx.pbx, inbox, patience=QUICK)
            running = asyncio.create_task(link.run())
            await until(lambda: len(inbox) == 2)
            await pbx.say([{"Event": "X", "N": str(n)} for n in range(5000)])
            await until(lambda: not link.state.connected)
            most = len(inbox)
            running.cancel()
        return inbox.take(), most

    found, most = played(story)
    assert most <= 502
    heard = [item for item in found if isinstance(item, Heard)]
    assert [item.fields["N"] for item in heard] == [str(n) for n in range(len(heard))]
    closed = next(item for item in found if isinstance(item, Closed))
    assert "given up" in closed.reason


def test_who_is_cancelled_in_the_instant_of_an_answer_ends() -> None:
    async def story() -> bool:
        async with FakePbx() as pbx:
            connection = await Connection.open(pbx.pbx, lambda _: None)
            asking = asyncio.create_task(connection.act("Ping"))
            await asyncio.sleep(0)
            next(iter(connection._answers.values())).set_result({"Response": "Success"})
            asking.cancel()
            await asyncio.wait([asking])
            await connection.close()
            return asking.cancelled()

    assert played(story)


class Flooding(FakePbx):
    """Says more than can be written down: at a login, or while it is asked for its channels."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at

    def _answer(self, fields: Fields, writer: asyncio.StreamWriter) -> None:
        super()._answer(fields, writer)
        if fields["Action"] == self.at:
            for n in range(500):
                writer.write(wire({"Event": "X", "N": str(n)}))


def test_no_connection_is_made_while_nothing_more_can_be_written_down() -> None:
    async def story() -> tuple[int, int]:
        inbox: Inbox[Item] = Inbox(limit=50)
        async with Flooding("Login") as pbx:
            link = Link("pbx", pbx.pbx, inbox, patience=QUICK)
            running = asyncio.create_task(link.run())
            await until(lambda: "given up" in (link.state.trouble or ""))
            await asyncio.sleep(0.5)
            logins, most = pbx.logins, len(inbox)
            inbox.take()
            await until(lambda: pbx.logins > logins)
            running.cancel()
            return logins, most

    assert played(story) == (1, 52)


def test_what_is_heard_after_a_connection_was_given_up_and_made_anew_is_not_dropped() -> None:
    async def story() -> list[Item]:
        inbox: Inbox[Item] = Inbox(limit=50)
        async with Flooding("Login") as pbx:
            link = Link("pbx", pbx.pbx, inbox, patience=QUICK)
            running = asyncio.create_task(link.run())
            await until(lambda: "given up" in (link.state.trouble or ""))
            inbox.take()
            await until(lambda: pbx.logins == 2 and len(inbox) >= 50)
            running.cancel()
        return inbox.take()

    opened, first, *_ = played(story)
    assert isinstance(opened, Opened)
    assert isinstance(first, Heard)
    assert first.fields["N"] == "0"


def test_what_is_too_much_while_the_lists_are_asked_for_ends_the_connection_too() -> None:
    async def story() -> list[Item]:
        inbox: Inbox[Item] = Inbox(limit=50)
        async with Flooding("CoreShowChannels") as pbx:
            link = Link("pbx", pbx.pbx, inbox, patience=QUICK)
            running = asyncio.create_task(link.run())
            await until(lambda: any(isinstance(item, Snapshot) for item in inbox._items))
            await until(lambda: not link.state.connected)
            running.cancel()
        return inbox.take()

    *_, closed = played(story)
    assert isinstance(closed, Closed)
    assert "given up" in closed.reason


def test_waits_grow_while_too_much_is_said_and_begin_anew_after_any_other_end() -> None:
    begun: list[str] = []

    class Told(Patience):
        def waits(self) -> Iterator[float]:
            begun.append("anew")
            return super().waits()

    async def story() -> tuple[int, int]:
        inbox: Inbox[Item] = Inbox(limit=50)
        async with Flooding("Login") as pbx:
            patience = Told(first=0.02, longest=0.1, silence=0.15)
            link = Link("pbx", pbx.pbx, inbox, patience=patience)
            running = asyncio.create_task(link.run())
            while pbx.logins < 3:
                inbox.take()
                await asyncio.sleep(0.01)
            pbx.at, flooded = "", len(begun)
            while pbx.logins < 4:
                inbox.take()
                await asyncio.sleep(0.01)
            await until(lambda: link.state.connected)
            pbx.hang_up()
            await until(lambda: len(begun) > 1)
            running.cancel()
            return flooded, len(begun)

    assert played(story) == (1, 2)


@pytest.mark.parametrize(
    ("host", "why"), [("127.0.0.1", "cannot be reached"), ("pbx..example.org", "no address")]
)
def test_tries_grow_apart_and_their_state_says_why(host: str, why: str) -> None:
    async def story() -> Link:
        link = Link("pbx", Pbx(host, "u", "s", 1), Inbox(), patience=QUICK)
        running = asyncio.create_task(link.run())
        await until(lambda: link.state.tries >= 3)
        running.cancel()
        return link

    state = played(story).state
    assert not state.connected
    assert why in (state.trouble or "")
    waits = Patience(first=1, longest=8).waits()
    found = [next(waits) for _ in range(6)]
    assert 0.8 <= found[0] <= 1.2
    assert 6.4 <= found[5] <= 9.6


def test_actions_go_by_the_present_connection_or_are_refused() -> None:
    async def story() -> Fields:
        inbox: Inbox[Item] = Inbox()
        async with FakePbx() as pbx:
            link = Link("pbx", pbx.pbx, inbox, patience=QUICK)
            with pytest.raises(AmiError, match="not connected"):
                await link.act("QueuePause")
            running = asyncio.create_task(link.run())
            await until(lambda: link.state.connected)
            await link.act("QueuePause", Interface="PJSIP/1001", Paused="true")
            running.cancel()
            return pbx.actions[-1]

    assert played(story)["Interface"] == "PJSIP/1001"
