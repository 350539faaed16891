"""A history of which only some calls can be seen: a brand's, or those of a team's queues.

Whatever is asked of it, no other call is counted, listed or named, so that a report for a client
cannot say anything of another client.
"""

from zoneinfo import ZoneInfo

from everycall.app.history.asking import Asking, Filter
from everycall.history import History

_OF_CALLS = ("counted", "visits", "attempts", "talks", "holds", "episode_calls", "links")
_NAMES = "call_names"
_THERE = "SELECT 1 FROM information_schema.tables WHERE table_name = ?"
_PEOPLE = {
    "counted": "answered_agent",
    **dict.fromkeys(("visits", "attempts", "talks", "holds", "events"), "agent"),
}
"""Where the names of people stand."""


class Narrow(Asking):
    """A history as somebody may see it who may not see all of it.

    Attributes:
        staff: whether people are seen by name, and what they did beside calls.
    """

    def __init__(
        self, history: History, zone: ZoneInfo | None, wanted: Filter, *, staff: bool = True
    ) -> None:
        super().__init__(history, zone)
        self.wanted = wanted
        self.staff = staff

    @property
    def scope(self) -> str:
        """Say what is seen."""
        return f"{self.wanted!r} {'with' if self.staff else 'without'} staff"

    def _open(self) -> None:
        super()._open()
        where, values = self.wanted.where()
        engine = self.engine
        engine.run(
            f"CREATE TABLE allowed_calls AS SELECT c.call_id FROM calls AS c WHERE {where}", values
        )
        allowed = "call_id IN (SELECT call_id FROM allowed_calls)"
        for name in _OF_CALLS:
            self._narrow(name, allowed)
        self._narrow("episodes", "episode IN (SELECT episode FROM episode_calls)")
        others = "OR call_id IS NULL" if self.staff else ""
        known = "call_id IN (SELECT id FROM links)"
        self._narrow("events", f"{allowed} OR {known} {others}")

        if engine.rows(_THERE, [_NAMES]):
            self._narrow(_NAMES, allowed)

    def _narrow(self, name: str, where: str) -> None:
        self.engine.run(f"ALTER VIEW {name} RENAME TO every_{name}")
        hidden = "" if self.staff or name not in _PEOPLE else f" REPLACE (NULL AS {_PEOPLE[name]})"
        self.engine.view(name, f"SELECT *{hidden} FROM every_{name} WHERE {where}")
