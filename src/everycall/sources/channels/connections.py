"""Who was connected with the customer, from when to when: bridges, and Local channels between."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from everycall.sources.channels.people import Cast, Channel, Role
from everycall.sources.channels.steps import PAIRED, Act, Step

FLICKER = 100_000
"""Being moved from one bridge to another may part two people for this long, in microseconds."""


@dataclass(slots=True)
class Talk:
    """The customer and one other, connected; `ended_at` is None if it never ended."""

    channel: Channel
    began_at: int
    ended_at: int | None = None


@dataclass(slots=True)
class _Room:
    """Who is in which bridge."""

    bridges: dict[str, str] = field(default_factory=dict)
    unnamed: int = 0

    def enter(self, step: Step) -> None:
        self.bridges[step.channel] = step.bridge or self._guess()

    def _guess(self) -> str:
        """Without bridge ids: the bridge in which somebody is alone, or a new one."""
        alone = [b for b in set(self.bridges.values()) if list(self.bridges.values()).count(b) == 1]
        if alone:
            return alone[-1]
        self.unnamed += 1
        return f"unnamed {self.unnamed}"

    def leave(self, step: Step) -> None:
        if not step.bridge or self.bridges.get(step.channel) == step.bridge:
            self.bridges.pop(step.channel, None)

    def reached_from(self, start: str, pairs: dict[str, str]) -> set[str]:
        """Return the channels that a channel can hear, through any go-betweens."""
        reached, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            for there in self._next(here, pairs):
                if there not in reached:
                    reached.add(there)
                    waiting.append(there)
        return reached

    def _next(self, here: str, pairs: dict[str, str]) -> Iterator[str]:
        bridge = self.bridges.get(here)
        if bridge is not None:
            yield from (c for c, b in self.bridges.items() if b == bridge)
        if here in pairs:
            yield pairs[here]


def talks(steps: Sequence[Step], cast: Cast) -> list[Talk]:
    """Return everyone who was connected with the customer, in order."""
    if cast.customer is None:
        return []
    room = _Room()
    open_talks: dict[str, Talk] = {}
    done: list[Talk] = []
    pairs = _pairs(cast)
    for step in steps:
        if not _moves(room, step, cast):
            continue
        heard = room.reached_from(cast.customer.id, pairs) - {cast.customer.id}
        others = {c for c in heard if cast.roles[c] is not Role.GO_BETWEEN}
        for channel in set(open_talks) - others:
            talk = open_talks.pop(channel)
            talk.ended_at = step.at
            done.append(talk)
        for channel in others - set(open_talks):
            open_talks[channel] = Talk(cast.channels[channel], step.at)
    return _joined(sorted([*done, *open_talks.values()], key=lambda t: (t.channel.id, t.began_at)))


def _moves(room: _Room, step: Step, cast: Cast) -> bool:
    if step.bridge == PAIRED:
        _pair(room, step, cast)
    elif step.act is Act.ENTERED:
        room.enter(step)
    elif step.act in (Act.LEFT, Act.HUNG_UP):
        room.leave(Step(step.act, step.at, step.channel, bridge=step.bridge))
    else:
        return False
    return True


def _pair(room: _Room, step: Step, cast: Cast) -> None:
    """Connect or part two channels; the log named only one, and the other perhaps by its name."""
    bridge = f"{PAIRED} {step.channel}"
    room.bridges = {c: b for c, b in room.bridges.items() if b != bridge}
    other = _other_side(room, step, cast)
    if step.act is Act.ENTERED and other is not None:
        room.bridges |= {step.channel: bridge, other.id: bridge}


def _other_side(room: _Room, step: Step, cast: Cast) -> Channel | None:
    """Return the channel of that name, else the one that answered last and is not connected."""
    others = [c for c in cast.channels.values() if c.id != step.channel]
    named = next((c for c in others if step.other_name and c.name == step.other_name), None)
    free = (c for c in others if _is_free(c, step.at, room) and cast.roles[c.id] != Role.GO_BETWEEN)
    return named or max(free, key=lambda c: c.answered_at or 0, default=None)


def _is_free(channel: Channel, at: int, room: _Room) -> bool:
    talking = channel.answered_at is not None and channel.answered_at <= at
    return talking and channel.id not in room.bridges and (channel.ended_at or at) >= at


def _pairs(cast: Cast) -> dict[str, str]:
    halves: dict[str, list[str]] = {}
    for channel in cast.channels.values():
        if channel.pair is not None:
            halves.setdefault(channel.pair, []).append(channel.id)
    both = [ids for ids in halves.values() if len(ids) == 2]
    return {a: b for one, two in both for a, b in ((one, two), (two, one))}


def _joined(found: Iterable[Talk]) -> list[Talk]:
    """Join talks with the same channel that were parted only by a change of bridges."""
    result: list[Talk] = []
    for talk in found:
        before = result[-1] if result else None
        if (
            before is not None
            and before.channel is talk.channel
            and before.ended_at is not None
            and talk.began_at - before.ended_at <= FLICKER
        ):
            before.ended_at = talk.ended_at
        else:
            result.append(talk)
    return sorted(result, key=lambda t: t.began_at)
