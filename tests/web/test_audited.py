"""The list of what is asked for security is whole, and every test that it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PATHS = sorted((ROOT / "tests").rglob("test_*.py"))
FILES = {path.name for path in PATHS}
FUNCTIONS = {
    name
    for path in PATHS
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}

ASKED = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
"""How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they are its first ones."""

ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if re.match(r"\| \d", line)]


def numbers(cell: str) -> list[str]:
    return re.findall(r"\d+\.\d+\.\d+", cell)


def test_every_requirement_has_its_row_and_no_other_has() -> None:
    asked = [f"{section}.{n}" for section, many in ASKED.items() for n in range(1, many + 1)]
    told = [number for row in ROWS for number in numbers(row[0])]
    assert sorted(told) == sorted(asked)
    assert len(asked) > 250


def test_every_test_that_is_named_is_there() -> None:
    files = set(re.findall(r"`(test_\w+\.py)`", PAGE))
    functions = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(files) > 20
    assert len(functions) > 50
    assert files - FILES == set()
    assert functions - FUNCTIONS == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip())
def test_a_row_names_a_test_or_says_why_not(row: list[str]) -> None:
    _, _, here, shown = row
    if "`test_" not in shown:
        assert here.strip(), "it says neither what is here nor why not"
