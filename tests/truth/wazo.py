"""Hand-written queue logs with the statistics that they must give, hour by hour of a local day.

They lie outside the project. A case is a table of queue_log as its database holds it, in local time.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.history import History
from truth.gold import SHARED
from truth.histories import site_of

FILE = SHARED / "data" / "wazo_queue_log" / "cases.json"
ZONE = ZoneInfo("Europe/Paris")
"""Where the phone system of the one case stands whose call ids tell the time."""

TIMES = frozenset({"Login", "Pause", "Wrapup", "Conversation"})
"""How long agents were at something: no statistic of calls."""

_HOUR = re.compile(r"(\d+)h-(\d+)h")
_NAMED = re.compile(r'on (?:agent )?"([^"]+)" on "(\d{4}-\d\d-\d\d)"')


@dataclass(frozen=True)
class Table:
    """One table that a case must give: what of whom, on which day, by hour."""

    of_agent: bool
    name: str
    day: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Visit:
    """One stay in a queue, by the local time at which it began."""

    queue: str
    agent: str | None
    began: datetime
    waited_s: float | None
    exit: str | None


@dataclass(frozen=True)
class Case:
    """A queue log and the tables that it must give."""

    name: str
    lines: tuple[dict[str, str], ...]
    tables: tuple[Table, ...]

    def of_calls(self) -> list[Table]:
        """Return the tables in which something is a statistic of calls."""
        return [table for table in self.tables if set(table.columns[1:]) - TIMES]

    def as_table(self, folder: Path) -> list[Visit]:
        """Take the log in as a table of a database in local time; return the stays in queues."""
        path = folder / "queue_log.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(self.lines[0]))
            writer.writeheader()
            writer.writerows(self.lines)
        return _visits(folder, path)

    def as_file(self, folder: Path) -> list[Visit]:
        """Take the log in as Asterisk's own file, whole seconds since 1970."""
        path = folder / "queue_log"
        lines = ("|".join((_epoch(line["time"]), *list(line.values())[1:])) for line in self.lines)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return _visits(folder, path)


def _epoch(text: str) -> str:
    return str(int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()))


def _visits(folder: Path, path: Path) -> list[Visit]:
    history = History(folder / "data")
    Importer(history, site_of(zone=str(ZONE))).take([path])
    with Asking(history) as asking:
        found = asking.rows("SELECT queue, agent, began_at, lasted_ms, result FROM visits")
    return [_visit(*row) for row in found]


def _visit(queue: str, agent: str | None, at: int, lasted: int | None, exit_: str | None) -> Visit:
    began = datetime.fromtimestamp(at / 1e6, ZONE)
    return Visit(queue, agent, began, None if lasted is None else lasted / 1000, exit_)


def cases() -> list[Case]:
    """Return every case; none where the file is not at hand."""
    if not FILE.exists():
        return []
    return [_case(one) for one in json.loads(FILE.read_text(encoding="utf-8"))]


def _case(one: dict[str, Any]) -> Case:
    lines = tuple(
        dict(zip(part["columns"], row, strict=True))
        for part in one["queue_log"]
        for row in part["rows"]
    )
    tables = tuple(_table(told, of_agent=one["feature"] == "agent") for told in one["expected"])
    return Case(one["scenario"], lines, tables)


def _table(told: dict[str, Any], *, of_agent: bool) -> Table:
    named = _NAMED.search(told["step"])
    assert named is not None
    rows = tuple(tuple(row) for row in told["rows"])
    return Table(of_agent, named[1], named[2], tuple(told["columns"]), rows)


def counted(table: Table, visits: Sequence[Visit]) -> tuple[tuple[str, ...], ...]:
    """Return the same table as the stays give it; what is no statistic of calls stays as it is."""
    mine = [visit for visit in visits if _is_of(table, visit)]
    return tuple(_row(table, row, mine) for row in table.rows)


def _is_of(table: Table, visit: Visit) -> bool:
    if f"{visit.began:%Y-%m-%d}" != table.day:
        return False
    return visit.agent == f"Agent/{table.name}" if table.of_agent else visit.queue == table.name


def _row(table: Table, row: tuple[str, ...], visits: Sequence[Visit]) -> tuple[str, ...]:
    hours = _HOUR.match(row[0])
    total = _hours_of(table)
    wanted = range(int(hours[1]), int(hours[2])) if hours else total
    here = [visit for visit in visits if visit.began.hour in wanted]
    cells = zip(table.columns[1:], row[1:], strict=True)
    return (row[0], *(told if name in TIMES else _STATISTICS[name](here) for name, told in cells))


def _hours_of(table: Table) -> range:
    found = [match for row in table.rows if (match := _HOUR.match(row[0]))]
    return range(int(found[0][1]), int(found[-1][2]))


def _exits(visits: Iterable[Visit]) -> Counter[str | None]:
    return Counter(visit.exit for visit in visits)


def _average_wait(visits: Sequence[Visit]) -> str:
    waits = [visit.waited_s for visit in visits if visit.exit == "answered" and visit.waited_s]
    return _clock(round(sum(waits) / len(waits))) if waits else ""


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else ""


def _answered_rate(visits: Sequence[Visit]) -> str:
    exits = _exits(visits)
    return _share(exits["answered"], len(visits) - exits["closing"])


def _within(visits: Sequence[Visit]) -> str:
    """Return the share of answered calls that waited no longer than three seconds."""
    answered = [visit for visit in visits if visit.exit == "answered"]
    return _share(sum(1 for visit in answered if (visit.waited_s or 0) <= 3), len(answered))


_STATISTICS: dict[str, Callable[[Sequence[Visit]], str]] = {
    "Received": lambda visits: str(len(visits)),
    "Answered": lambda visits: str(_exits(visits)["answered"]),
    "Abandoned": lambda visits: str(_exits(visits)["caller"]),
    "Closed": lambda visits: str(_exits(visits)["closing"]),
    "Saturated": lambda visits: str(_exits(visits)["full"]),
    "Blocking": lambda visits: str(_exits(visits)["unstaffed"] + _exits(visits)["empty"]),
    "Timeout": lambda visits: str(_exits(visits)["timeout"]),
    "AWT": _average_wait,
    "Answered rate": _answered_rate,
    "QoS": _within,
}
