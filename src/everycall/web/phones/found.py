"""Queues and phones that were seen, in history and now, without anybody naming them."""

import tomllib
from dataclasses import dataclass, replace
from typing import Any

from everycall.app.site.site_writing import file_of
from everycall.web.phones.connecting import Live
from everycall.web.reading import Reader, site_reader

_QUEUES = """
SELECT queue, COUNT(*) AS calls FROM visits WHERE NOT queue IS NULL GROUP BY queue ORDER BY queue
"""
_AGENTS = """
SELECT agent, COUNT(*) AS calls FROM attempts
WHERE NOT agent IS NULL AND COALESCE(agent_kind, 'person') = 'person' GROUP BY agent ORDER BY agent
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a phone system named.

    Attributes:
        calls: how often it was seen in history; null if only now.
        person: the name that somebody gave to a phone.
        said: the name that the phone system itself gives to whoever is at a phone.
    """

    name: str
    calls: int | None = None
    person: str = ""
    said: str = ""


def found_queues(reader: Reader, live: Live) -> list[Found]:
    """Return every queue that was seen, with its calls."""
    seen = dict.fromkeys((queue.name for queue in _board_of(live, "queues")), None)
    return _merged(seen, _rows(reader, _QUEUES), {})


def found_people(reader: Reader, live: Live) -> list[Found]:
    """Return every name of a phone or a person that was seen, with the name it was given."""
    given, said = dict(reader.settings().agents), _said(live)
    alone = {agent.name for agent in _board_of(live, "agents") if not agent.phones}
    seen = dict.fromkeys([*given, *said, *sorted(alone - set(given.values()))], None)
    named = {*given.values(), *said.values()}
    rows = [row for row in _rows(reader, _AGENTS) if row[0] not in named]
    merged = _merged(seen, rows, given)
    # a name given to a phone whose person the phone system names would be a second name of one person
    return [replace(one, said="" if one.person else said.get(one.name, "")) for one in merged]


def _said(live: Live) -> dict[str, str]:
    """Return each phone that is known now, and who is at it by the phone system's own word."""
    agents = _board_of(live, "agents")
    return {
        phone: agent.name if agent.name != phone else ""
        for agent in agents
        for phone in agent.phones
    }


def _board_of(live: Live, what: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = getattr(live.board, what, ())
    return found


def _rows(reader: Reader, statement: str) -> list[tuple[Any, ...]]:
    if not reader.has_calls():
        return []
    with reader.asking() as asking:
        return asking.rows(statement)


def _merged(
    seen: dict[str, None], rows: list[tuple[Any, ...]], given: dict[str, str]
) -> list[Found]:
    calls = {str(name): int(count) for name, count in rows}
    names = sorted({*seen, *calls})
    return [Found(name, calls.get(name), given.get(name, "")) for name in names]


def raw_site() -> dict[str, Any]:
    """Return the site file as it is written; nothing if there is none."""
    reader = site_reader()
    path = file_of(reader.data, reader.history.site)
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
