"""What every definition says of one call: its rules are planned once, for whichever call comes next.

To plan the rules of all definitions takes far longer than to ask them, so they stand ready over a
table that holds one call. The moment until which the sources speak is a column of it: a new state of
the history needs no new plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.answers.defining import HELPED, as_json, as_of, source_of, why
from everycall.app.history.asking import Asking
from everycall.calls.statement import write
from everycall.definitions import Category, Definition, definition_ids, load, verdicts
from everycall.definitions.compiling import COLUMNS as VERDICT
from everycall.definitions.words import COLUMNS
from everycall.history import Engine

_AS_OF = "sources_speak_until"
_TABLE = "one_call"
_SHAPE = {**COLUMNS, _AS_OF: "BIGINT"}

_FACTS = f"""
SELECT {", ".join(f"c.{name}" for name in COLUMNS if name != "helped_later")}, {HELPED}
FROM {{calls}} AS c LEFT JOIN ({{need}}) AS p ON TRUE WHERE c.call_id = ?
"""

_MADE = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in _SHAPE.items())
_GIVEN = f"INSERT INTO {_TABLE} VALUES ({', '.join('?' * len(_SHAPE))})"

MOST_PLANNED = 200
"""So many plans are kept: sites change their words, and have brands with words of their own."""

MOST_JUDGED = 2000
"""After so many calls the table is made anew: what was taken out of one still takes room."""

MEMORY = "200MB"


@dataclass(slots=True)
class Bench:
    """Judges one call after another; nothing of a call stays."""

    _engine: Engine | None = None
    _lock: Lock = field(default_factory=Lock)
    _written: dict[str, str] = field(default_factory=dict)
    _judged: int = 0

    def said(
        self, facts: Mapping[str, Any], definitions: Sequence[Definition], zone: ZoneInfo
    ) -> list[dict[str, Any]]:
        """Return what each definition says of a call."""
        with self._lock:
            engine = self._ready()
            engine.again(f"DELETE FROM {_TABLE}")
            engine.rows(_GIVEN, [facts[name] for name in _SHAPE])
            return [
                dict(zip(VERDICT, engine.again(self._rules(one, zone))[0], strict=True))
                for one in definitions
            ]

    def _ready(self) -> Engine:
        """Return the engine with its table; a new one now and then."""
        if self._engine is None or self._judged >= MOST_JUDGED or len(self._written) > MOST_PLANNED:
            self.close()
            self._engine = Engine(MEMORY)
            # the best plan for one row takes longer to find than any plan to run
            self._engine.run("PRAGMA disable_optimizer")
            self._engine.table(_TABLE, f"SELECT {_MADE} LIMIT 0")
        self._judged += 1
        return self._engine

    def close(self) -> None:
        """Let go of what stands ready."""
        if self._engine is not None:
            self._engine.close()
        self._engine, self._judged = None, 0
        if len(self._written) > MOST_PLANNED:
            self._written.clear()

    def _rules(self, definition: Definition, zone: ZoneInfo) -> str:
        name = str((definition.id, definition.digest, definition.settings, zone))
        if name not in self._written:
            self._written[name] = write(verdicts(definition, as_of=_AS_OF, zone=zone, table=_TABLE))
        return self._written[name]


_BENCH = Bench()


def side_by_side(
    asking: Asking, call_id: str, own: Definition | None = None
) -> list[dict[str, Any]]:
    """Return what every definition says of one call, the team's own first."""
    others = [_shipped(name) for name in definition_ids() if own is None or name != own.id]
    every = [*([own] if own else []), *others]
    said = _BENCH.said(_facts(asking, call_id), every, asking.zone)
    return [_one(definition, row) for definition, row in zip(every, said, strict=True)]


def make_ready(zone: ZoneInfo, own: Definition | None = None) -> None:
    """Plan the rules of every definition before the first call is asked about."""
    every = [*([own] if own else []), *map(_shipped, definition_ids())]
    _BENCH.said(dict.fromkeys(_SHAPE), every, zone)


@cache
def _shipped(name: str) -> Definition:
    return load(name)


def _facts(asking: Asking, call_id: str) -> dict[str, Any]:
    """Return what is known of a call; of millions of needs only its own is read."""
    calls = asking.table_with(call_id)
    need, values = asking.need_of(call_id)
    (row,) = asking.rows(_FACTS.format(calls=calls, need=need), [*values, call_id])
    names = [name for name in COLUMNS if name != "helped_later"]
    return {**dict(zip([*names, "helped_later"], row, strict=True)), _AS_OF: as_of(asking)}


def _one(definition: Definition, said: Mapping[str, Any]) -> dict[str, Any]:
    found = as_json(said)
    del found["call_id"]
    return {
        "id": definition.id,
        "version": definition.pack.version,
        "digest": definition.digest,
        "title": definition.title,
        **found,
        "means": definition.says(Category(said["category"])),
        "why": why(definition, said["rule"], said["category"]),
        "source": source_of(definition, said["rule"]),
    }
