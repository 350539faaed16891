"""Who calls again today, and which callers are important."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from everycall.live.board import CallNow
from everycall.live.window import Window

_TODAY = " UNION ALL ".join(
    f"""
SELECT c.caller_key, c.call_id, c.arrived_at, c.outcome = 'pending' OR COALESCE(c.answered, FALSE)
  OR COALESCE(c.self_served, FALSE)
FROM {kept}_calls AS c INNER JOIN days AS d ON c.arrived_at >= d.from_at AND c.arrived_at < d.to_at
WHERE d.day = ? AND c.direction = 'inbound' AND c.caller_key IN (SELECT UNNEST(?))
"""
    for kept in ("hot", "cold")
)


@dataclass(slots=True)
class Repeats:
    """Looks the callers up who are on the line; what it found it looks up only once.

    Attributes:
        important: the keys of callers whom the site calls important.
    """

    window: Window
    important: Collection[str] = frozenset()
    _known: dict[str, tuple[int | None, int | None]] | None = None

    def mark(self, calls: dict[str, CallNow], today: str) -> None:
        """Say of every call how often its caller has called today, and whether they are important."""
        known = self._known or {}
        self._known = {call: found for call, found in known.items() if call in calls}
        fresh = [c for i, c in calls.items() if i not in self._known and c.direction == "inbound"]
        if fresh:
            self._look_up(fresh, today)
        for call_id, call in calls.items():
            count, unhelped = self._known.get(call_id, (None, None))
            calls[call_id] = replace(
                call,
                calls_today=count,
                unhelped_today=unhelped,
                important=call.caller in self.important,
            )

    def _look_up(self, fresh: Collection[CallNow], today: str) -> None:
        keys = sorted({call.caller for call in fresh if call.caller})
        rows = self.window.engine.rows(_TODAY, [today, keys, today, keys]) if keys else []
        for call in fresh:
            same = [row for row in rows if row[0] == call.caller]
            mine = (call.arrived_at, call.call_id)
            earlier = [row for row in same if (row[2], row[1]) < mine]
            found = (len(earlier) + 1, sum(not row[3] for row in earlier)) if same else (None, None)
            if self._known is not None:
                self._known[call.call_id] = found
