"""The same plain line loop with a dict per call, for the same facts as everycall's.

Rings, stays and talks, every column of the table of calls that a queue_log can fill, one outcome
each, episodes; written as Parquet. Run as `same.py FILE FOLDER`; prints what it counted.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from everycall.events.callers import caller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Call = dict[str, Any]
Part = list[str]

DAY = 86_400
SHORT, HELPED, LONGEST = 5, 10, 4 * 3600


def did(call: Call, part: Part, _: int) -> None:
    call["called"] = part[5]


def entered(call: Call, part: Part, at: int) -> None:
    call["caller_raw"] = part[6]
    call["visits"].append({"queue": part[2], "began": at})


def rang(call: Call, part: Part, at: int) -> None:
    ring = int(part[5])
    attempt = {"agent": part[3], "queue": part[2], "began": at - ring / 1000, "ended": at}
    call["attempts"].append(attempt | {"ring": ring, "result": "no_answer"})


def left(call: Call, at: int, result: str, wait: int) -> None:
    for visit in call["visits"]:
        if "ended" not in visit:
            visit.update(ended=at, result=result, wait=wait)
            return


def connected(call: Call, part: Part, at: int) -> None:
    ring = int(part[7])
    attempt = {"agent": part[3], "queue": part[2], "began": at - ring, "ended": at}
    call["attempts"].append(attempt | {"ring": ring * 1000, "result": "answered", "leg": part[6]})
    left(call, at, "answered", int(part[5]))
    call["talks"].append({"agent": part[3], "queue": part[2], "began": at})


def talked(call: Call, at: int, result: str, talk: int) -> None:
    for one in call["talks"]:
        if "ended" not in one:
            one.update(ended=at, result=result, talk=talk)
            return


def caller_hung_up(call: Call, part: Part, at: int) -> None:
    talked(call, at, "caller", int(part[6]))


def agent_hung_up(call: Call, part: Part, at: int) -> None:
    talked(call, at, "agent", int(part[6]))


def handed_on(call: Call, part: Part, at: int) -> None:
    talked(call, at, "transfer", int(part[8]))
    call["transfers"] += 1
    call["handed_at"] = at


def gave_up(call: Call, part: Part, at: int) -> None:
    left(call, at, "caller", int(part[7]))


def ran_out(call: Call, part: Part, at: int) -> None:
    left(call, at, "timeout", int(part[7]))


VERBS: dict[str, Callable[[Call, Part, int], None]] = {
    "DID": did,
    "ENTERQUEUE": entered,
    "RINGNOANSWER": rang,
    "CONNECT": connected,
    "COMPLETECALLER": caller_hung_up,
    "COMPLETEAGENT": agent_hung_up,
    "BLINDTRANSFER": handed_on,
    "ABANDON": gave_up,
    "EXITWITHTIMEOUT": ran_out,
}


def read(path: str) -> tuple[dict[str, Call], int]:
    """Return every call with its parts, and the last moment of the log."""
    calls: dict[str, Call] = {}
    at = 0
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        for line in file:
            part = line.rstrip("\n").split("|")
            at = int(part[0])
            call = calls.get(part[1])
            if call is None:
                call = calls[part[1]] = {
                    "call_id": part[1],
                    "arrived_at": at,
                    "transfers": 0,
                    "visits": [],
                    "attempts": [],
                    "talks": [],
                }
            call["last_at"] = at
            do = VERBS.get(part[4])
            if do is not None:
                do(call, part, at)
    return calls, at


def judge(call: Call, now: int, known: dict[str, Any]) -> None:
    """Work out the facts of a call, and its outcome."""
    visits, talks = call["visits"], call["talks"]
    raw = call.get("caller_raw")
    if raw not in known:
        known[raw] = caller(raw)
    call["caller"], call["caller_key"] = known[raw].e164, known[raw].key
    call["first_queue"] = visits[0]["queue"] if visits else None
    call["last_queue"] = visits[-1]["queue"] if visits else None
    call["last_exit"] = visits[-1].get("result") if visits else None
    call["answered"] = bool(talks)
    call["answered_at"] = talks[0]["began"] if talks else None
    call["answered_queue"] = talks[0]["queue"] if talks else None
    call["answered_agent"] = talks[0]["agent"] if talks else None
    call["people"] = len({talk["agent"] for talk in talks})
    call["talk"] = sum(t["talk"] for t in talks) if all("talk" in t for t in talks) else None
    call["wait"] = _wait(call, visits)
    call["ring"] = next((a["ring"] for a in call["attempts"] if a["result"] == "answered"), None)
    call["short"] = not talks and call["wait"] is not None and call["wait"] < SHORT
    call["withheld"] = call["caller_key"] is None
    is_open = any("ended" not in one for one in (*visits, *talks))
    call["ended_at"], call["ended_by"] = _end(call, visits, talks, is_open=is_open)
    call["outcome"] = _outcome(call, now, is_open=is_open)


def _wait(call: Call, visits: list[Call]) -> int | None:
    if call["answered"]:
        found = (v["began"] + v["wait"] for v in visits if v.get("result") == "answered")
        return next(found, visits[0]["began"]) - visits[0]["began"]
    if not visits or any("wait" not in visit for visit in visits):
        return None
    return visits[-1]["began"] + visits[-1]["wait"] - visits[0]["began"]


def _end(
    call: Call, visits: list[Call], talks: list[Call], *, is_open: bool
) -> tuple[int | None, str | None]:
    gone = [t["ended"] for t in talks if t.get("result") in ("caller", "agent")]
    gone += [v["ended"] for v in visits if v.get("result") == "caller"]
    ended = None if is_open or not gone or max(gone) < call["last_at"] - 2 else max(gone)
    if talks and talks[-1].get("result") in ("caller", "agent"):
        return ended, talks[-1]["result"]
    return ended, "caller" if call["last_exit"] == "caller" else None


def _outcome(call: Call, now: int, *, is_open: bool) -> str:
    if is_open and call["last_at"] >= now - LONGEST:
        return "pending"
    if call["answered"]:
        handed, visits = call.get("handed_at"), call["visits"]
        asked = handed is not None and visits[-1]["began"] >= handed - 1
        spoken = handed is not None and call["talks"][-1]["began"] >= handed
        return "transfer_unanswered" if asked and not spoken else "answered"
    exits = {"caller": "caller_left_in_queue", "timeout": "timed_out"}
    return exits.get(call["last_exit"], "unknown")


def join(calls: Iterable[Call], now: int) -> list[Call]:
    """Return the episodes: a caller's calls until somebody helped, or a day went by."""
    by_caller: dict[str, list[Call]] = defaultdict(list)
    episodes = []
    for call in sorted(calls, key=lambda c: (c["arrived_at"], c["call_id"])):
        if call["caller_key"] is None:
            episodes.append(_begin(call))
        else:
            by_caller[call["caller_key"]].append(call)
    for mine in by_caller.values():
        following = pairwise(mine)
        shared = any(b["arrived_at"] < (a["ended_at"] or 0) - 2 for a, b in following)
        episodes += map(_begin, mine) if shared else _joined(mine)
    for episode in episodes:
        helped = episode["helped_at"] is not None
        is_open = episode["window_end"] >= now
        episode["state"] = "helped" if helped else "open" if is_open else "not_helped"
    return episodes


def _begin(call: Call) -> Call:
    call["episode"] = call["call_id"]
    helped = call["answered"] and (call["talk"] is None or call["talk"] >= HELPED)
    return {
        "episode": call["call_id"],
        "began_at": call["arrived_at"],
        "last_at": call["ended_at"] or call["arrived_at"],
        "window_end": call["arrived_at"] + DAY,
        "calls": 1,
        "helped_at": call["arrived_at"] if helped else None,
    }


def _joined(mine: list[Call]) -> Iterator[Call]:
    current: Call | None = None
    for call in mine:
        fresh = _begin(call)
        goes_on = current is not None and current["helped_at"] is None
        if current is None or not goes_on or call["arrived_at"] > current["window_end"]:
            if current is not None:
                yield current
            current = fresh
            continue
        call["episode"] = current["episode"]
        current["calls"] += 1
        current["window_end"] = fresh["window_end"]
        current["last_at"] = max(current["last_at"], fresh["last_at"])
        current["helped_at"] = fresh["helped_at"]
    if current is not None:
        yield current


TABLES = {
    "visits": ("queue", "began", "ended", "wait", "result"),
    "attempts": ("agent", "queue", "leg", "began", "ended", "ring", "result"),
    "talks": ("agent", "queue", "began", "ended", "talk", "result"),
}
CALLS = (
    *("call_id", "arrived_at", "ended_at", "caller", "caller_raw", "caller_key", "called"),
    *("first_queue", "last_queue", "answered_queue", "answered_agent", "answered", "answered_at"),
    *("wait", "ring", "talk", "ended_by", "people", "transfers", "last_exit", "short"),
    *("withheld", "outcome", "episode"),
)
EPISODES = ("episode", "began_at", "last_at", "window_end", "calls", "helped_at", "state")


def save(folder: Path, name: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write rows as Parquet, by way of CSV: the quickest way without a library of columns."""
    text = folder / f"{name}.csv"
    with text.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    duckdb.execute(
        f"COPY (SELECT * FROM read_csv('{text}', all_varchar = true)) "
        f"TO '{folder / name}.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
    text.unlink()


def main(path: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    found, now = read(path)
    known: dict[str, Any] = {}
    calls = list(found.values())
    for call in calls:
        judge(call, now, known)
    episodes = join(calls, now)
    save(folder, "calls", CALLS, ([call.get(c) for c in CALLS] for call in calls))
    for name, columns in TABLES.items():
        rows = ([c["call_id"], *(one.get(k) for k in columns)] for c in calls for one in c[name])
        save(folder, name, ("call_id", *columns), rows)
    save(folder, "episodes", EPISODES, ([e[k] for k in EPISODES] for e in episodes))
    counted = dict(sorted(Counter(call["outcome"] for call in calls).items()))
    sums = {
        "wait_s": sum(call["wait"] or 0 for call in calls),
        "talk_s": sum(call["talk"] or 0 for call in calls),
    }
    states = dict(sorted(Counter(e["state"] for e in episodes).items()))
    print(json.dumps({"outcomes": counted, **sums, "episodes": states}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
