"""Captures of Asterisk 11 to 13 without timestamps: order and parties only; the name says what happened.

What is not asked: durations, which nobody could know. Two captures are limits by name: a mobile that
was answered and did not accept (its leg says ANSWER, and only the dialplan knows better), and a
call that the dialplan answered and ended without an application that could tell.
"""

from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from truth.gold import SHARED

FOLDER = SHARED / "data" / "ami_cacofonisk" / "fixtures"

A, B, C = "SIP/150010001", "SIP/150010002", "SIP/150010003"

TOLD = {
    "simple/ab_success_a_hangup": ("internal", "answered", [B]),
    "simple/ab_callgroup": ("internal", "answered", [B]),
    "simple/ab_dnd": ("internal", "busy", []),
    "queue/queue_group": ("inbound", "answered", [B]),
    "queue/queue_attn_xfer": ("inbound", "answered", [A, B]),
    "xfer_attended/xfer_abbcac": ("internal", "answered", [B, C]),
    "xfer_attended/xfer_abcbac": ("internal", "answered", [A, C]),
    "xfer_blind/xfer_blind_abacbc": ("internal", "answered", [B]),
    "xfer_blind/xfer_blind_b_no_answer": ("internal", "transfer_unanswered", [B]),
    "xfer_blind/xfer_blind_group_no_answer": ("inbound", "transfer_unanswered", [A]),
    "xfer_blonde/xfer_blonde_abacbc": ("internal", "answered", [B]),
    "xfer_blonde/xfer_blonde_reject": ("inbound", "transfer_unanswered", [A]),
    "xfer_misc/call_forwarding_to_group": ("inbound", "answered", [C]),
    "xfer_misc/star_pickup": ("internal", "answered", [C]),
    "originate/cmn-world-world-unaccepted": ("outbound", "no_answer", []),
    "originate/ctd-account-world": ("outbound", "reached", [A]),
    "originate/ctd-account-world-deny-a": ("outbound", "failed", []),
    "mobile/acceptance_group_pickup": ("inbound", "answered", ["+31150010001"]),
}
"""Of each capture the first call: its direction, its outcome and who spoke, in order."""

LIMITS = {
    "mobile/acceptance_reject": "unknown",
    "mobile/acceptance_timeout": "unknown",
    "simple/a_created_no_answer": "unknown",
}
"""Not answered, and the capture has no event that says how it ended."""


def first_call(tmp_path: Path, name: str) -> dict[str, Any]:
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip(f"there is no {path}; set EVERYCALL_SHARED to the folder that holds data/")
    history = History(tmp_path)
    Importer(history, SiteFile()).take([path])
    with Asking(history) as asking:
        return next(iter(asking.calls(Filter())))


@pytest.mark.parametrize("name", TOLD)
def test_parties_and_outcome(tmp_path: Path, name: str) -> None:
    call = first_call(tmp_path, name)
    spoke = [talk["agent"] for talk in call["talks"]]
    assert (call["direction"], call["outcome"], spoke) == TOLD[name]


@pytest.mark.parametrize("name", LIMITS)
def test_limits_by_name(tmp_path: Path, name: str) -> None:
    assert first_call(tmp_path, name)["outcome"] == LIMITS[name]


def test_durations_are_not_invented(tmp_path: Path) -> None:
    call = first_call(tmp_path, "simple/ab_success_a_hangup")
    assert (call["talk_ms"], call["wait_ms"], call["ring_ms"]) == (None, None, None)
