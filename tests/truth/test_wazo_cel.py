"""Channel event logs by others, with what the call log that was made of them had to say."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from truth.comparing import moment
from truth.gold import SHARED
from truth.histories import site_of, told

FOLDER = SHARED / "data" / "wazo_cel"
INDEX = FOLDER / "index.json"
pytestmark = pytest.mark.skipif(not INDEX.exists(), reason=f"needs {INDEX} (EVERYCALL_SHARED)")

MOMENTS = {"date": "arrived_at", "date_answer": "answered_at", "date_end": "ended_at"}
WORDS = {"direction": "direction", "requested_exten": "called", "source_exten": "caller_raw"}

LIMITS = {
    ("029", "source_exten"): "of a call of ours the other side is the customer, not who dialled",
    ("035", "source_exten"): "as above",
    (
        "035",
        "date_end",
    ): "a call of ours ends when the other side is done, 0.2 s before our channel",
    ("027", "source_exten"): "the dialplan put a zero before the number after the call had arrived",
    ("027", "requested_exten"): "it came in on 's'; the number stands in a word of the dialplan",
    ("033", "requested_exten"): "placed by the phone system, so nothing was dialled",
    ("045", "direction"): "what is forwarded to a number outside went out, as channels show it",
}
"""What is told otherwise, by the number of the capture and the fact; each must still be so."""


@dataclass(frozen=True)
class Capture:
    """A log, and what was said of its call."""

    number: str
    path: Path
    expected: dict[str, str]

    @property
    def says(self) -> dict[str, str]:
        """What was said of which we have a fact of the same meaning."""
        return {k: v for k, v in self.expected.items() if k in {*MOMENTS, *WORDS} and v}


def captures() -> list[Capture]:
    """Return the captures of which something is said that can be held against a call."""
    if not INDEX.exists():
        return []
    every = [
        Capture(Path(one["file"]).name[:3], FOLDER / one["file"], dict(one["expected"]))
        for one in json.loads(INDEX.read_text(encoding="utf-8"))
    ]
    return [capture for capture in every if capture.says]


def differs(call: dict[str, Any], fact: str, expected: str) -> bool:
    if fact in WORDS:
        return bool(call[WORDS[fact]] != expected)
    found, wanted = moment(call[MOMENTS[fact]]), None if expected == "None" else moment(expected)
    if found is None or wanted is None:
        return found is not wanted
    return abs(found - wanted) > 0.1


@pytest.mark.parametrize("capture", captures(), ids=lambda capture: capture.path.stem)
def test_what_was_said_of_a_capture_is_told(capture: Capture, tmp_path: Path) -> None:
    call = told(tmp_path, [capture.path], site_of(zone="UTC")).only
    deviating = {fact for fact, said in capture.says.items() if differs(call, fact, said)}
    assert deviating == {fact for number, fact in LIMITS if number == capture.number}
    line = capture.expected.get("destination_line_identity")
    if call["answered"] and line and call["direction"] != "outbound":
        assert call["answered_agent"].lower() == line
