"""A history opened to be measured: also one that tells of people and of no call at all."""

from zoneinfo import ZoneInfo

from everycall.app.history.asking import Asking
from everycall.app.history.pooling import reading
from everycall.app.history.stored import IDS
from everycall.calls.results import RESULTS
from everycall.events import COLUMNS
from everycall.history import Engine, History

_SPAN = {
    "call_id": "VARCHAR",
    "agent": "VARCHAR",
    "agent_kind": "VARCHAR",
    "queue": "VARCHAR",
    "leg": "VARCHAR",
    "seq": "BIGINT",
    "began_at": "BIGINT",
    "began_within": "BIGINT",
    "ended_at": "BIGINT",
    "ended_within": "BIGINT",
    "lasted_ms": "BIGINT",
    "result": "VARCHAR",
    "q850": "INTEGER",
}
_EPISODE = {
    "episode": "VARCHAR",
    "client": "VARCHAR",
    "caller_key": "VARCHAR",
    "began_at": "BIGINT",
    "last_at": "BIGINT",
    "window_end": "BIGINT",
    "calls": "BIGINT",
    "inbound_calls": "BIGINT",
    "unanswered_calls": "BIGINT",
    "helped_at": "BIGINT",
    "helped_by": "VARCHAR",
    "helped_direction": "VARCHAR",
    "first_outcome": "VARCHAR",
    "last_outcome": "VARCHAR",
    "state": "VARCHAR",
    "joined": "BOOLEAN",
}

TABLES = {
    "counted": {
        "call_id": "VARCHAR",
        **{fact.name: fact.type for fact in RESULTS},
        "missing": "VARCHAR",
        "outcome": "VARCHAR",
        "confidence": "VARCHAR",
    },
    "visits": _SPAN,
    "attempts": _SPAN,
    "talks": _SPAN,
    "holds": _SPAN,
    "episodes": _EPISODE,
    "episode_calls": {"call_id": "VARCHAR", "episode": "VARCHAR"},
    "sharing": {"caller_key": "VARCHAR"},
    "links": {"id": "VARCHAR", "call_id": "VARCHAR"},
    "events": {column.name: column.type for column in COLUMNS},
}
"""The tables of a history and their columns."""


class MeasuredSite(Asking):
    """A site's history, of which metrics are asked."""

    def __init__(self, history: History, zone: ZoneInfo | None = None) -> None:
        super().__init__(history, zone, by_number=True)

    def _open(self) -> None:
        if self.manifest.segments or not self.manifest.sources:
            super()._open()
            return
        for name, columns in TABLES.items():
            self.engine.load(name, columns, ())
        events = [self.history.folder / event.path for event in self.manifest.events]
        self.engine.run("DROP TABLE events")
        self.engine.view("events", reading(events))
        complete(self.engine)


def complete(engine: Engine) -> None:
    """Make the views that stand beside tables that are in memory."""
    engine.view("calls", "SELECT * FROM counted")
    engine.view("call_names", "SELECT call_id, call_id AS id FROM counted")
    engine.view("call_ids", IDS)
