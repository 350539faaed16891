"""The live picture as other programs read it: times as ISO 8601, unknown as null."""

from dataclasses import asdict
from typing import Any

from everycall.app.live.watched import Health
from everycall.clock import iso
from everycall.live.board import Board

_TIMES = ("as_of", "arrived_at", "since", "longest_since", "drawn_at", "sealed_at")


def board_as_json(board: Board) -> dict[str, Any]:
    """Return a board as JSON can hold it; the raw tallies are left out."""
    told: dict[str, Any] = _told({k: v for k, v in asdict(board).items() if k != "tallies"})
    for day in told["days"]:
        day["slots"] = [
            {"from": iso(at), "arrived": arrived, "answered": answered}
            for at, (arrived, answered) in sorted(day["slots"].items())
        ]
    return told


def health_as_json(health: Health) -> dict[str, Any]:
    """Return how watching goes as JSON can hold it."""
    told: dict[str, Any] = _told(asdict(health))
    return told


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: iso(v) if k in _TIMES and v is not None else _told(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_told(item) for item in value]
    return value
