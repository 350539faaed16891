"""The first look: a moving wallboard first, the audit below as soon as it is made."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Timer

import httpx
import pytest

from everycall.web.commands import first_look
from web.serving import environment

WALL = re.compile(r"http://\S+/wall/\S+/")


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "everycall", "demo", "--live"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(tmp_path),
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def test_the_wallboard_moves_before_the_audit_is_there(newcomer: "subprocess.Popen[str]") -> None:
    assert newcomer.stdout is not None
    lines: list[str] = []
    for line in newcomer.stdout:
        lines.append(line.rstrip())
        if "comes below" in line:
            break
    wall = WALL.search("\n".join(lines))
    assert wall is not None, lines
    assert _moves(wall[0]), "it stands still"
    for line in newcomer.stdout:
        lines.append(line.rstrip())
        if line.startswith("Stop it"):
            break
    assert any("24,454 = 24,454" in line for line in lines), lines[-12:]
    assert lines[-2].endswith(wall[0]), "the address has scrolled away, and is said again"
    os.killpg(newcomer.pid, signal.SIGINT)
    assert newcomer.stdout.read() == "", "who stops it is left in peace"
    assert newcomer.wait(30) == 0


def _moves(wall: str, seconds: float = 40) -> bool:
    """Tell whether the numbers of a wallboard change, of a day that is well under way."""
    seen: set[str] = set()
    latest = time.monotonic() + seconds
    with httpx.stream("GET", f"{wall}stream", timeout=seconds) as stream:
        for line in stream.iter_lines():
            # at first the day is not read yet
            if line.startswith("data:") and (json.loads(line[5:])["boxes"]["arrived"] or 0) > 50:
                seen.add(line)
            if len(seen) > 2 or time.monotonic() > latest:
                break
    return len(seen) > 2


def test_the_audit_is_said_as_it_is_and_a_failure_with_its_reason(tmp_path: Path) -> None:
    home = "import os; print(os.environ['EVERYCALL_DATA'])"
    assert first_look._said([sys.executable, "-c", home], tmp_path, Event()) == f"{tmp_path}\n"
    failing = [sys.executable, "-c", "import sys; sys.exit('no room')"]
    told = first_look._said(failing, tmp_path, Event())
    assert told == "The audit was not made: no room"


def test_who_stops_the_server_stops_the_audit(tmp_path: Path) -> None:
    over = Event()
    Timer(0.5, over.set).start()
    began = time.monotonic()
    long = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert first_look._said(long, tmp_path, over) is None
    assert time.monotonic() - began < 20


def test_a_server_that_never_answers_holds_the_audit_up_for_a_while_only() -> None:
    nobody = "http://127.0.0.1:9/health/"
    assert first_look._answers(nobody, Event(), patience=0.3)
    over = Event()
    over.set()
    assert not first_look._answers(nobody, over)
