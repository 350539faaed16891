"""Which way a call of queue_log went: assumed, or named by the site."""

from pathlib import Path
from typing import Any

import pytest

from truth.histories import site_of, told

LOG = """\
1700000000|1700000000.1|sales|NONE|CALLBACKSTART|491750026
1700000000|1700000000.1|sales|NONE|ENTERQUEUE||491750026|1
1700000004|1700000000.1|sales|Ann|CONNECT|4|1700000000.2|4
1700000034|1700000000.1|sales|Ann|COMPLETEAGENT|4|30|1
1700000100|1700000100.3|sales|NONE|ENTERQUEUE||491750027|1
1700000110|1700000100.3|sales|NONE|ABANDON|1|1|10
"""


def calls(folder: Path, **markers: list[str]) -> list[dict[str, Any]]:
    path = folder / "queue_log"
    path.write_text(LOG, encoding="utf-8")
    return told(folder / "data", [path], site_of(zone="UTC", markers=markers)).calls


def test_a_call_whose_direction_nobody_saw_is_taken_as_inbound_with_low_confidence(
    tmp_path: Path,
) -> None:
    for call in calls(tmp_path):
        assert (call["direction"], call["confidence"]) == ("inbound", "low")
        assert "direction" in call["missing"]


def test_a_marker_names_the_verb_of_a_returned_call(tmp_path: Path) -> None:
    returned, other = calls(tmp_path, callback=["verb:CALLBACKSTART"])
    assert (returned["direction"], returned["outcome"]) == ("callback", "reached")
    assert (other["direction"], other["confidence"]) == ("inbound", "low")


@pytest.mark.parametrize("verb", ["ENTERQUEUE", "ENTER*"])
def test_a_marker_on_a_known_verb_says_which_way_its_calls_went(verb: str, tmp_path: Path) -> None:
    site = {"callback": ["verb:CALLBACKSTART"], "inbound": [f"verb:{verb}"]}
    returned, other = calls(tmp_path, **site)
    assert returned["direction"] == "callback"
    assert (other["direction"], other["confidence"]) == ("inbound", "medium")
    assert "direction" not in other["missing"]
    assert (other["visits"][0]["exit"], other["wait_ms"]) == ("caller", 10_000)
