"""A phone system that goes down takes its calls along: those that were on, and no later ones."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History

AT = datetime.fromisoformat("2026-10-31T09:00:00+00:00")


def outcome(folder: Path, *, rings_at: float, down_at: float, reason: str) -> str:
    """Return the outcome of a call for a phone out of reach, which the phone system then ended."""
    told: list[tuple[float, dict[str, object]]] = [
        (0, {"kind": "call.arrived", "call_id": "early", "direction": "inbound"}),
        (1, {"kind": "call.ended", "call_id": "early", "reason": "caller"}),
        (rings_at, {"kind": "call.arrived", "call_id": "one", "direction": "inbound"}),
        (rings_at + 0.1, {"kind": "agent.rang", "call_id": "one", "agent": "Ann"}),
        (
            rings_at + 0.2,
            {"kind": "agent.stopped", "call_id": "one", "agent": "Ann", "reason": "unreachable"},
        ),
        (rings_at + 0.3, {"kind": "call.ended", "call_id": "one", "reason": "system"}),
        (down_at, {"kind": "source.gap", "reason": reason}),
    ]
    log = folder / "events.jsonl"
    lines = [
        json.dumps({"at": (AT + timedelta(seconds=at)).isoformat(), **fields})
        for at, fields in sorted(told, key=lambda one: one[0])
    ]
    log.write_text("\n".join(lines) + "\n")
    Importer(History(folder), SiteFile()).take([log])
    with Asking(History(folder)) as asking:
        return {call["call_id"]: call["outcome"] for call in asking.calls(Filter())}["one"]


@pytest.mark.parametrize("reason", ["restart", "shutdown"])
def test_a_call_that_was_on_is_ended_by_it(reason: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, rings_at=10, down_at=12, reason=reason) == "failed_waiting"


@pytest.mark.parametrize("reason", ["restart", "shutdown"])
def test_a_call_that_came_after_it_is_not(reason: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, rings_at=10, down_at=9.5, reason=reason) == "unreachable"


def test_a_call_that_came_in_its_second_came_after_it(tmp_path: Path) -> None:
    assert outcome(tmp_path, rings_at=10, down_at=10, reason="restart") == "unreachable"
