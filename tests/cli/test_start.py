"""Starting up: what help and an import load, and how help reads."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.running import run
from everycall.cli import COMMANDS

HEAVY = ("duckdb", "rich", "sqlglot", "phonenumbers", "holidays", "django", "reportlab", "openpyxl")
"""What nobody waits for who only asks for help."""

SHOWS = """
import sys
{statement}
print(" ".join(name for name in {heavy!r} if name in sys.modules))
print(len(sys.modules))
"""


def loaded(statement: str) -> tuple[list[str], int]:
    """Return which heavy modules, and how many at all, a statement loads in a new process."""
    script = SHOWS.format(statement=statement, heavy=HEAVY)
    made = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    *_, heavy, count = made.stdout.splitlines()
    return heavy.split(), int(count)


def test_importing_the_package_loads_nothing() -> None:
    bare = loaded("pass")[1]
    heavy, count = loaded("import everycall")
    assert heavy == []
    assert count - bare <= 3


def test_help_loads_none_of_the_engines() -> None:
    helped = "import everycall.cli\ntry: everycall.cli.main(['--help'])\nexcept SystemExit: pass"
    assert loaded(helped)[0] == []


def test_the_version_is_told_without_them() -> None:
    told = "import everycall.cli\ntry: everycall.cli.main(['--version'])\nexcept SystemExit: pass"
    assert loaded(told)[0] == []


@pytest.mark.parametrize(
    "words",
    [[], *([name] for name in COMMANDS), ["sources", "guess"], ["sources", "show"]],
    ids=str,
)
def test_help_is_readable_at_80_columns(words: list[str]) -> None:
    shown = run(*words, "--help")
    assert shown.code == 0
    assert shown.out.startswith("Usage: everycall")
    assert max(map(len, shown.out.splitlines())) <= 80
    assert "Options:" in shown.out


def test_the_help_names_every_command_with_its_sentence_and_the_exit_codes() -> None:
    shown = " ".join(run("--help").out.split())
    for name, (_, sentence) in COMMANDS.items():
        assert f"{name} {sentence}" in shown
    assert "Exit codes: 0 all is well" in shown


def test_every_option_is_explained() -> None:
    for name in COMMANDS:
        for line in run(name, "--help").out.splitlines():
            if line.startswith("  --") and len(line.split()) == 1:
                continue  # its sentence stands on the next line
            assert not line.rstrip().endswith(("TEXT", "PATH", "FILE", "DIRECTORY", "INTEGER"))


def test_an_unknown_command_is_named() -> None:
    shown = run("imprt")
    assert shown.code == 2
    assert "imprt" in shown.err


def test_progress_is_shown_to_people_only(tmp_path: Path) -> None:
    path = Path(__file__).parents[1] / "sources" / "threecx" / "recording.csv"
    assert run("import", path, data=tmp_path).err == ""
