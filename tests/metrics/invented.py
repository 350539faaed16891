"""Invented calls: a history in memory, made of the rows that a test is about."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.answers.measured_site import TABLES, complete
from everycall.app.history.asking import Asking
from everycall.clock import to_micros
from everycall.events.sights import Sight
from everycall.history import Engine, History
from everycall.history.store import Manifest, SourceState

DEFAULTS: dict[str, dict[str, Any]] = {
    "counted": {
        "direction": "inbound",
        "outcome": "answered",
        "confidence": "high",
        "missing": "",
        "seen_by": 1,
        "outside_only": False,
    },
    "visits": {"seq": 0, "result": "answered"},
    "attempts": {"seq": 0, "agent_kind": "person"},
    "talks": {"seq": 0, "agent_kind": "person"},
    "holds": {"seq": 0},
    "events": {"seq": 0, "resolution": 1, "source": "invented", "site": "main"},
    "episodes": {"joined": True},
}

Rows = Iterable[Mapping[str, Any]]


def at(text: str, zone: str = "UTC") -> int:
    """Return a moment in microseconds, as '2026-10-05 09:00' by the clock of a zone."""
    return to_micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def source_state(name: str, sees: tuple[str, ...], first: str, last: str) -> SourceState:
    return SourceState(
        name=name,
        sees=sees,
        fineness=1,
        channels=False,
        people=True,
        carrier=False,
        first_at=at(first),
        last_at=at(last),
    )


class Invented(Asking):
    """A history that lies in memory only."""

    def __init__(
        self,
        folder: Path,
        zone: str = "UTC",
        sees: Iterable[Sight] = Sight,
        span: tuple[str, str] = ("2026-01-01", "2026-12-31"),
        **tables: Rows,
    ) -> None:
        super().__init__(History(folder), ZoneInfo(zone))
        self.engine.close()
        self.engine = Engine()
        names = tuple(sight.value for sight in sees)
        source = source_state("invented", names, *span)
        self.manifest = Manifest(sources=(source,))
        for name, columns in TABLES.items():
            rows = [DEFAULTS.get(name, {}) | dict(row) for row in tables.get(name, ())]
            unknown = {key for row in rows for key in row} - set(columns)
            assert not unknown, f"{name} has no {unknown}"
            self.engine.load(name, columns, ([row.get(c) for c in columns] for row in rows))
        complete(self.engine)

    def _open(self) -> None:
        pass


def told_episodes(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the one need that calls of one caller are: the first call to the help that ended it."""
    ordered = sorted(rows, key=lambda row: row["arrived_at"])
    first = next(row for row in ordered if row.get("direction", "inbound") == "inbound")
    helped = next((row for row in ordered if row["answered"]), None)
    episode = {
        "episode": first["call_id"],
        "caller_key": first["caller_key"],
        "began_at": first["arrived_at"],
        "window_end": first["arrived_at"] + 86_400_000_000,
        "calls": len(rows),
        "helped_at": helped and helped["arrived_at"],
        "helped_by": helped and helped["call_id"],
        "helped_direction": helped and helped.get("direction", "inbound"),
    }
    members = [{"call_id": row["call_id"], "episode": first["call_id"]} for row in rows]
    return {"episodes": [episode], "episode_calls": members}
