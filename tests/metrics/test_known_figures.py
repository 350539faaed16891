"""Figures that others published of real calls, asked for on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from everycall.app.site.sitefile import SiteFile
from everycall.cli import main
from sources.shared import data
from truth.histories import told
from truth.taken import copied

BANK = {
    "01_January": {"answered": 27_060, "hung up": 4_299, "of these queued": 3_080},
    "02_February": {"answered": 27_162, "hung up": 5_904, "of these queued": 3_932},
    "03_March": {"answered": 27_847, "hung up": 10_547, "of these queued": 8_581},
}
WEEKS = {
    "2025-11-17": (1_896, 1_601, 0),
    "2025-11-24": (2_157, 1_763, 2),
    "2025-12-01": (2_050, 1_629, 4),
    "2025-12-08": (1_886, 1_566, 9),
    "2025-12-15": (1_818, 1_544, 2),
    "2025-12-22": (1_770, 1_473, 1),
}
"""Calls that entered queue 501, of these answered by a person, and those answered in queue 502."""


def asked(
    capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str
) -> list[dict[str, Any]]:
    capsys.readouterr()
    main(["metrics", *arguments, "--data", str(folder), "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def values(row: dict[str, Any], *names: str) -> list[Any]:
    return [row[name]["value"] for name in names]


@pytest.mark.parametrize("month", BANK)
def test_the_bank_of_1999(tmp_path: Path, capsys: pytest.CaptureFixture[str], month: str) -> None:
    known = BANK[month]
    copied(tmp_path, [data(f"anonymous_bank_1999/{month}.txt")], SiteFile())
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


@pytest.mark.parametrize("week", WEEKS)
def test_a_week_of_a_retailer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], week: str
) -> None:
    told(tmp_path, [data(f"threecx/call_log/{week}_CallLogLastWeek.csv")])
    entered, answered, elsewhere = WEEKS[week]
    rows = asked(capsys, tmp_path, "arrived", "answered", "--by", "queue")
    (row,) = (row for row in rows if row["queue"] and row["queue"].endswith("(501)"))
    assert tuple(values(row, "arrived", "answered")) == (entered, answered)
    # without asking by queue, calls that another queue answered are there too
    (whole,) = asked(capsys, tmp_path, "answered")
    assert values(whole, "answered") == [answered + elsewhere]
    main(["definitions", "verdicts", "--definition", "xon", "--data", str(tmp_path), "--json"])
    verdicts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    said = sum(verdict["category"] == "answered" for verdict in verdicts)
    assert said == answered + elsewhere


def test_a_help_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(tmp_path, [data("pbxware/queue_log.csv")])
    names = ("arrived", "answered", "gave_up", "passed_on")
    (row,) = asked(capsys, tmp_path, *names, "--by", "queue")
    assert values(row, *names) == [108, 93, 12, 1]
    # the log is cut, so some calls stay open
    assert row["answered"]["note"] == "not counted: 2 that nobody can tell"
