"""Starting is quick: nobody waits for help. Processor time is measured, so a busy machine is no matter."""

import os
import subprocess
import sys

import pytest

STARTS = [
    (("-m", "everycall", "--help"), 0.3),
    (("-c", "import everycall"), 0.1),
]


@pytest.mark.parametrize(("arguments", "limit"), STARTS, ids=["help", "import"])
def test_starting_takes_no_time(arguments: tuple[str, ...], limit: float) -> None:
    best = min(_seconds(arguments) for _ in range(3))
    assert best < limit


def _seconds(arguments: tuple[str, ...]) -> float:
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_utime + used.ru_stime


def test_help_loads_nothing_that_is_heavy() -> None:
    code = (
        "import sys\n"
        "from everycall.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('duckdb', 'sqlglot', 'django', 'rich', 'altair') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"
