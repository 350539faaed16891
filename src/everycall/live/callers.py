"""Who called in the calls that are done with: looked up by the caller, however many there are."""

from collections import defaultdict
from collections.abc import Iterable

COLUMNS = "caller_key, direction, arrived_at, call_id, answered, self_served"
"""What has to be known of a call."""

Row = tuple[str | None, str | None, int, str, bool | None, bool | None]

Earlier = tuple[int, str, bool]
"""A call of a caller: when it came, which it was, and whether they were helped."""


class Callers:
    """The incoming calls of each caller."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[Earlier, ...]] = {}

    def add(self, rows: Iterable[Row]) -> None:
        """Learn calls, each told by the columns above."""
        for key, calls in by_caller(rows).items():
            self._of[key] = (*self._of.get(key, ()), *calls)

    def remove(self, rows: Iterable[Row]) -> None:
        """Forget calls."""
        for key, calls in by_caller(rows).items():
            gone = set(calls)
            rest = tuple(one for one in self._of.pop(key, ()) if one not in gone)
            if rest:
                self._of[key] = rest

    def of(self, key: str) -> tuple[Earlier, ...]:
        """Return the calls of a caller."""
        return self._of.get(key, ())


def by_caller(rows: Iterable[Row]) -> dict[str, list[Earlier]]:
    """Return incoming calls by their callers, as far as these are known."""
    found: dict[str, list[Earlier]] = defaultdict(list)
    for key, direction, at, call, answered, served in rows:
        if key is not None and direction == "inbound":
            found[key].append((at, call, bool(answered or served)))
    return found
