"""Answering questions about calls from what was counted; nothing here decides what a call was."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from everycall.app.history.filtering import Filter, Shelf, one_of
from everycall.app.history.finding_callers import FILE as CALLERS
from everycall.app.history.picking import Pick, Picker, lying
from everycall.app.history.pooling import literal, reading
from everycall.app.history.showing import NAMED, SAID, STORY, Near, shown, united
from everycall.app.history.stored import BY_ID, CALLS, IDS, NUMBERS, WHOLE
from everycall.app.history.telling import FLAGS, told
from everycall.clock import to_micros
from everycall.errors import NoCallsError, NotFoundError
from everycall.events.sights import Sight
from everycall.history import Engine, History
from everycall.history.store import Manifest

__all__ = ["Asking", "Filter", "day_bounds"]

_TIMES = ("arrived_at", "ended_at", "answered_at")
_OWN = (
    *("call_id", "client", "direction", "arrived_at", "ended_at", "caller", "caller_raw"),
    *("caller_key", "called", "trunk", "language", "first_queue", "answered_queue"),
    *("answered_agent", "answered", "answered_at", "wait_ms", "ring_ms", "talk_ms", "hold_ms"),
    *("ended_by", "outcome", "confidence", "missing", "seen_by", "q850", "sip_code"),
    *("menu_choice", "transfers", "people", "open_at_arrival"),
    *(flag for flag in FLAGS if flag != "shared_number"),
)
"""What is told of a call without what belongs to it."""

_TIMELINE = f"""
SELECT {STORY} FROM {{events}} AS e WHERE {{among}} ORDER BY e."at", e.seq
"""


class Asking:
    """A site's history, opened for reading at one instant.

    Attributes:
        by_number: calls go by number in it, wherever `call_id` stands, and so do episodes: what
            reads all calls is more than twice as quick so. `call_names` has the id of each.
        stored: the table that has everything that is known of calls; `counted` may come to hold
            only a part of it in memory.
    """

    def __init__(
        self, history: History, zone: ZoneInfo | None = None, *, by_number: bool = False
    ) -> None:
        self.history = history
        self.zone = zone or ZoneInfo("UTC")
        self.manifest: Manifest = history.manifest()
        self.by_number = by_number and self.manifest.numbered
        self.stored = "counted"
        self.engine = Engine()
        self._laid_out: str | None = None
        self._near: Near = ()

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self.engine.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    def _open(self) -> None:
        if not self.manifest.generation:
            sentence = f"nothing was imported yet for site '{self.history.site}'"
            raise NotFoundError(f"{sentence}; begin with: everycall import PATH")
        if not self.manifest.segments:
            raise NoCallsError(f"no call is in what was imported for site '{self.history.site}'")
        numbers = NUMBERS if self.by_number else {}
        for table in ("visits", "attempts", "talks", "holds", "links"):
            self._table(table, self.history.files(self.manifest, table), numbers.get(table))
        calls = self.history.files(self.manifest, "calls")
        self._table("counted", calls, numbers.get("counted"))
        self._table(
            "call_names", calls, f"{'call_no' if numbers else 'call_id'} AS call_id, call_id AS id"
        )
        for table in ("episodes", "episode_calls", "sharing"):
            self._table(table, [self.episode_folder() / f"{table}.parquet"], numbers.get(table))
        events = [self.history.folder / e.path for e in self.manifest.events]
        self.engine.view("events", reading(events))
        self.engine.view("calls", CALLS)
        self.engine.view("call_ids", IDS)

    @property
    def scope(self) -> str:
        """Say which part of the calls is seen; '' for all of them."""
        return ""

    def episode_folder(self) -> Path:
        """Return where the episodes lie."""
        return self.history.folder / (self.manifest.episodes or "")

    def _table(self, name: str, files: Sequence[Path], columns: str | None = None) -> None:
        listed = ", ".join(literal(file) for file in files)
        self.engine.view(name, f"SELECT {columns or BY_ID} FROM read_parquet([{listed}])")

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query over calls, visits, attempts, talks, holds, episodes and events."""
        return self.engine.rows(statement, values)

    def calls(
        self, wanted: Filter, *, evidence: bool = True, parts: bool = True
    ) -> Iterator[dict[str, Any]]:
        """Yield calls in order of arrival, with their evidence if asked.

        Without `parts` their visits, attempts, talks and episode are left out.
        """
        way = "DESC" if wanted.newest_first else "ASC"
        order = f"ORDER BY arrived_at {way}, call_id {way}"
        self._laid_out = None
        if wanted.limit:
            picks = self.picker.picks(wanted, int(wanted.limit))
            if not picks:
                return
            # whoever asks for one call by its id is told all that was counted of it
            self._near = self._lay_out(picks, parts=parts, whole=wanted.limit == 1 and parts)
        else:
            self._near = self._lay_out_all(wanted, order)
        if evidence:
            self._lay_out_said(one_call=wanted.limit == 1 and parts)
        query, values = shown(self._near, parts=parts, evidence=evidence)
        for row in self.engine.stream(f"SELECT * FROM ({query}) AS b {order}", values):
            yield told(row, self.history.site, self.sources_of(row["seen_by"]))

    def _lay_out_all(self, wanted: Filter, order: str) -> Near:
        where, values = wanted.where()
        limit = "" if wanted.limit is None else "LIMIT 0"
        self.engine.run(
            "CREATE OR REPLACE TABLE wanted AS SELECT c.*, c.call_id AS key FROM calls AS c "
            f"WHERE {where} {order} {limit} OFFSET {int(wanted.skip)}",
            values,
        )
        return [(Shelf(), "TRUE", [])]

    def _lay_out(self, picks: Sequence[Pick], *, parts: bool, whole: bool) -> Near:
        """Lay out a few calls that were picked; returns where their parts lie."""
        near, calls, needs = [], [], []
        given: list[Any] = []
        columns = BY_ID if whole else ", ".join(_OWN)
        for shelf, those, belong, values in lying(picks):
            near.append((shelf, belong, values))
            called = f"{columns}, c.{shelf.key} AS key"
            calls.append(f"SELECT {called} FROM {shelf.counted} AS c WHERE {those}")
            lies = f"FROM {shelf.episode_calls} AS p WHERE {belong if parts else 'FALSE'}"
            needs.append(f"SELECT p.{shelf.key} AS key, p.episode, p.{shelf.need} AS need {lies}")
            given += values
        laid_out = WHOLE.format(
            calls=f"({united(calls)})",
            episode_calls=f"({united(needs)})",
            key="key",
            episode="e.episode, e.need",
        )
        self.engine.run(
            f"CREATE OR REPLACE TABLE wanted AS {laid_out}", given * (2 if parts else 1)
        )
        return near

    def _lay_out_said(self, *, one_call: bool) -> None:
        """Lay out what was said of the wanted calls."""
        self.engine.table("named", NAMED)
        named = self.rows("SELECT id, call_id FROM named")
        columns = STORY if one_call else SAID
        among, values = one_of("e.call_id", [name for name, _ in named])
        self.engine.run(
            f"CREATE OR REPLACE TABLE said AS SELECT {columns} FROM events AS e WHERE {among}",
            values,
        )
        self._laid_out = named[0][1] if one_call and named else None

    def table_with(self, call_id: str) -> str:
        """Return a table that has a call with its need: what was told last, if it was that call."""
        return "wanted" if self._laid_out == call_id else "calls"

    def need_of(self, call_id: str) -> tuple[str, list[Any]]:
        """Return the query of the need that a call belongs to, and its values."""
        if self._laid_out == call_id:
            [(shelf, _, _)], need = self._near, self.rows("SELECT need FROM wanted")[0][0]
            return f"SELECT * FROM {shelf.episodes} AS p WHERE p.{shelf.need} = ?", [need]
        needs = "SELECT episode FROM episode_calls WHERE call_id = ?"
        return f"SELECT * FROM episodes AS p WHERE p.episode IN ({needs})", [call_id]

    def count(self, wanted: Filter) -> int:
        """Return how many calls a filter finds."""
        return self.picker.count(wanted)

    @cached_property
    def picker(self) -> Picker:
        """What finds calls here."""
        return Picker(self.rows, self._shelves())

    def _shelves(self) -> list[Shelf]:
        """Return where calls lie: month by month, or in what can be seen of them."""
        if self.by_number or self.scope:
            return [Shelf()]
        return [self._shelf(self.history.folder / one.folder) for one in self.manifest.segments]

    def _shelf(self, folder: Path) -> Shelf:
        numbered = self.manifest.numbered

        def lies(path: Path) -> str:
            return f"read_parquet({literal(path)})"

        return Shelf(
            counted=lies(folder / "calls.parquet"),
            visits=lies(folder / "visits.parquet"),
            attempts=lies(folder / "attempts.parquet"),
            talks=lies(folder / "talks.parquet"),
            episode_calls=lies(self.episode_folder() / "episode_calls.parquet"),
            episodes=lies(self.episode_folder() / "episodes.parquet"),
            callers=lies(folder / CALLERS) if (folder / CALLERS).exists() else None,
            key="call_no" if numbered else "call_id",
            need="episode_no" if numbered else "episode",
        )

    def queues(self, clients: Sequence[str] = ()) -> list[str]:
        """Return the names of all queues that a call ever entered, or a call of some brands."""
        if not clients:
            return list(self._queues)
        among, values = one_of("c.client", clients)
        named = (
            "SELECT DISTINCT v.queue FROM visits AS v JOIN counted AS c ON c.call_id = v.call_id "
            f"WHERE NOT v.queue IS NULL AND {among} ORDER BY v.queue"
        )
        return [name for (name,) in self.rows(named, values)]

    @cached_property
    def _queues(self) -> tuple[str, ...]:
        named = "SELECT DISTINCT queue FROM visits WHERE NOT queue IS NULL ORDER BY queue"
        return tuple(name for (name,) in self.rows(named))

    def save(self, wanted: Filter, path: Path) -> None:
        """Write calls to a Parquet file, times as timestamps in UTC."""
        where, values = wanted.where()
        times = ", ".join(f"make_timestamp({c}) AS {c}" for c in _TIMES)
        self.engine.run(
            "CREATE OR REPLACE TABLE wanted AS SELECT "
            f"c.* EXCLUDE (seen_by, {', '.join(_TIMES)}), {times} FROM calls AS c WHERE {where}",
            values,
        )
        self.engine.save("SELECT * FROM wanted ORDER BY arrived_at, call_id", path)

    def local(self, text: str | None) -> str | None:
        """Write a moment that was given as ISO 8601 in the site's zone, to the second."""
        if text is None:
            return None
        return f"{datetime.fromisoformat(text).astimezone(self.zone):%Y-%m-%d %H:%M:%S}"

    def call(self, name: str) -> dict[str, Any]:
        """Return one call, by its id or by any other id that it is known by.

        Raises:
            NotFoundError: there is no such call.
        """
        found = self.rows("SELECT call_id FROM links WHERE id = ?", [name])
        call_id = found[0][0] if found else name
        for call in self.calls(Filter(call_ids=(call_id,), limit=1)):
            return call
        raise NotFoundError(f"there is no call '{name}'{self._nearby(name)}")

    def _nearby(self, name: str) -> str:
        near = self.rows(
            "SELECT call_id FROM counted WHERE contains(call_id, ?) ORDER BY call_id LIMIT 3",
            [name],
        )
        return f"; did you mean {', '.join(call_id for (call_id,) in near)}?" if near else ""

    def timeline(self, call_id: str) -> list[dict[str, Any]]:
        """Return everything that was said of one call, in order."""
        if self._laid_out == call_id:
            return list(self.engine.stream(_TIMELINE.format(events="said", among="TRUE")))
        ids = [
            call_id,
            *(i for (i,) in self.rows("SELECT id FROM links WHERE call_id = ?", [call_id])),
        ]
        among, values = one_of("e.call_id", ids)
        return list(self.engine.stream(_TIMELINE.format(events="events", among=among), values))

    def sources_of(self, seen_by: int) -> list[str]:
        """Return the names of the sources that saw a call, in whatever order they were taken in."""
        return sorted(s.name for i, s in enumerate(self.manifest.sources) if seen_by >> i & 1)

    def sees(self, sight: Sight) -> bool:
        """Tell whether any source of the site can see a thing."""
        return any(sight in source.sees for source in self.manifest.sources)


def day_bounds(
    since: date | None, until: date | None, zone: ZoneInfo
) -> tuple[int | None, int | None]:
    """Return the moments at which a range of local days begins and ends, `until` included."""
    first = to_micros(datetime.combine(since, time(), zone)) if since else None
    after = until + timedelta(days=1) if until else None
    return first, to_micros(datetime.combine(after, time(), zone)) if after else None
