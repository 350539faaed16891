"""A live picture of a large house on a bad day, for screens that are looked at; nothing runs behind it."""

from datetime import UTC, datetime
from typing import Any

from everycall.calls.outcomes import outcome_names
from everycall.events.sights import Sight
from everycall.live.board import AgentState
from everycall.web.stat_boxes import BOXES
from everycall.web.wording.saying import UNSEEN

LONG = "Maximiliane Hintertupfinger-Schnabelwopski"
QUEUE = "Reklamationsbearbeitung-Niederschönhausen"
NUMBER = "+494066969536"

SEND = """
window.EventSource = function () { this.addEventListener = function (n, f) { window.send = f; }; };
window.BroadcastChannel = undefined; delete window.BroadcastChannel;
"""
"""Run before a page's own scripts, it lets a test say what the server would."""


def crowd(queues: int = 30, agents: int = 200, waiting: int = 12) -> dict[str, Any]:
    """Return a picture with many of everything, every outcome, and targets that are broken."""
    now = int(datetime.now(UTC).timestamp() * 1000)
    states = [state.value for state in AgentState]
    return {
        "as_of": now,
        "version": 1,
        "today": "2026-11-22",
        "boxes": {**_values(), "longest_since": now - 755_000},
        "notes": {"lost": UNSEEN.format(thing=Sight.LOST.doc)},
        "targets": {
            "service_level": {"met": False, "limit": ">= 90 %", "name": "in time"},
            "missed_rate": {"met": True, "limit": "< 10 %", "name": "few missed"},
            "asa": {"met": False, "limit": "<= 15 s", "name": "soon"},
        },
        "waiting": [_waiting(place, now) for place in range(waiting)],
        "queues": [_queue(place, now) for place in range(queues)],
        "agents": [_agent(place, states[place % len(states)], now) for place in range(agents)],
        "help": [
            {"need": "asked", "agent": LONG, "call": "c", "queue": QUEUE, "since": now, "holds": 4}
        ],
        "outcomes": _outcomes(),
        "lines": [{"name": "PJSIP/trunk-berlin", "lost_since": now, "out_ms": 61_000}],
        "sound": [{"phone": LONG, "reports": 40, "bad": 12, "loss": 0.12, "jitter_ms": 80}],
        "drops": _drops(),
    }


def _outcomes() -> list[dict[str, Any]]:
    kinds = {"answered": "helped", "pending": "open", "unknown": "open"}
    return [
        {"outcome": name, "calls": 1200 // (1 + place), "kind": kinds.get(name, "not-helped")}
        for place, name in enumerate(outcome_names()[:18])
    ]


def _values() -> dict[str, Any]:
    known: dict[str, Any] = {"share": 1.0, "ms": 4_523_000, "count": 1284, "since": None}
    values = {box.name: known[box.unit] for box in BOXES}
    values |= {"arrived": sum(part["calls"] for part in _outcomes())}
    return values | {"lost": None, "service_level": 0.634, "missed": 1204}


def _waiting(place: int, now: int) -> dict[str, Any]:
    return {
        "id": f"w{place}",
        "caller": NUMBER if place % 3 else None,
        "queue": QUEUE if place % 2 else "sales",
        "since": now - 60_000 * place,
        "position": place + 1,
        "again": 1 + place % 4,
        "unhelped": place % 3,
        "important": place == 1,
        "yesterday": place == 0,
    }


def _queue(place: int, now: int) -> dict[str, Any]:
    return {
        "name": f"{QUEUE} {place}" if place % 3 == 0 else f"queue {place}",
        "waiting": place % 5,
        "longest_since": now - 61_000,
        "staffed": None if place % 7 == 0 else 12,
        "free": 3,
        "talking": 4,
        "answered": 1204,
        "missed": 12,
        "lost": None,
        "abandoned": 120,
        "level": 0.81,
    }


def _agent(place: int, state: str, now: int) -> dict[str, Any]:
    return {
        "name": f"{LONG} {place}" if place % 4 == 0 else f"Ann Keller {place}",
        "state": state,
        "since": now - 3_723_000,
        "with": NUMBER if state == "talking" else None,
        "queue": QUEUE,
        "reason": "Mittagspause" if state == "paused" else None,
        "no_answers": 3 if state == "free" else 0,
        "checked_every": 0 if place % 9 == 0 else 60,
        "answered": 41,
        "talk_ms": 1,
        "call": None,
    }


def _drops() -> dict[str, Any]:
    counts = {"arrived": 120, "missed": 12, "lost": None, "dropped": 3, "refused_before_ring": None}
    return {
        "trunks": [{"name": "PJSIP/trunk-berlin", **counts}],
        "phones": [{"name": LONG, "dropped": 4}],
        "hours": [{"name": f"{hour:02}", **counts} for hour in range(8, 18)],
    }
