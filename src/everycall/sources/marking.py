"""Marking what a phone system says with its origin, and saying the events of it by marked names.

A record keeps its phone system's own words; the mark stands beside them, so that whatever reads it
later, live or from the disk, comes to the same names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from everycall.events import Event, Kind
from everycall.events.origins import HERE, Origin
from everycall.live.signs import Sign

MARK, QUEUES = "_of", "_own_queues"
"""The fields of a record in which its origin stands."""

_RINGS = (Kind.AGENT_RANG, Kind.AGENT_STOPPED)
_NOBODY = ("", "NONE", "REALTIME", "MANAGER", "CLI")
"""What stands in a line of queue_log where no call, queue or person is meant."""

_CALL, _QUEUE, _AGENT, _VERB, _LEG = 1, 2, 3, 4, 6
"""The fields of a line of queue_log; the second datum of CONNECT is the phone's channel."""

_RESTART = "QUEUESTART"


def marked(fields: Mapping[str, Any], origin: Origin) -> dict[str, Any]:
    """Return a record with its origin beside it; that of the first phone system stays as it is."""
    if not origin.mark:
        return dict(fields)
    own = {QUEUES: True} if origin.own_queues else {}
    return {**fields, MARK: origin.mark, **own}


def unmarked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record in its phone system's own words, without its origin."""
    return {name: said for name, said in fields.items() if name not in (MARK, QUEUES)}


def origin_of(fields: object) -> Origin:
    """Return the origin that stands beside a record."""
    if not isinstance(fields, dict) or not fields.get(MARK):
        return HERE
    return Origin(str(fields[MARK]), bool(fields.get(QUEUES)))


def named_events(events: Iterable[Event], origin: Origin) -> Iterator[Event]:
    """Yield events by the names under which their phones, people, lines and calls are known."""
    yield from (_event(event, origin) for event in events) if origin.mark else events


def _event(event: Event, origin: Origin) -> Event:
    gap = event.kind is Kind.SOURCE_GAP
    own_party = event.kind in _RINGS
    return replace(
        event,
        call_id=_named(event.call_id, origin),
        agent=_named(event.agent, origin),
        leg=origin.mark if gap else _named(event.leg, origin),
        trunk=_named(event.trunk, origin),
        queue=None if event.queue is None else origin.queue(event.queue),
        # of a hand-over it is a number that was dialled, of a ring the phone's other name
        party=_named(event.party, origin) if own_party else event.party,
    )


def named_signs(signs: Iterable[Sign], origin: Origin) -> Iterator[Sign]:
    """Yield signs by the names under which their people, phones and queues are known."""
    yield from (_sign(sign, origin) for sign in signs) if origin.mark else signs


def _sign(sign: Sign, origin: Origin) -> Sign:
    return replace(
        sign,
        agent=_named(sign.agent, origin),
        phone=_named(sign.phone, origin),
        queue=None if sign.queue is None else origin.queue(sign.queue),
        system=origin.mark,
    )


def _named(name: str | None, origin: Origin) -> str | None:
    return None if name is None else origin.named(name)


def marked_line(line: str, origin: Origin) -> str:
    """Return a line of queue_log with the marked names of its call, person and phone."""
    fields = line.split("|")
    if not origin.mark or len(fields) <= _VERB:
        return line
    for place in _places(fields):
        name = fields[place]
        if name not in _NOBODY or (fields[_VERB] == _RESTART and place == _CALL):
            fields[place] = origin.queue(name) if place == _QUEUE else origin.named(name)
    return "|".join(fields)


def plain_line(line: str, origin: Origin) -> str:
    """Return a line of queue_log as it stands in the file."""
    fields = line.split("|")
    if not origin.mark or len(fields) <= _VERB:
        return line
    for place in _places(fields):
        queue_is_shared = place == _QUEUE and not origin.own_queues
        fields[place] = fields[place] if queue_is_shared else origin.plain(fields[place])
    return "|".join(fields)


def _places(fields: list[str]) -> tuple[int, ...]:
    has_leg = fields[_VERB] == "CONNECT" and len(fields) > _LEG
    return (_CALL, _QUEUE, _AGENT, _LEG) if has_leg else (_CALL, _QUEUE, _AGENT)
