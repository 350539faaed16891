"""A call that goes on is pending, also between two stages, until it ends or is too long ago."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History

AT = datetime.fromisoformat("2026-10-31T09:00:00+00:00")

STORIES = {
    "it has only arrived": ["call.arrived"],
    "it left the queue a while ago": [
        "call.arrived",
        "queue.entered",
        "queue.left",
        "menu.entered",
    ],
    "it waits": ["call.arrived", "queue.entered"],
}


def outcomes(folder: Path, *calls: tuple[str, datetime, list[str]]) -> dict[str, str]:
    told = [
        {
            "at": (began + timedelta(minutes=minutes)).isoformat(),
            "kind": kind,
            "call_id": name,
            "direction": "inbound" if kind == "call.arrived" else None,
            "queue": "sales" if kind.startswith("queue.") else None,
            "reason": "system" if kind == "queue.left" else None,
        }
        for name, began, kinds in calls
        for minutes, kind in enumerate(kinds)
    ]
    log = folder / "events.jsonl"
    log.write_text("".join(json.dumps(one) + "\n" for one in told))
    Importer(History(folder), SiteFile()).take([log])
    with Asking(History(folder)) as asking:
        return {call["call_id"]: call["outcome"] for call in asking.calls(Filter())}


@pytest.mark.parametrize("story", list(STORIES))
def test_it_is_pending_as_long_as_nothing_says_that_it_ended(story: str, tmp_path: Path) -> None:
    assert outcomes(tmp_path, ("a", AT, STORIES[story])) == {"a": "pending"}


def test_too_long_ago_it_is_unknown(tmp_path: Path) -> None:
    newer = ("b", AT + timedelta(days=3), ["call.arrived"])
    found = outcomes(tmp_path, ("a", AT, ["call.arrived"]), newer)
    assert found == {"a": "unknown", "b": "pending"}
