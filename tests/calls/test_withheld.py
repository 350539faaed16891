"""A number is withheld where somebody says so, and not where nobody could see it."""

from pathlib import Path

import pytest

from truth.histories import told

ENTERED = "1772442000|1772442000.1|support|NONE|ENTERQUEUE||{caller}|1\n"
REST = (
    "1772442010|1772442000.1|support|Ann|CONNECT|10|1772442005.2|5\n"
    "1772442070|1772442000.1|support|Ann|COMPLETEAGENT|10|60|1\n"
)


def withheld(folder: Path, text: str) -> bool:
    log = folder / "queue_log"
    log.write_text(text)
    call = told(folder / "data", [log]).only
    return "withheld" in call["flags"]


@pytest.mark.parametrize("caller", ["anonymous", "unknown"])
def test_who_rang_in_without_a_number_has_withheld_it(tmp_path: Path, caller: str) -> None:
    assert withheld(tmp_path, ENTERED.format(caller=caller) + REST) is True


def test_an_extension_has_not(tmp_path: Path) -> None:
    assert withheld(tmp_path, ENTERED.format(caller="1001") + REST) is False


@pytest.mark.parametrize("begins", ["", ENTERED.format(caller="")])
def test_where_no_record_names_a_caller_nobody_knows(tmp_path: Path, begins: str) -> None:
    assert withheld(tmp_path, begins + REST) is False
