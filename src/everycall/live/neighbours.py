"""Which calls have to be counted together: what is said of one may change what another was.

A consultation becomes part of the call that it was held for, names of one phone are learned from
any call. This knows enough of every call of the window to say whom a change concerns; whether two
of them really belong together is for the chain to decide.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from everycall.events import Kind

K = TypeVar("K")

TRANSFER = 4 * 3600 * 1_000_000
"""A transfer may join a talk that began up to this long before it, in microseconds."""


@dataclass(frozen=True, slots=True)
class Said:
    """What has to be known of an event: of which call it speaks, and whom it mentions."""

    call: str
    at: int
    kind: str
    leg: str | None
    queue: str | None
    agent: str | None
    party: str | None
    reason: str | None


COLUMNS = ("call_id", '"at"', "kind", "leg", "queue", "agent", "party", "reason")


@dataclass(slots=True)
class _Known:
    """What is known of one call; each thing once, however often the call is told: a day has many."""

    last_at: int = 0
    legs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    talks: tuple[tuple[str, str, int], ...] = ()
    transfers: tuple[tuple[str, str, int], ...] = ()


class Neighbours:
    """Every call of the window, and what may join it with others."""

    def __init__(self) -> None:
        self._calls: dict[str, _Known] = {}
        self._by_leg: dict[str, tuple[str, ...]] = {}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._talks: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._transfers: dict[tuple[str, str], set[str]] = defaultdict(set)

    def __contains__(self, call: str) -> bool:
        return call in self._calls

    def __iter__(self) -> Iterator[str]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def last_at(self, call: str) -> int:
        """Return when a call last showed a sign of life."""
        return self._calls[call].last_at

    def learn(self, events: Iterable[Said]) -> set[str]:
        """Take events in, and return the calls that they speak of."""
        touched: set[str] = set()
        for event in events:
            touched.add(event.call)
            self._learn(event, self._calls.setdefault(event.call, _Known()))
        return touched

    def _learn(self, event: Said, known: _Known) -> None:
        known.last_at = max(known.last_at, event.at)
        leg = event.leg
        if leg is not None and leg != event.call and leg not in known.legs:
            known.legs += (leg,)
            self._by_leg[leg] = (*self._by_leg.get(leg, ()), event.call)
        for name in (event.agent, event.party):
            if name is not None and name not in known.names:
                known.names += (name,)
                self._by_name[name].add(event.call)
        if event.queue is not None and event.agent is not None:
            self._in_queue(event, (event.queue, event.agent), known)

    def _in_queue(self, event: Said, where: tuple[str, str], known: _Known) -> None:
        said = (*where, event.at)
        if event.kind == Kind.TALK_STARTED and said not in known.talks:
            known.talks += (said,)
            self._talks[where].add(event.call)
        is_attended = event.kind == Kind.TRANSFER_STARTED and event.reason == "attended"
        if is_attended and said not in known.transfers:
            known.transfers += (said,)
            self._transfers[where].add(event.call)

    def forget(self, call: str) -> None:
        """Know nothing of a call any more."""
        known = self._calls.pop(call, None)
        if known is None:
            return
        for leg in known.legs:
            self._forget_leg(leg, call)
        for name in known.names:
            _discard(self._by_name, name, call)
        for queue, agent, _ in known.talks:
            _discard(self._talks, (queue, agent), call)
        for queue, agent, _ in known.transfers:
            _discard(self._transfers, (queue, agent), call)

    def _forget_leg(self, leg: str, call: str) -> None:
        others = tuple(one for one in self._by_leg.pop(leg, ()) if one != call)
        if others:
            self._by_leg[leg] = others

    def mentioning(self, names: Iterable[str]) -> set[str]:
        """Return the calls that speak of any of these agents or phones."""
        return {call for name in names for call in self._by_name.get(name, ())}

    def together(self, calls: Iterable[str]) -> set[str]:
        """Return these calls and all that have to be counted with them."""
        found, waiting = set(calls), list(calls)
        while waiting:
            for call in self._next_to(waiting.pop()):
                if call not in found:
                    found.add(call)
                    waiting.append(call)
        return found

    def _next_to(self, call: str) -> Iterator[str]:
        yield from self._by_leg.get(call, ())
        known = self._calls.get(call)
        if known is None:
            return
        yield from (leg for leg in known.legs if leg in self._calls)
        for queue, agent, at in known.transfers:
            yield from (
                other
                for other in self._talks.get((queue, agent), ())
                if any(at - TRANSFER < began <= at for *_, began in self._calls[other].talks)
            )
        for queue, agent, began in known.talks:
            yield from (
                other
                for other in self._transfers.get((queue, agent), ())
                if any(began <= at < began + TRANSFER for *_, at in self._calls[other].transfers)
            )


def _discard(index: dict[K, set[str]], key: K, call: str) -> None:
    found = index.get(key)
    if found is not None:
        found.discard(call)
        if not found:
            del index[key]
