"""Watching: everything heard is kept, shown, and in history when watching ends."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time as clock
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.feeds import Log, Manager, Posted
from everycall.app.live.picturing import LivePicture
from everycall.app.live.quarantine import Beginning
from everycall.app.live.watched import WatchSettings
from everycall.app.live.watching import Watch
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.history.journal import Journal
from everycall.live.board import AgentState, Board, UnheardNow
from everycall.settings import read_table
from everycall.wire.ami import Pbx
from live.days import QUEUE_LOG, SHOP, lines_of
from wire.fake_pbx import FakePbx, recorded

SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
SITE = read_table(SiteFile, {"zone": "UTC"})


def now_events(name: str, ago: int = 60) -> list[dict[str, Any]]:
    """Return a recording as if it had happened just now; a login before it is left out."""
    events = [e for e in recorded(SCENARIOS / name / "ami.jsonl.gz") if e["Event"] != "FullyBooted"]
    text = json.dumps(events)
    first = int(min(event["_recv"] for event in events))
    shift = int(clock.time()) - first - ago
    for second in range(first - 2, first + 60):
        text = text.replace(str(second), f"@{second + shift}@")
    moved: list[dict[str, Any]] = json.loads(text.replace("@", ""))
    return [{**event, "Timestamp": f"{event['_recv']:.6f}"} for event in moved]


def settings(data: Path, *feeds: Manager | Log) -> WatchSettings:
    return WatchSettings(data, SITE, feeds)


def played(story: Callable[[], Awaitable[None]]) -> None:
    async def timed() -> None:
        await asyncio.wait_for(story(), 90)

    asyncio.run(timed())


async def shown(watch: Watch, true: Callable[[Board], bool]) -> Board:
    async for board in watch.boards():
        if true(board):
            return board
    raise AssertionError


def outcomes(data: Path) -> list[str]:
    with Asking(History(data)) as asking:
        return [call["outcome"] for call in asking.calls(Filter(), evidence=False)]


def test_a_call_is_seen_from_its_beginning_to_its_end_and_then_in_history(tmp_path: Path) -> None:
    events = now_events("s01_caller_hangs_up")
    names = [event["Event"] for event in events]
    talking = max(i for i, name in enumerate(names) if name == "BridgeEnter") + 1
    waiting = names.index("AgentCalled")

    async def story() -> None:
        async with FakePbx() as pbx, Watch(settings(tmp_path, Manager("pbx", pbx.pbx))) as watch:
            await shown(watch, lambda _: watch.health().links[0].connected)
            await pbx.say(events[:waiting])
            board = await shown(watch, lambda board: bool(board.waiting()))
            (caller,) = board.waiting()
            assert (caller.queue, caller.position) == ("sales", 1)
            assert board.queues[0].waiting == 1
            await pbx.say(events[waiting:talking])
            board = await shown(watch, lambda board: any(a.call_id for a in board.agents))
            board = await shown(
                watch, lambda board: any(a.state is AgentState.TALKING for a in board.agents)
            )
            (agent,) = board.agents
            assert agent.name == "Agent 1"
            assert agent.with_caller == caller.caller
            await pbx.say(events[talking:])
            board = await shown(
                watch, lambda board: bool(board.day and board.day.arrived and board.day.is_finished)
            )
            assert board.day is not None
            assert board.day.outcomes == {"answered": 1}
            assert not board.calls

    played(story)
    assert outcomes(tmp_path) == ["answered"]
    with Journal(tmp_path / "journal" / "main") as journal:
        assert len(list(journal.entries())) > 20


def test_a_call_that_ends_while_nobody_listens_is_closed_when_the_connection_is_back(
    tmp_path: Path,
) -> None:
    events = now_events("s01_caller_hangs_up")
    waiting = [event["Event"] for event in events].index("AgentCalled")

    async def story() -> None:
        async with FakePbx() as pbx:
            async with Watch(settings(tmp_path, Manager("pbx", pbx.pbx))) as watch:
                await shown(watch, lambda _: watch.health().links[0].connected)
                await pbx.say(events[:waiting])
                await shown(watch, lambda board: bool(board.waiting()))
                pbx.hang_up()
                board = await shown(watch, lambda board: not board.calls)
                assert board.day is not None
                assert board.day.outcomes == {"unknown": 1}
            async with Watch(settings(tmp_path, Manager("pbx", pbx.pbx))) as again:
                assert again.board.day is not None
                assert again.board.day.outcomes == {"unknown": 1}

    played(story)
    assert outcomes(tmp_path) == ["unknown"]
    with Asking(History(tmp_path)) as asking:
        gaps = asking.rows("SELECT COUNT(*) FROM events WHERE kind = 'source.gap'")[0][0]
    assert gaps >= 1


def test_a_phone_system_that_is_away_is_on_the_board_until_it_is_back(tmp_path: Path) -> None:
    async def story() -> None:
        pbx = FakePbx()
        await pbx.start()
        async with Watch(settings(tmp_path, Manager("office", pbx.pbx))) as watch:
            await shown(watch, lambda _: watch.health().links[0].connected)
            await pbx.stop()
            (away,) = (await shown(watch, lambda board: bool(board.unheard))).unheard
            assert away.name == "office"
            assert away.since is not None
            await pbx.start(pbx.port)
            await shown(watch, lambda board: not board.unheard)
        await pbx.stop()

    played(story)


def test_a_phone_system_that_never_answered_is_on_the_board(tmp_path: Path) -> None:
    async def story() -> None:
        nobody = Manager("office", Pbx("127.0.0.1", "u", "s", 1))
        async with Watch(settings(tmp_path, nobody)) as watch:
            board = await shown(watch, lambda board: bool(board.unheard))
            assert board.unheard == (UnheardNow("office", None),)

    played(story)


def test_a_phone_system_that_is_set_up_wrongly_is_on_the_board_and_no_reason_to_stop(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        log = Log("log", tmp_path / "queue_log")
        wrong = replace(settings(tmp_path, log), left_out={"old": "its secret is gone"})
        async with Watch(wrong) as watch:
            board = await shown(watch, lambda board: bool(board.unheard))
            assert board.unheard == (UnheardNow("old", None),)
            assert watch.health().troubles == ("old is not heard: its secret is gone",)

    played(story)


def test_a_call_that_began_unheard_is_shown_from_what_the_lists_tell(tmp_path: Path) -> None:
    channel = {
        "Event": "CoreShowChannel",
        "Channel": "PJSIP/trunk-00000001",
        "ChannelState": "6",
        "ChannelStateDesc": "Up",
        "CallerIDNum": "+4930231250001",
        "Context": "from-trunk",
        "Exten": "500",
        "Uniqueid": f"{int(clock.time()) - 40}.1",
        "Linkedid": f"{int(clock.time()) - 40}.1",
        "Application": "Queue",
        "ApplicationData": "sales",
        "Duration": "00:00:40",
        "BridgeId": "",
    }
    entry = {"Event": "QueueEntry", "Queue": "sales", "Uniqueid": channel["Uniqueid"], "Wait": "30"}
    member = {
        "Event": "QueueMember",
        "Queue": "sales",
        "Name": "Ann",
        "StateInterface": "PJSIP/1001",
        "Status": "5",
        "Paused": "0",
    }

    async def story() -> None:
        async with FakePbx() as pbx:
            pbx.lists["CoreShowChannels"] = [channel]
            pbx.lists["QueueStatus"] = [entry, member]
            async with Watch(settings(tmp_path, Manager("pbx", pbx.pbx))) as watch:
                board = await shown(watch, lambda board: bool(board.waiting() and board.agents))
                (caller,) = board.waiting()
                assert caller.queue == "sales"
                assert 28e6 < board.as_of - caller.since < 60e6
                assert board.agents[0].state is AgentState.UNREACHABLE
                assert (board.queues[0].staffed, board.queues[0].unreachable) == (0, 1)

    played(story)


def line(second: int, *rest: str) -> str:
    return "|".join([str(second), *rest])


def test_a_followed_log_is_shown_and_sealed_and_each_line_counts_once(tmp_path: Path) -> None:
    log, data = tmp_path / "queue_log", tmp_path / "data"
    start = int(clock.time()) - 30
    call = f"{start}.1"
    log.write_text(line(start, "NONE", "sales", "Ann", "ADDMEMBER", "") + "\n")

    def add(*lines: str) -> None:
        with log.open("a") as file:
            file.writelines(f"{one}\n" for one in lines)

    async def first() -> None:
        async with Watch(settings(data, Log("queue_log", log))) as watch:
            add(line(start + 1, call, "sales", "NONE", "ENTERQUEUE", "", "+49302312500", "1"))
            board = await shown(watch, lambda board: bool(board.waiting()))
            assert [agent.state for agent in board.agents] == [AgentState.FREE]

    async def second() -> None:
        async with Watch(settings(data, Log("queue_log", log))) as watch:
            assert watch.board.waiting()
            add(line(start + 9, call, "sales", "NONE", "ABANDON", "1", "1", "8"))
            board = await shown(
                watch, lambda board: bool(board.day and board.day.arrived and board.day.is_finished)
            )
            assert board.day is not None
            assert board.day.outcomes == {"caller_left_in_queue": 1}

    played(first)
    assert outcomes(data) == ["pending"]
    played(second)
    assert outcomes(data) == ["caller_left_in_queue"]
    # the file itself, imported as well, says nothing new
    command = [sys.executable, "-m", "everycall", "import", str(log), "--data", str(data)]
    subprocess.run(command, check=True, capture_output=True)
    assert outcomes(data) == ["caller_left_in_queue"]


def test_a_site_without_a_past_is_in_history_long_before_the_second_time(tmp_path: Path) -> None:
    log, data = tmp_path / "queue_log", tmp_path / "data"
    start = int(clock.time()) - 30
    said = [line(start, f"{start}.1", "sales", "NONE", "ENTERQUEUE", "", "+49302312500", "1")]
    log.write_text("".join(f"{one}\n" for one in said))

    async def first() -> None:
        soon = replace(settings(data, Log("queue_log", log)), seal_every=timedelta(minutes=1))
        async with Watch(soon) as watch:
            await shown(watch, lambda board: bool(board.waiting()))
            for _ in range(300):
                if History(data).manifest().generation:
                    break
                await asyncio.sleep(0.1)
            assert outcomes(data) == ["pending"]

    played(first)


def test_the_command_says_what_it_sees_and_ends_in_good_order(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    start = int(datetime.now(UTC).timestamp()) - 5
    log.write_text(line(start, f"{start}.1", "sales", "NONE", "ENTERQUEUE", "", "030", "1") + "\n")
    command = [sys.executable, "-m", "everycall", "watch", "--queue-log", str(log)]
    command += ["--data", str(tmp_path / "data"), "--json"]
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert watching.stdout is not None
    for text in watching.stdout:
        told = json.loads(text)
        if told["board"]["calls"]:
            break
    assert told["board"]["calls"][0]["stage"] == "waiting"
    assert told["board"]["queues"][0]["waiting"] == 1
    assert told["health"]["troubles"] == []
    watching.send_signal(signal.SIGTERM)
    assert watching.wait(60) == 0
    watching.stdout.close()
    assert outcomes(tmp_path / "data") == ["pending"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "say what to watch"),
        (["--ami", "everycall@pbx"], "secret is missing"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(arguments: list[str], sentence: str) -> None:
    command = [sys.executable, "-m", "everycall", "watch", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert sentence in done.stderr


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """What a picture waits for before it is begun."""
    may_begin, begin = threading.Event(), Beginning.begin

    def slow(beginning: Beginning[LivePicture]) -> LivePicture:
        may_begin.wait(85)
        return begin(beginning)

    monkeypatch.setattr(Beginning, "begin", slow)
    return may_begin


def test_what_is_said_before_the_picture_is_there_is_heard_and_counted_once(
    tmp_path: Path, drawing: threading.Event
) -> None:
    drawing.set()
    events, old = now_events("s01_caller_hangs_up"), now_events("s16_blind_transfer_to_queue", 180)

    async def story() -> None:
        async with FakePbx() as pbx:
            feed = Manager("pbx", pbx.pbx)
            async with Watch(settings(tmp_path, feed)) as watch:
                await shown(watch, lambda _: watch.health().links[0].connected)
                await pbx.say(old)
                await shown(watch, lambda board: bool(board.day and board.day.arrived))
            drawing.clear()
            hearing = asyncio.get_running_loop().create_future()
            again = Watch(settings(tmp_path, feed), opened=hearing.set_result)
            entering = asyncio.create_task(again.__aenter__())
            watch = await hearing
            while not watch.links["pbx"].state.connected:  # noqa: ASYNC110  nobody is told of it
                await asyncio.sleep(0.05)
            await pbx.say(events)
            assert not entering.done()
            drawing.set()
            await entering
            board = await shown(watch, lambda board: bool(board.day and board.day.arrived == 2))
            assert board.day is not None
            assert sum(board.day.outcomes.values()) == 2
            await again.__aexit__()

    played(story)
    assert len(outcomes(tmp_path)) == 2


def test_what_is_posted_before_the_picture_is_there_is_on_the_disk_at_once(
    tmp_path: Path, drawing: threading.Event
) -> None:

    async def story() -> None:
        watch, entering = await told_before_the_picture(tmp_path)
        assert not entering.done()
        drawing.set()
        await entering
        board = await shown(watch, lambda board: bool(board.day and board.day.arrived))
        assert board.day is not None
        assert board.day.arrived == 1
        await watch.__aexit__()

    played(story)
    assert len(outcomes(tmp_path)) == 1


async def told_before_the_picture(data: Path) -> tuple[Watch, "asyncio.Task[Watch]"]:
    """Post a call to a watch that hears, and has no picture yet; what was posted is on the disk."""
    wanted = WatchSettings(data, SITE, (Posted("post", QUEUE_LOG),))
    hearing = asyncio.get_running_loop().create_future()
    watch = Watch(wanted, opened=hearing.set_result)
    entering = asyncio.create_task(watch.__aenter__())
    await hearing
    lines = of_today(SHOP / "queue_log-20261019.gz")
    entries = list(watch.posted["post"].entries(lines, int(clock.time() * 1e6)))
    receipt = await asyncio.wrap_future(watch.take(entries))
    assert len(receipt.fresh) == len(entries)
    return watch, entering


def of_today(path: Path) -> list[str]:
    """Return the lines of the first call of a log, as if it were now."""
    rows = [line.split("|") for line in lines_of(path)]
    call = next(row[1] for row in rows if row[4] == "ENTERQUEUE")
    own = [row for row in rows if row[1] == call]
    shift = int(clock.time()) - int(own[-1][0]) - 5
    return ["|".join([str(int(row[0]) + shift), *row[1:]]) for row in own]


def test_what_was_posted_is_in_history_also_if_the_picture_was_never_there(
    tmp_path: Path, drawing: threading.Event
) -> None:

    async def story() -> None:
        _, entering = await told_before_the_picture(tmp_path)
        entering.cancel()
        await asyncio.gather(entering, return_exceptions=True)
        drawing.set()

    played(story)
    assert len(outcomes(tmp_path)) == 1
