"""A stranger's package: one file declares a metric and a definition, and everything knows them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.running import run

ROOT = Path(__file__).parents[2]

METRIC = """
from everycall.metrics.forms import share
from everycall.metrics.model import Better, Level, Metric, Unit

long_waits = Metric(
    "long_waits",
    "Long waits",
    "Of the calls that asked for a person, the share that waited two minutes or longer.",
    Unit.SHARE,
    Better.LESS,
    "waited 2 min or longer / asked for a person",
    (share(Level.CALL, "c.asked_for_person", "c.wait_ms >= 120000"),),
    null="nobody asked for a person",
)
"""
DEFINITION = (ROOT / "src/everycall/definitions/packs/cisco.toml").read_text(encoding="utf-8")
LOG = """\
1790000000|1790000000.1|sales|NONE|ENTERQUEUE||+441632960001|1
1790000130|1790000000.1|sales|Ann|CONNECT|130|1790000003.2|4
1790000190|1790000000.1|sales|Ann|COMPLETECALLER|130|60|1
1790000100|1790000100.3|sales|NONE|ENTERQUEUE||+441632960002|1
1790000140|1790000100.3|sales|NONE|ABANDON|1|1|40
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an installed package."""
    folder = tmp_path_factory.mktemp("stranger")
    words = 'from pathlib import Path\nour_words = Path(__file__).with_name("our_words.toml")\n'
    (folder / "stranger.py").write_text(METRIC + words)
    (folder / "our_words.toml").write_text(DEFINITION, encoding="utf-8")
    info = folder / "stranger-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[everycall.metrics]\nlong_waits = stranger:long_waits\n"
        "[everycall.definitions]\nour_words = stranger:our_words\n"
    )
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    (folder / "queue_log").write_text(LOG)
    assert run("import", folder / "queue_log", data=folder / "data").code == 0
    return folder / "data"


def told(package: Path, *words: object) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, PYTHONPATH=str(package))
    command = [sys.executable, *map(str, words)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_metric_is_in_the_list_and_has_a_number(package: Path, data: Path) -> None:
    listed = told(package, "-m", "everycall", "metrics", "--json").stdout.splitlines()
    assert "long_waits" in {json.loads(line)["id"] for line in listed}
    assert "Long waits" in told(package, "-m", "everycall", "metrics", "show", "long_waits").stdout
    words = ("metrics", "long_waits", "--by", "queue", "--data", data, "--json")
    found = json.loads(told(package, "-m", "everycall", *words).stdout)
    assert found["queue"] == "sales"
    assert (found["long_waits"]["numerator"], found["long_waits"]["denominator"]) == (1, 2)


def test_its_page_is_asked_for(package: Path) -> None:
    checked = told(package, "tools/write_docs.py", "--check")
    assert "metrics/long_waits.md" in checked.stdout
    assert "definitions/our_words.md" in checked.stdout


def test_the_contract_holds_it_too(package: Path) -> None:
    words = ("-m", "pytest", "-q", "-p", "no:randomly", "tests/metrics/test_contract.py")
    done = told(package, *words, "-k", "long_waits")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[0].startswith("......"), done.stdout


def test_the_definition_is_in_the_list_and_judges_calls(package: Path, data: Path) -> None:
    listed = told(package, "-m", "everycall", "definitions", "list", "--json").stdout.splitlines()
    assert "our_words" in {json.loads(line)["id"] for line in listed}
    words = ("definitions", "verdicts", "--definition", "our_words", "--data", data, "--json")
    verdicts = told(package, "-m", "everycall", *words).stdout.splitlines()
    assert [json.loads(line)["category"] for line in verdicts] == ["answered", "abandoned"]


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("metrics", "nowhere:x", "plug-in metric 'theirs' (nowhere:x): cannot be loaded"),
        ("metrics", "stranger:DEFINITION", "cannot be loaded"),
        ("metrics", "json:dumps", "plug-in metric 'theirs': is no Metric, and no list"),
        ("metrics", "stranger:long_waits", ""),
        ("definitions", "json:dumps", "plug-in definition 'theirs': is no text of a definition"),
    ],
)
def test_a_fault_of_theirs_is_told_in_one_sentence(
    package: Path, tmp_path: Path, kind: str, value: str, sentence: str
) -> None:
    info = tmp_path / "theirs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[everycall.{kind}]\ntheirs = {value}\n")
    (tmp_path / "stranger.py").write_text(METRIC)
    words = ("metrics",) if kind == "metrics" else ("definitions", "list")
    done = told(tmp_path, "-m", "everycall", *words)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == (2 if sentence else 0)
