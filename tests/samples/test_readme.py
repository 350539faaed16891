"""The first page cannot lie: what it links to is there, and the commands that it shows exist."""

import re
import shlex
from pathlib import Path

import pytest

from everycall.cli import COMMANDS, everycall

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/decisions/*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    broken = [to for to in links if "://" not in to and not (page.parent / to).exists()]
    assert broken == []


def test_commands_and_their_options_exist() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [line.partition("#")[0] for block in blocks for line in block.splitlines()]
    said = [shlex.split(part) for line in lines for part in line.split("&&")]
    ours = [words[1:] for words in said if words and words[0].endswith("everycall")]
    assert len(ours) >= 8
    for name, *rest in ours:
        assert name in COMMANDS
        command = everycall.get_command(None, name)  # type: ignore[arg-type]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known


def test_the_picture_is_of_the_shop_and_loads_nothing() -> None:
    picture = (ROOT / "docs" / "pictures" / "audit.svg").read_text(encoding="utf-8")
    assert "24,454" in picture
    assert "@font-face" not in picture


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/decisions/*.md")), ids=lambda p: p.stem)
def test_a_decision_says_why_what_and_what_it_costs(page: Path) -> None:
    heads = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert heads == ["Context", "Choice", "What we give up"]
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 60
