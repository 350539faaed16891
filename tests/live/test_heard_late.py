"""Whoever begins to listen in the middle of a call knows less of it, and makes nothing else of it."""

from pathlib import Path

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from live.days import AMI, SAMPLES, lines_of

STORIES = ("s19_attended_transfer_by_phone", "s01_caller_hangs_up", "s06_no_answer_then_other")


def directions(folder: Path, lines: list[str]) -> dict[str, str]:
    log = folder.with_suffix(".jsonl")
    log.write_text("\n".join([*lines, ""]))
    Importer(History(folder), SiteFile()).take([log], AMI)
    with Asking(History(folder)) as asking:
        return {one["call_id"]: one["direction"] for one in asking.calls(Filter())}


@pytest.mark.parametrize("story", STORIES)
def test_a_call_that_came_in_never_went_out(story: str, tmp_path: Path) -> None:
    lines = lines_of(SAMPLES / "scenarios" / story / "ami.jsonl.gz")
    truth = directions(tmp_path / "whole", lines)
    assert set(truth.values()) == {"inbound"}
    (call,) = truth
    rung = ['"Newchannel"' in line and f'"Linkedid": "{call}"' in line for line in lines]
    for cut in [n for n, is_so in enumerate(rung) if is_so][1:]:
        found = directions(tmp_path / f"from{cut}", lines[cut:])
        assert "outbound" not in found.values(), f"heard from line {cut} on"
