"""Every order in which two workers, one returning caller and a crash can meet.

A worker reads, takes, dials, and ends the dialling; between any two of these steps anything else
may happen. A state of the world is explored once; the search is exhaustive.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from everycall.recovery import Move, State
from everycall.recovery.memory import MemoryPromises
from everycall.recovery.promises import Promise, Step, dialled, take, tidy
from recovery.calls import after, answered, due, missed
from recovery.stories import SETTINGS, the

MOST_TRIES = 2
SETTINGS_OF_TWO = replace(SETTINGS, tries=MOST_TRIES)


@dataclass
class Worker:
    name: str
    place: str = "idle"
    promise: Promise | None = None


@dataclass
class World:
    promises: MemoryPromises
    workers: list[Worker] = field(default_factory=lambda: [Worker("Ann"), Worker("Bob")])
    live: int = 0
    dials: int = 0
    returned: bool = False
    crashed: bool = False
    wrong: str = ""

    @property
    def row(self) -> Promise:
        return next(iter(self.promises.rows.values()))

    def key(self) -> tuple[object, ...]:
        workers = tuple((w.place, w.promise.state if w.promise else None) for w in self.workers)
        row = self.row
        lines = tuple(sorted(f"{k}{v.verdict}" for k, v in self.promises.lines.items()))
        return (
            workers,
            row.state,
            row.tries,
            row.owner,
            self.live,
            self.returned,
            self.crashed,
            lines,
        )


def begin() -> World:
    promises = MemoryPromises()
    take(missed(), promises, due(), SETTINGS_OF_TWO, after(1))
    return World(promises)


def steps(world: World) -> Iterator[World]:
    for number in range(len(world.workers)):
        yield from worker_steps(world, number)
    if not world.returned:
        other = copy.deepcopy(world)
        take(answered(), other.promises, due(), SETTINGS_OF_TWO, after(20))
        other.returned = True
        yield other
    yield leases_end(world)


def leases_end(world: World) -> World:
    """Time passes beyond every lease. A worker dials within its lease or not at all."""
    other = copy.deepcopy(world)
    for worker in other.workers:
        if worker.place == "may dial":
            worker.place, worker.promise = "idle", None
    tidy(other.promises, SETTINGS_OF_TWO, after(600), lambda _promise: other.live > 0)
    return other


def worker_steps(world: World, number: int) -> Iterator[World]:
    other = copy.deepcopy(world)
    worker = other.workers[number]
    acts = {"idle": _reads, "read": _takes, "took": _asks, "may dial": _dials, "dialling": _ends}
    if worker.place in acts and acts[worker.place](other, worker):
        yield other
    if worker.place in ("may dial", "dialling") or world.workers[number].place == "dialling":
        yield from _crash(world, number)


def _reads(world: World, worker: Worker) -> bool:
    found = world.promises.find_open(world.row.caller, world.row.client)
    if found is None or found.state is not State.WAITING:
        return False
    worker.place, worker.promise = "read", found
    return True


def _takes(world: World, worker: Worker) -> bool:
    step = Step(Move.CLAIM, worker.name, "", lease_until=after(10), owner=worker.name)
    return _moved(world, worker, step, "took")


def _asks(world: World, worker: Worker) -> bool:
    step = Step(Move.DIAL, worker.name, "", lease_until=after(10), owner=worker.name)
    return _moved(world, worker, step, "may dial")


def _dials(world: World, worker: Worker) -> bool:
    if world.row.state is not State.DIALLING:
        world.wrong = f"{worker.name} dials a promise that is {world.row.state}"
    world.live += 1
    world.dials += 1
    if world.live > 1:
        world.wrong = "two calls to one caller at the same time"
    worker.place = "dialling"
    return True


def _moved(world: World, worker: Worker, step: Step, place: str) -> bool:
    assert worker.promise is not None
    if world.promises.move(worker.promise, step, after(5)):
        worker.place, worker.promise = place, world.row
    else:
        worker.place, worker.promise = "idle", None
    return True


def _ends(world: World, worker: Worker) -> bool:
    """The dialling ends without an answer; the line is closed before the row says so."""
    assert worker.promise is not None
    world.live -= 1
    tries = worker.promise.tries + 1
    move = Move.GIVE_UP if tries >= MOST_TRIES else Move.NOT_REACHED
    step = Step(move, worker.name, "no answer", tries=tries)
    dialled(worker.promise, step, world.promises, SETTINGS_OF_TWO, after(30))
    worker.place, worker.promise = "idle", None
    return True


def _crash(world: World, number: int) -> Iterator[World]:
    """A worker dies with the line open; the phone system ends the call some time later."""
    if world.crashed:
        return
    other = copy.deepcopy(world)
    other.crashed = True
    other.live = 0
    other.workers[number].place = "dead"
    yield other


def explore() -> list[World]:
    start = begin()
    found, waiting = {start.key(): start}, [start]
    while waiting:
        for after_it in steps(waiting.pop()):
            if after_it.key() not in found or after_it.wrong:
                found[after_it.key()] = after_it
                if not after_it.wrong:
                    waiting.append(after_it)
    return list(found.values())


def test_no_order_of_events_calls_twice_or_after_the_end() -> None:
    worlds = explore()
    assert [world.wrong for world in worlds if world.wrong] == []
    assert len(worlds) > 100
    assert any(world.dials > 1 for world in worlds), "the search must reach a second try"
    assert any(world.returned and world.live for world in worlds), "and a return while dialling"


def test_no_promise_is_stuck() -> None:
    """From wherever it is, some order of events leads to an end."""
    worlds = {world.key(): world for world in explore()}
    ends = {key for key, world in worlds.items() if not world.row.state.is_open}
    leads = {key: {after_it.key() for after_it in steps(world)} for key, world in worlds.items()}
    while grown := {key for key, to in leads.items() if to & ends} - ends:
        ends |= grown
    assert set(worlds) == ends


def test_the_search_notices_a_call_after_the_end() -> None:
    """Closing a promise while its number is dialled is what the search must find."""
    world = begin()
    promise = the(world.promises)
    world.promises.rows[promise.id] = replace(promise, state=State.WITHDRAWN)
    world.workers[0] = Worker("Ann", "may dial", promise)
    (after_it,) = [w for w in worker_steps(world, 0) if w.dials]
    assert "dials a promise that is withdrawn" in after_it.wrong
