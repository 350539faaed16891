"""A plain line loop with a dict per call, as the usual statistics tools do it: the usual few facts.

Run as `usual.py FILE`; prints what it counted.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from typing import Any

ENDED = {
    "COMPLETECALLER": "answered",
    "COMPLETEAGENT": "answered",
    "BLINDTRANSFER": "answered",
    "ABANDON": "abandoned",
    "EXITWITHTIMEOUT": "timed_out",
}


def calls_of(path: str) -> dict[str, dict[str, Any]]:
    """Return each call's queue, agent, waiting and talking time, and how it ended."""
    calls: dict[str, dict[str, Any]] = {}
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        for line in file:
            part = line.rstrip("\n").split("|")
            verb = part[4]
            if verb == "ENTERQUEUE":
                if part[1] not in calls:
                    calls[part[1]] = {
                        "entered": int(part[0]),
                        "queue": part[2],
                        "caller": part[6],
                        "rings": 0,
                    }
                continue
            call = calls.get(part[1])
            if call is None:
                continue
            if verb == "CONNECT":
                call["agent"] = part[3]
                call["wait"] = int(part[5])
            elif verb == "RINGNOANSWER":
                call["rings"] += 1
            elif verb in ENDED and "ended" not in call:
                call["ended"] = ENDED[verb]
                call["talk"] = int(part[-2]) if ENDED[verb] == "answered" else 0
                call.setdefault("wait", int(part[7]) if verb == "ABANDON" else 0)
    return calls


def table(calls: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Return the report that such tools make: calls by queue and end, with their average wait."""
    counted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for call in calls.values():
        cell = counted[call["queue"], call.get("ended", "open")]
        cell[0] += 1
        cell[1] += call.get("wait", 0)
    ends: dict[str, int] = defaultdict(int)
    for (_, end), (count, _) in counted.items():
        ends[end] += count
    return dict(ends)


if __name__ == "__main__":
    print(json.dumps(table(calls_of(sys.argv[1]))))
