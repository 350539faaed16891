"""A call in the form that pages and other programs rely on."""

from collections.abc import Iterable
from typing import Any

from everycall.clock import iso

FLAGS = ("left_on_hold", "ringing_when_left", "short", "after_hours", "withheld", "shared_number")
"""What may be true of a call beside its outcome."""


def told(row: dict[str, Any], site: str, sources: Iterable[str]) -> dict[str, Any]:
    """Return a call as it is told: moments as ISO 8601 in UTC, unknown is null.

    Args:
        row: what is known of it, with the lists of what belongs to it.
        site: the site.
        sources: the names of the sources that saw it.
    """
    ours = row["direction"] in ("outbound", "callback")
    return {
        "call_id": row["call_id"],
        "site": site,
        "client": row["client"],
        "direction": row["direction"],
        "arrived_at": iso(row["arrived_at"]),
        "ended_at": iso(row["ended_at"]),
        "caller": row["caller"] or row["caller_raw"],
        "called": row["called"],
        "trunk": row["trunk"],
        "language": row["language"],
        "first_queue": row["first_queue"],
        "answered_queue": row["answered_queue"],
        "answered_agent": row["answered_agent"],
        "answered": row["answered"],
        "answered_at": iso(row["answered_at"]),
        "wait_ms": row["wait_ms"],
        "ring_ms": row["ring_ms"],
        "talk_ms": row["talk_ms"],
        "hold_ms": row["hold_ms"],
        "ended_by": row["ended_by"],
        "outcome": row["outcome"],
        "rule": f"{'outbound' if ours else 'inbound'}.{row['outcome']}",
        "confidence": row["confidence"],
        "visits": [_visit(visit) for visit in row.get("visit_list") or ()],
        "attempts": [_attempt(attempt) for attempt in row.get("attempt_list") or ()],
        "talks": [_talk(talk) for talk in row.get("talk_list") or ()],
        "episode": row["episode"],
        "evidence": [_event(event) for event in row.get("evidence_list") or ()],
        "missing": [fact for fact in (row["missing"] or "").split(",") if fact],
        "flags": [flag for flag in FLAGS if row[flag]],
        "sources": list(sources),
        "caller_raw": row["caller_raw"],
        "q850": row["q850"],
        "sip_code": row["sip_code"],
        "menu_choice": row["menu_choice"],
        "transfers": row["transfers"],
        "people": row["people"],
        "open_at_arrival": row["open_at_arrival"],
    }


def _visit(visit: dict[str, Any]) -> dict[str, Any]:
    return {
        "queue": visit["queue"],
        "entered_at": iso(visit["began_at"]),
        "left_at": iso(visit["ended_at"]),
        "wait_ms": visit["lasted_ms"],
        "exit": visit["result"],
        "agent": visit["agent"],
    }


def _attempt(attempt: dict[str, Any]) -> dict[str, Any]:
    return {
        "agent": attempt["agent"],
        "queue": attempt["queue"],
        "rang_at": iso(attempt["began_at"]),
        "stopped_at": iso(attempt["ended_at"]),
        "ring_ms": attempt["lasted_ms"],
        "result": attempt["result"],
    }


def _talk(talk: dict[str, Any]) -> dict[str, Any]:
    return {
        "agent": talk["agent"],
        "agent_kind": talk["agent_kind"] or "person",
        "started_at": iso(talk["began_at"]),
        "ended_at": iso(talk["ended_at"]),
        "talk_ms": talk["lasted_ms"],
        "ended_by": talk["result"],
    }


def _event(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**event, "at": iso(event["at"])}.items() if value}
