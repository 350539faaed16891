"""The documentation cannot lie: pages are made from declarations, and these speak in sentences."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from everycall.app.answers.explaining import SAYS
from everycall.calls.facts import ENDS, FACTS
from everycall.calls.outcomes import INBOUND_RULES, OUTBOUND_RULES
from everycall.calls.results import RESULTS
from everycall.events import COLUMNS
from everycall.events.sights import Sight
from everycall.registry import load_all

ROOT = Path(__file__).parents[1]


def test_the_pages_are_up_to_date() -> None:
    command = [sys.executable, "tools/write_docs.py", "--check"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr


IMPORTS = re.compile(r"^from (everycall[\w.]*) import ([\w, ]+)$", re.MULTILINE)
NAMED = [
    (page.name, module, name.strip())
    for page in sorted((ROOT / "docs").rglob("*.md"))
    for module, names in IMPORTS.findall(page.read_text(encoding="utf-8"))
    for name in names.split(",")
]


@pytest.mark.parametrize(("page", "module", "name"), NAMED)
def test_what_an_example_imports_is_there(page: str, module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name), page


def test_everything_that_is_declared_has_its_sentence() -> None:
    for declared in (*ENDS, *FACTS, *RESULTS, *COLUMNS, *INBOUND_RULES, *OUTBOUND_RULES):
        assert declared.doc.endswith("."), declared
        assert len(declared.doc) > 10, declared


def test_every_sight_has_its_words_and_every_source_says_what_would_show_what_it_cannot_see() -> (
    None
):
    for name, source in load_all("source"):
        for sight in Sight:
            assert sight.doc
            if sight not in source.sees:
                assert source.blind.get(sight), f"{name} does not say what would show {sight}"


def test_every_kind_of_event_in_a_rule_has_its_words() -> None:
    for rule in (*INBOUND_RULES, *OUTBOUND_RULES):
        for kind in rule.evidence:
            assert kind in SAYS
