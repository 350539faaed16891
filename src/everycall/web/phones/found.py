"""Queues and phones that were seen, in history and now, without anybody naming them."""

import tomllib
from dataclasses import dataclass
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
    """

    name: str
    calls: int | None = None
    person: str = ""


def found_queues(reader: Reader, live: Live) -> list[Found]:
    """Return every queue that was seen, with its calls."""
    seen = dict.fromkeys((queue.name for queue in _board_of(live, "queues")), None)
    return _merged(seen, _rows(reader, _QUEUES), {})


def found_people(reader: Reader, live: Live) -> list[Found]:
    """Return every name of a phone or a person that was seen, with the name it was given."""
    given = dict(reader.settings().agents)
    phones = {
        phone for agent in _board_of(live, "agents") for phone in agent.phones or (agent.name,)
    }
    seen = dict.fromkeys([*given, *sorted(phones - set(given.values()))], None)
    rows = [row for row in _rows(reader, _AGENTS) if row[0] not in given.values()]
    return _merged(seen, rows, given)


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
