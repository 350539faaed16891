"""The page that leads through the code names every folder, and none that is gone."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = ROOT / "src" / "everycall"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def folders(within: Path) -> list[str]:
    return sorted(each.parent.name for each in within.glob("*/__init__.py"))


@pytest.mark.parametrize("name", folders(CODE) + folders(CODE / "app") + folders(CODE / "web"))
def test_every_folder_is_on_the_page(name: str) -> None:
    assert re.search(rf"^\|.*`{name}`.*\|$", PAGE, re.MULTILINE)


def test_every_file_that_it_leads_to_is_there() -> None:
    named = re.findall(r"`(\w+/[\w/]+\.py)`", PAGE)
    assert named
    assert [each for each in named if not (CODE / each).is_file()] == []
