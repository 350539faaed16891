"""Automatic callbacks: whose turn it is, and which person is to be rung for them.

Who asked to be called back keeps the place in line: nobody who came later is served before, and
nobody who came before is overtaken. This decides; carrying out is for whoever asks.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from everycall.recovery.automatic_settings import AutomaticSettings
from everycall.recovery.promises import Promise
from everycall.recovery.states import State


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be rung.

    Attributes:
        free_since: since when they have had nothing to do; null while they are busy.
        kept: they are kept free for a call back: no queue rings them.
        talking_since: since when they have talked; null if they do not.
        serves_all: they take callers of every queue.
    """

    name: str
    phone: str
    queues: tuple[str, ...]
    free_since: int | None = None
    kept: bool = False
    talking_since: int | None = None
    serves_all: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """This promise's turn has come: ring this person, and then the caller."""

    promise: Promise
    person: Person


@dataclass(frozen=True, slots=True)
class Keep:
    """The next caller in line is one who is to be called back: keep this person for them."""

    person: Person
    queue: str


@dataclass(frozen=True, slots=True)
class Now:
    """What is known at a moment.

    Attributes:
        waiting: for each queue, since when each caller has stood in line.
        avoided: persons who did not pick up for a promise a moment ago, by the promise's id.
        dialled: the phones that are rung for call backs, and the numbers that are being dialled.
        may: whether a promise may be rung now: opening hours, quiet hours, the caller not on the line.
    """

    at: datetime
    people: Sequence[Person]
    waiting: Mapping[str, Sequence[datetime]]
    avoided: Mapping[int, Collection[str]] = field(default_factory=dict)
    dialled: Collection[str] = ()
    may: Callable[[Promise], bool] = lambda _promise: True


def decide(
    promises: Iterable[Promise], now: Now, settings: AutomaticSettings
) -> Iterator[Ring | Keep]:
    """Yield what is to be done now."""
    room = settings.at_once - sum(person.phone in now.dialled for person in now.people)
    taken = set(now.dialled)
    ready = [one for one in promises if is_ready(one, now, settings)]
    blocked: set[str | None] = set()
    for promise in sorted(ready, key=_place):
        if room <= 0:
            return
        if promise.queue in blocked:
            continue
        step = _step(promise, now, taken)
        if step is None:
            blocked.add(promise.queue)
            continue
        taken.add(step.person.phone)
        room -= 1
        yield step


def is_ready(promise: Promise, now: Now, settings: AutomaticSettings) -> bool:
    """Tell whether a promise may be rung by itself at a moment."""
    return (
        promise.state is State.WAITING
        and not promise.doubt
        and (promise.requested or settings.everybody)
        and (promise.next_at is None or promise.next_at <= now.at)
        and promise.caller not in now.dialled
        and now.may(promise)
    )


def _place(promise: Promise) -> tuple[bool, datetime, int]:
    """Return the place in line; who did not ask for a call stands behind those who did."""
    return promise.place_at is None, promise.place_at or promise.missed_at, promise.id


def _step(promise: Promise, now: Now, taken: Collection[str]) -> Ring | Keep | None:
    line = now.waiting.get(promise.queue or "", ())
    if promise.tries == 0 and promise.place_at is not None:
        ahead = any(since < promise.place_at for since in line)
    else:
        # whoever kept no place, or has had their turn, stands behind all who wait
        ahead = bool(line)
    if ahead:
        return None
    free = [p for p in _mine(promise, now, taken) if p.free_since is not None]
    if free:
        return Ring(promise, min(free, key=lambda p: (not p.kept, p.free_since or 0, p.name)))
    if not line or promise.queue is None or any(p.kept for p in _mine(promise, now, taken)):
        return None
    busy = [p for p in _mine(promise, now, taken) if p.talking_since is not None]
    if not busy:
        return None
    return Keep(min(busy, key=lambda p: (p.talking_since or 0, p.name)), promise.queue)


def _mine(promise: Promise, now: Now, taken: Collection[str]) -> Iterator[Person]:
    avoided = now.avoided.get(promise.id, ())
    for person in now.people:
        fits = promise.queue is None or person.serves_all or promise.queue in person.queues
        if fits and person.phone not in taken and person.phone not in avoided:
            yield person


def may_offer(owed: int, people: int, left: timedelta, settings: AutomaticSettings) -> bool:
    """Tell whether one more call back can still be kept today.

    Args:
        owed: how many are owed already.
        people: who is signed in and could call.
        left: how long it is still open.
        settings: how long a call back takes.
    """
    if not settings.on or people <= 0:
        return False
    return (owed + 1) * settings.each <= people * left
