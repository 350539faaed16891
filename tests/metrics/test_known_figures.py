"""Figures that others published of real calls, asked for on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from everycall.cli import main
from sources.shared import data
from truth.histories import told

BANK = (
    "anonymous_bank_1999/01_January.txt",
    {"answered": 27_060, "hung up": 4_299, "of these queued": 3_080},
)
WEEKS = {
    "threecx/call_log/2025-11-17_CallLogLastWeek.csv": (1_896, 1_601),
    "threecx/call_log/2025-12-22_CallLogLastWeek.csv": (1_770, 1_473),
}
"""Calls that entered queue 501, and of these answered by an agent."""


def asked(
    capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str
) -> list[dict[str, Any]]:
    capsys.readouterr()
    main(["metrics", *arguments, "--data", str(folder), "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def values(row: dict[str, Any], *names: str) -> list[Any]:
    return [row[name]["value"] for name in names]


def test_the_bank_of_1999(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, known = BANK
    told(tmp_path, [data(name)])
    names = ("answered", "not_answered", "calls_made", "reached")
    (row,) = asked(capsys, tmp_path, *names)
    answered, not_answered, made, reached = values(row, *names)
    # whoever left a number was called back: those are calls that the bank made
    assert answered + reached == known["answered"]
    assert not_answered + made - reached == known["hung up"]
    queues = asked(capsys, tmp_path, "arrived", "answered", "not_answered", "--by", "queue")
    queued = sum(row["not_answered"]["value"] for row in queues)
    assert queued <= known["of these queued"] <= queued + made - reached
    assert all(
        sum(values(row, "answered", "not_answered")) == row["arrived"]["value"] for row in queues
    )


@pytest.mark.parametrize("name", WEEKS)
def test_a_week_of_a_retailer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    told(tmp_path, [data(name)])
    rows = asked(capsys, tmp_path, "arrived", "answered", "--by", "queue")
    (row,) = (row for row in rows if row["queue"].endswith("(501)"))
    assert tuple(values(row, "arrived", "answered")) == WEEKS[name]


def test_a_help_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(tmp_path, [data("pbxware/queue_log.csv")])
    names = ("arrived", "answered", "gave_up", "passed_on")
    (row,) = asked(capsys, tmp_path, *names, "--by", "queue")
    assert values(row, *names) == [108, 93, 12, 1]
    # the log is cut, so some calls stay open
    assert row["answered"]["note"] == "not counted: 2 that nobody can tell"
