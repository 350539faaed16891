"""How long one metric takes by queue and quarter of an hour. Run as `metrics.py [CALLS]`."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import gettempdir

from everycall.app.answers.measured_site import TABLES, MeasuredSite
from everycall.app.answers.measuring import measure
from everycall.app.audit.preparing import prepare
from everycall.app.site.sitefile import SiteFile
from everycall.events.sights import Sight
from everycall.history import Engine, History
from everycall.history.store import EventFile, Manifest, Segment, SourceState, month_bounds
from everycall.metrics.callers import neighbours
from everycall.metrics.catalog import METRICS

CALLS = 2_500_000
MONTHS = ("2025-09", "2025-10")
"""An audit of 60 days."""

_FATE = "CAST(HASH(i * 3) % 100 AS INTEGER)"
_MADE = f"""
SELECT CAST(i AS VARCHAR) || '.' || (i % 977) AS call_id, i, {{start}} + i * {{step}} AS arrived_at,
  {_FATE} AS fate, 'q' || (HASH(i) % 20) AS queue, 'Agent ' || (HASH(i + 1) % 400) AS agent,
  CAST(HASH(i * 5) % 60 + 3 AS BIGINT) * 1000 AS wait_ms,
  CAST(HASH(i * 7) % 400 + 10 AS BIGINT) * 1000 AS talk_ms,
  '+4930' || (HASH(i * 11) % 500000) AS caller_key
FROM RANGE({{first}}, {{after}}) AS r(i)
"""
_OUTCOME = (
    "CASE WHEN fate < 80 THEN 'answered' WHEN fate < 95 THEN 'caller_left_in_queue' "
    "ELSE 'timed_out' END"
)
_FACTS: Mapping[str, str] = {
    "call_id": "call_id",
    "direction": "CASE WHEN HASH(i * 13) % 10 = 0 THEN 'outbound' ELSE 'inbound' END",
    "direction_assumed": "FALSE",
    "arrived_at": "arrived_at",
    "answered_at": "CASE WHEN fate < 80 THEN arrived_at + wait_ms * 1000 END",
    "ended_at": "arrived_at + (wait_ms + CASE WHEN fate < 80 THEN talk_ms ELSE 0 END) * 1000",
    "caller_key": "caller_key",
    "called": "'+49305550' || (i % 8)",
    "trunk": "'trunk-' || (i % 3)",
    "client": "'client-' || (HASH(i) % 5)",
    "first_queue": "queue",
    "last_queue": "queue",
    "answered_queue": "CASE WHEN fate < 80 THEN queue END",
    "answered_agent": "CASE WHEN fate < 80 THEN agent END",
    "answered": "fate < 80",
    "asked_for_person": "TRUE",
    "queued": "TRUE",
    "wait_ms": "wait_ms",
    "talk_ms": "CASE WHEN fate < 80 THEN talk_ms END",
    "open_at_arrival": "TRUE",
    "outcome": _OUTCOME,
    "confidence": "'high'",
    "missing": "''",
    "seen_by": "1",
}
_NUMBER = {"call_no": "BIGINT"}
_FACTS = _FACTS | {"call_no": "i"}
_STAY = {
    "call_no": "i",
    "call_id": "call_id",
    "queue": "queue",
    "agent": "CASE WHEN fate < 80 THEN agent END",
    "seq": "i",
    "began_at": "arrived_at",
    "ended_at": "arrived_at + wait_ms * 1000",
    "lasted_ms": "wait_ms",
    "result": "CASE WHEN fate < 80 THEN 'answered' WHEN fate < 95 THEN 'caller' ELSE 'timeout' END",
}
_RING = _STAY | {
    "agent": "agent",
    "agent_kind": "'person'",
    "result": "CASE WHEN fate < 80 THEN 'answered' ELSE 'no_answer' END",
}
_TALK = _RING | {
    "began_at": "arrived_at + wait_ms * 1000",
    "ended_at": "arrived_at + (wait_ms + talk_ms) * 1000",
    "lasted_ms": "talk_ms",
    "result": "'caller'",
}
_NEED_NUMBERS = {"episode_no": "BIGINT", "helped_by_no": "BIGINT"}
_EPISODE = {
    "episode": "call_id",
    "episode_no": "i",
    "caller_key": "caller_key",
    "began_at": "arrived_at",
    "window_end": "arrived_at + 86400000000",
    "inbound_calls": "1",
    "state": "CASE WHEN fate < 80 THEN 'helped' ELSE 'not_helped' END",
    "joined": "TRUE",
}
_PARTS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "calls": (_FACTS, "TRUE"),
    "visits": (_STAY, "TRUE"),
    "attempts": (_RING, "TRUE"),
    "talks": (_TALK, "fate < 80"),
    "holds": ({}, "FALSE"),
    "links": ({}, "FALSE"),
}


def _select(columns: Mapping[str, str], given: Mapping[str, str], when: str) -> str:
    parts = (
        f'CAST({given.get(name, "NULL")} AS {kind}) AS "{name}"' for name, kind in columns.items()
    )
    return f"SELECT {', '.join(parts)} FROM made WHERE {when}"


def make_history(data: Path, calls: int) -> None:
    """Write two months of invented calls as a history, unless it is there."""
    history = History(data)
    if history.manifest().segments:
        return
    shutil.rmtree(data, ignore_errors=True)
    first, last = month_bounds(MONTHS[0])[0], month_bounds(MONTHS[-1])[1]
    segments = []
    with history.writing(), Engine() as engine:
        for number, month in enumerate(MONTHS):
            segments.append(_segment(history, engine, month, calls // len(MONTHS), number))
        name, folder = history.new_folder("episodes")
        _whole(engine, folder, calls, first, last)
        events = _events(history, engine, first, last)
        sees = tuple(sight.value for sight in Sight)
        source = SourceState("invented", sees, 1, False, True, False, first, last)  # noqa: FBT003
        history.commit(
            Manifest(segments=tuple(segments), sources=(source,), episodes=name, events=(events,))
        )


def _segment(history: History, engine: Engine, month: str, calls: int, number: int) -> Segment:
    start, end = month_bounds(month)
    name, folder = history.new_folder("segments")
    first = number * calls
    step = (end - start) // calls
    made = _MADE.format(start=start - first * step, step=step, first=first, after=first + calls)
    engine.table("made", made)
    for table, (given, when) in _PARTS.items():
        columns = TABLES["counted" if table == "calls" else table]
        columns = columns if table == "links" else columns | _NUMBER
        order = " ORDER BY arrived_at, call_no" if table == "calls" else ""
        engine.save(_select(columns, given, when) + order, folder / f"{table}.parquet")
    return Segment(month, name, calls, numbered=True)


def _whole(engine: Engine, folder: Path, calls: int, first: int, last: int) -> None:
    step = (last - first) // calls
    engine.table("made", _MADE.format(start=first, step=step, first=0, after=calls))
    episodes = _select(TABLES["episodes"] | _NEED_NUMBERS, _EPISODE, "TRUE")
    engine.save(episodes, folder / "episodes.parquet")
    members = {"call_id": "call_id", "episode": "call_id", "call_no": "i", "episode_no": "i"}
    columns = TABLES["episode_calls"] | _NUMBER | {"episode_no": "BIGINT"}
    engine.save(_select(columns, members, "TRUE"), folder / "episode_calls.parquet")
    engine.save(_select(TABLES["sharing"], {}, "FALSE"), folder / "sharing.parquet")
    _beside(engine, folder)


def _beside(engine: Engine, folder: Path) -> None:
    """Keep what is found when calls are counted: by the same statements, of the same calls."""
    facts = {**_FACTS, "call_id": "i", "people": "CASE WHEN fate < 80 THEN 1 ELSE 0 END"}
    columns = {name: kind for name, kind in TABLES["counted"].items() if name != "call_id"}
    engine.view("calls", _select({"call_id": "BIGINT"} | columns, facts, "TRUE"))
    engine.table("sharing", _select(TABLES["sharing"], {}, "FALSE"))
    engine.save(f"{neighbours()} ORDER BY call_id", folder / "neighbours.parquet")
    people = "SELECT i AS episode, 1 AS people, 1 AS calls FROM made WHERE fate < 80"
    engine.save(people, folder / "episode_people.parquet")


def _events(history: History, engine: Engine, first: int, last: int) -> EventFile:
    name, folder = history.new_folder("events")
    given = {
        "at": "arrived_at",
        "seq": "i",
        "kind": "CASE WHEN i % 2 = 0 THEN 'agent.signed_in' ELSE 'agent.signed_out' END",
        "agent": "'Agent ' || (i // 2 % 400)",
        "source": "'invented'",
    }
    made = _MADE.format(start=first, step=(last - first) // 200_000, first=0, after=200_000)
    engine.table("made", made)
    engine.save(_select(TABLES["events"], given, "TRUE"), folder / "0.parquet")
    return EventFile(f"{name}/0.parquet", "invented", 200_000, first, last)


def main() -> None:
    """Print how long each metric takes after an import, by queue and quarter of an hour, alone."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    data = Path(gettempdir()) / f"everycall-bench-metrics-{calls}"
    make_history(data, calls)
    prepare(History(data), SiteFile())
    wanted = sys.argv[2:] or list(METRICS)
    slowest = 0.0
    for name in wanted:
        with MeasuredSite(History(data)) as asking:
            began, worked = time.perf_counter(), time.process_time()
            found = measure(asking, [name], ["queue", "15min"], settings=SiteFile())
            taken, cpu = time.perf_counter() - began, time.process_time() - worked
        slowest = max(slowest, taken)
        groups = f"{len(found.rows):,} groups"
        print(f"{taken:6.2f} s  {cpu:6.2f} s of work  {name} ({groups})", flush=True)
    print(f"{slowest:6.2f} s  the slowest of {len(wanted)}, over {calls:,} calls")


if __name__ == "__main__":
    main()
