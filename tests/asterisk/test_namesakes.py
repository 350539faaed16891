"""Two phone systems with the same phones, people and queues, and calls at both at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from asterisk.kit import Cable
from asterisk.watching import Feeds, agent, feeds_of, rows, run, seen, settled, told, wired
from asterisk.watching import watching as heard
from everycall.app.answers.explaining import explain
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.feeds import Log, Manager
from everycall.app.live.acting import Act, Steering, Wish, carry_out, commands_for
from everycall.app.live.watching import Watch
from everycall.app.recovery.calling_back import CallingBack, people_of
from everycall.app.recovery.dialling import Dialler
from everycall.clock import system_clock
from everycall.events.origins import HERE, Origin, mark_of
from everycall.history import History
from everycall.live.board import AgentState, Board
from everycall.recovery import OwingSettings, State
from everycall.recovery.automatic_settings import AutomaticSettings
from everycall.recovery.deadlines import Deadline
from everycall.recovery.memory import MemoryPromises
from everycall.recovery.promises import Promise
from everycall.recovery.tries import MemoryTries, Try
from everycall.telephony.ami import AmiPhoneSystem
from lab.node import Node
from lab.stage import Stage

pytestmark = pytest.mark.asterisk

SOUTH = Origin("south")
HERE_ANN, THERE_ANN = "Agent 1", "south~Agent 1"


@dataclass(frozen=True)
class Offices:
    """Two phone systems without names of their own, and one who watches both."""

    north: Stage
    south: Stage
    first: Cable
    second: Cable
    watch: Watch

    @property
    def systems(self) -> list[AmiPhoneSystem]:
        """The hands of both, the wrong ones first."""
        links = self.watch.links
        return [
            AmiPhoneSystem(links["north"]),
            AmiPhoneSystem(links["south"], origin=SOUTH),
        ]

    async def act(self, own: str, kind: Act, **more: str) -> None:
        """Do something from the picture, as the pages do."""
        may = Steering(own=own, may_steer=True, may_listen=True)
        await carry_out(commands_for(Wish(kind, **more), may, self.watch.board), self.systems)

    async def shows(self, name: str, state: AgentState) -> Board:
        return await seen(self.watch, lambda b: agent(b, name).state is state)


def feeds(stage: Stage, cable: Cable, name: str, origin: Origin) -> Feeds:
    found = feeds_of(stage, cable, with_log=True, name=name)
    return tuple(_of(one, origin) for one in found)


def _of(feed: Manager | Log, origin: Origin) -> Manager | Log:
    return replace(feed, origin=origin)


@asynccontextmanager
async def offices(data: Path, there: Origin = SOUTH, qualify: int = 0) -> AsyncIterator[Offices]:
    async with (
        Stage(Node(qualify=qualify)) as north,
        Stage(Node(qualify=qualify)) as south,
        wired(north) as first,
        wired(south) as second,
    ):
        both = (*feeds(north, first, "north", HERE), *feeds(south, second, "south", there))
        async with heard(data, both) as watch:
            yield Offices(north, south, first, second, watch)


def names_of(data: Path) -> list[tuple[str, str]]:
    """Return who spoke with whom, as history knows them."""
    question = """
    SELECT c.caller, t.agent FROM talks AS t INNER JOIN calls AS c ON c.call_id = t.call_id
    ORDER BY c.caller, t.agent
    """
    return [(str(caller), str(name)) for caller, name in rows(data, question)]


def assert_all_agree(board: Board, data: Path) -> Sequence[dict[str, object]]:
    """See that the wallboard, the report and each call's own story say the same; return the calls."""
    with Asking(History(data)) as asking:
        found = list(asking.calls(Filter(), evidence=False))
        outcomes = Counter(c["outcome"] for c in found if c["direction"] == "inbound")
        stories = [explain(asking, str(call["call_id"])) for call in found]
    assert board.day is not None
    assert dict(outcomes) == board.day.outcomes
    for call, story in zip(found, stories, strict=True):
        assert story["outcome"] == call["outcome"]
        assert story["timeline"]
    return found


def test_namesakes_take_calls_at_once_and_each_has_their_own(tmp_path: Path) -> None:
    boards: list[Board] = []

    async def play() -> None:
        async with offices(tmp_path) as here:
            ann = await here.north.agent("1001", "sales")
            ada = await here.south.agent("1001", "sales")
            one = await (await here.north.caller("+441632960101", "Fisk")).dial("5001")
            two = await (await here.south.caller("+441632960102", "Okoro")).dial("5001")
            await asyncio.gather(ann.picks_up(), ada.picks_up())
            await asyncio.gather(one.answered(), two.answered())
            await here.shows(HERE_ANN, AgentState.TALKING)
            board = await here.shows(THERE_ANN, AgentState.TALKING)
            assert agent(board, HERE_ANN).with_caller == "+441632960101"
            assert agent(board, THERE_ANN).with_caller == "+441632960102"
            assert agent(board, HERE_ANN).phones == ("PJSIP/1001",)
            assert agent(board, THERE_ANN).phones == ("south~PJSIP/1001",)
            sales = [queue for queue in board.queues if queue.name.endswith("sales")]
            assert [(queue.name, queue.staffed) for queue in sales] == [("sales", 2)]
            await one.hang_up()
            await here.shows(HERE_ANN, AgentState.FREE)
            assert agent(here.watch.board, THERE_ANN).state is AgentState.TALKING
            await two.hang_up()
            boards.append(await settled(here.watch))

    run(play())
    assert told(tmp_path) == Counter({("inbound", "answered"): 2})
    assert names_of(tmp_path) == [("+441632960101", HERE_ANN), ("+441632960102", THERE_ANN)]
    calls = assert_all_agree(boards[0], tmp_path)
    assert sorted(mark_of(str(call["call_id"])) for call in calls) == ["", "south"]
    for name in (HERE_ANN, THERE_ANN):
        mine = agent(boards[0], name)
        assert (mine.rings, mine.answered) == (1, 1)


def test_an_act_on_a_namesake_is_done_at_their_own_phone_system(tmp_path: Path) -> None:
    async def play() -> None:
        async with offices(tmp_path, qualify=2) as here:
            ann = await here.north.agent("1001", "sales")
            ada = await here.south.agent("1001", "sales")
            await here.shows(HERE_ANN, AgentState.FREE)
            await here.shows(THERE_ANN, AgentState.FREE)
            await here.act("PJSIP/1008", Act.PAUSE, agent=THERE_ANN, reason="coaching")
            board = await here.shows(THERE_ANN, AgentState.PAUSED)
            assert agent(board, HERE_ANN).state is AgentState.FREE
            # Asterisk itself says so: the one is paused, the other is not
            assert "paused:coaching" in here.south.node.cli("queue show sales")
            assert "paused" not in here.north.node.cli("queue show sales")
            await here.act("PJSIP/1008", Act.ADD, agent=THERE_ANN, queue="support")
            await seen(here.watch, lambda b: "support" in agent(b, THERE_ANN).queues)
            assert agent(here.watch.board, HERE_ANN).queues == ("sales",)
            assert "Agent 1 " in here.south.node.cli("queue show support")
            await here.act("PJSIP/1008", Act.RESUME, agent=THERE_ANN)
            await here.shows(THERE_ANN, AgentState.FREE)
            # one of the two phones dies, and only its own owner cannot be reached
            ada.switch_off()
            board = await here.shows(THERE_ANN, AgentState.UNREACHABLE)
            assert agent(board, HERE_ANN).state is AgentState.FREE
            assert ann is not ada

    run(play())


def test_listening_and_taking_are_done_where_the_call_is(tmp_path: Path) -> None:
    async def play() -> None:
        async with offices(tmp_path) as here:
            stages = (here.north, here.south)
            phones = [await stage.agent("1001", "sales") for stage in stages]
            bosses = [await stage.agent("1008") for stage in stages]
            callers = [
                await stage.caller(f"+44163296010{n}", name)
                for n, (stage, name) in enumerate(zip(stages, ("Fisk", "Okoro"), strict=True))
            ]
            calls = [await caller.dial("5001") for caller in callers]
            await asyncio.gather(*(phone.picks_up() for phone in phones))
            await asyncio.gather(*(call.answered() for call in calls))
            await here.shows(HERE_ANN, AgentState.TALKING)
            await here.shows(THERE_ANN, AgentState.TALKING)
            await here.act("south~PJSIP/1008", Act.LISTEN, agent=THERE_ANN)
            spy = await bosses[1].picks_up()
            await asyncio.sleep(1)
            assert "ChanSpy" in here.south.node.cli("core show channels concise")
            assert "ChanSpy" not in here.north.node.cli("core show channels concise")
            await calls[0].hang_up()
            await asyncio.sleep(1)
            assert spy.ended_at is None
            await calls[1].hang_up()
            await spy.over(within=10)
            # now somebody waits there, and nobody here
            await here.south.pause(phones[1], "lunch")
            await here.shows(THERE_ANN, AgentState.PAUSED)
            waiting = await callers[1].call("5001")
            board = await seen(here.watch, lambda b: len(b.waiting()) == 1)
            call_id = board.waiting()[0].call_id
            assert mark_of(call_id) == "south"
            await here.act("south~PJSIP/1008", Act.TAKE, call_id=call_id)
            await bosses[1].picks_up()
            await seen(here.watch, lambda b: any(c.stage.value == "talking" for c in b.calls))
            await waiting.hang_up()
            await settled(here.watch)

    run(play())
    assert told(tmp_path)["inbound", "answered"] == 3


def test_a_callback_is_dialled_where_the_phone_of_the_person_is(tmp_path: Path) -> None:
    ends: list[Try] = []

    async def play() -> None:
        async with offices(tmp_path) as here:
            await here.north.resting_agent("1001", "sales")
            ada = await here.south.agent("1001", "sales")
            customers = [
                await stage.customer("+441632961000", "Fisk") for stage in (here.north, here.south)
            ]
            await here.shows(HERE_ANN, AgentState.PAUSED)
            await here.shows(THERE_ANN, AgentState.FREE)
            promises = MemoryPromises({1: owed()})
            tries = MemoryTries(promises)
            backs = [_back(here, system, promises, tries) for system in here.systems]
            rounds = asyncio.create_task(_rounds(backs))
            try:
                await ada.picks_up()
                leg = await customers[1].picks_up()
                await here.shows(THERE_ANN, AgentState.TALKING)
                await asyncio.sleep(11)
                await leg.hang_up()
                await seen(here.watch, lambda _: not tries.open())
            finally:
                rounds.cancel()
                for back in backs:
                    await back.stop()
            assert len(customers[0].legs) == 0
            assert len(customers[1].legs) == 1
            ends.extend(tries.rows.values())
            await settled(here.watch)

    run(play())
    (one,) = ends
    assert (one.system, one.agent) == ("south", "south~PJSIP/1001")
    found = rows(tmp_path, "SELECT call_id, direction FROM calls WHERE direction = 'callback'")
    assert found == [(f"south~everycall-{one.id}", "callback")]


def owed() -> Promise:
    now = system_clock()
    due = Deadline(None, now, now)
    return Promise(
        1,
        "+441632961000",
        None,
        State.WAITING,
        now,
        now,
        due,
        requested=True,
        queue="sales",
        place_at=now,
    )


SETTINGS = OwingSettings(
    quiet=None, automatic=AutomaticSettings(on=True, press_one=False, each=timedelta(minutes=1))
)


def _back(
    here: Offices, system: AmiPhoneSystem, store: MemoryPromises, tries: MemoryTries
) -> CallingBack:
    back = CallingBack(
        Dialler(system, store, tries, SETTINGS),
        Ready(store),
        SETTINGS,
        lambda: here.watch.board,
    )
    back.people = lambda board: people_of(board, system.origin)
    return back


@dataclass(frozen=True)
class Ready:
    """The promises that wait."""

    promises: MemoryPromises

    def waiting(self, now: datetime) -> list[Promise]:
        found = self.promises.rows.values()
        ready = (one for one in found if one.next_at is None or one.next_at <= now)
        return [one for one in ready if one.state is State.WAITING]


async def _rounds(backs: list[CallingBack]) -> None:
    while True:
        for back in backs:
            await back.round()
        await asyncio.sleep(0.3)


def test_one_restarts_and_the_other_goes_on(tmp_path: Path) -> None:
    boards: list[Board] = []

    async def play() -> None:
        async with offices(tmp_path) as here:
            stages = (here.north, here.south)
            for stage in stages:
                await stage.resting_agent("1001", "sales")
            await here.shows(HERE_ANN, AgentState.PAUSED)
            await here.shows(THERE_ANN, AgentState.PAUSED)
            one = await (await here.north.caller("+441632960101", "Fisk")).call("5001")
            two = await (await here.south.caller("+441632960102", "Okoro")).call("5001")
            await seen(here.watch, lambda b: len(b.waiting()) == 2)
            await here.south.restart()
            two.kill()
            board = await seen(here.watch, lambda b: len(b.waiting()) == 1)
            assert board.waiting()[0].caller == "+441632960101"
            await seen(here.watch, lambda _: here.watch.links["south"].state.connected)
            await asyncio.sleep(2)
            board = here.watch.board
            assert [call.caller for call in board.waiting()] == ["+441632960101"]
            assert agent(board, HERE_ANN).state is AgentState.PAUSED
            assert agent(board, THERE_ANN).state is not AgentState.PAUSED
            await one.hang_up()
            boards.append(await settled(here.watch))

    run(play())
    history = {
        str(caller): str(outcome)
        for caller, outcome in rows(tmp_path, "SELECT caller, outcome FROM calls")
    }
    assert history["+441632960101"] == "caller_left_in_queue"
    assert history["+441632960102"] in ("failed_waiting", "caller_left_in_queue", "unknown")
    assert history["+441632960102"] != history["+441632960101"]
    assert_all_agree(boards[0], tmp_path)
