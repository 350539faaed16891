"""A stranger's phone system is one file: the one that stands in the docs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "adding-a-source.md"

LOG = """\
#tiny
2026-11-02T09:00:00;1;call;+493023125001
2026-11-02T09:00:04;1;queue;sales
2026-11-02T09:00:16;1;answer;Ann
2026-11-02T09:01:16;1;end;caller
2026-11-02T09:02:00;2;call;+493023125002
2026-11-02T09:02:03;2;queue;sales
2026-11-02T09:02:43;2;end;caller
yesterday;3;call;+493023125003
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package of the page, and a log of its phone system."""
    folder = tmp_path_factory.mktemp("tiny")
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    (folder / "tiny.py").write_text(found[1])
    info = folder / "tiny-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[everycall.sources]\ntiny = tiny:source\n")
    (folder / "calls.log").write_text(LOG)
    return folder


def told(home: Path, *words: str) -> list[dict[str, object]]:
    environment = dict(os.environ, PYTHONPATH=str(home), EVERYCALL_DATA=str(home / "data"))
    command = [sys.executable, "-m", "everycall", *words, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_source_of_the_page_reads_its_log(home: Path) -> None:
    told(home, "import", str(home / "calls.log"))
    first, second = told(home, "calls")
    assert (first["outcome"], first["answered_agent"]) == ("answered", "Ann")
    assert (first["wait_ms"], first["talk_ms"]) == (12_000, 60_000)
    assert (second["outcome"], second["wait_ms"]) == ("caller_left_in_queue", 40_000)
    (skipped,) = told(home, "skipped")
    assert (skipped["line"], skipped["reason"]) == (9, "bad_value")
    assert "tiny" in {source["name"] for source in told(home, "sources")}
