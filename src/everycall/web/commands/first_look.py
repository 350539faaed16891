"""The first look: the sample shop goes on in a browser, and its audit comes to the terminal meanwhile.

A newcomer is to see something that moves at once. The audit takes most of a minute of a processor, so it
is begun when the server answers, as a process of its own, and printed as a whole.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import click

from everycall.cli.common import somebody_sees

PATIENCE = 120
"""Seconds for which the server may take to answer before the audit is begun all the same."""

_SOON = "The audit of the shop's two months is being made; it comes below within a minute."


@contextmanager
def audit_meanwhile(
    data: Path, address: str, wall: str, options: Sequence[str] = ()
) -> Iterator[None]:
    """Make the audit of the sample shop while a server runs, and print it when it is there.

    Args:
        data: where the sample logs are taken in.
        address: where the server is going to answer.
        wall: the address of the wallboard, which is opened where somebody can see it.
        options: what the person said of the data directory, for what they are told to try.
    """
    over, command = Event(), [*_program(), "demo", *options]
    thread = Thread(target=_look, args=(command, data, address, wall, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _look(command: list[str], data: Path, address: str, wall: str, over: Event) -> None:
    if not _answers(f"{address}/health/", over):
        return
    if somebody_sees():
        webbrowser.open(wall)
    click.echo(_SOON)
    said = _said(command, data, over)
    if said is not None:
        click.echo(f"{said}\nThe day goes on at {wall}\nStop it with Ctrl-C.")


def _answers(
    address: str, over: Event, patience: float = PATIENCE, clock: Callable[[], float] = time.time
) -> bool:
    """Wait until a server answers; False if it is over before."""
    latest = clock() + patience
    while clock() < latest and not over.is_set():
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  our own address
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            over.wait(0.2)
    return not over.is_set()


def _program() -> list[str]:
    """Return this program, called as it was called."""
    called = Path(sys.argv[0])
    return [str(called)] if called.name == "everycall" else [sys.executable, "-m", "everycall"]


def _said(command: list[str], data: Path, over: Event) -> str | None:
    """Return what a command says, or why it failed; None if it was ended before it was done."""
    with subprocess.Popen(  # noqa: S603  our own command
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "EVERYCALL_DATA": str(data), **_as_here()},
    ) as process:
        while not over.is_set():
            with suppress(subprocess.TimeoutExpired):
                out, why = process.communicate(timeout=0.2)
                return out if process.returncode == 0 else f"The audit was not made: {why.strip()}"
        process.terminate()
    return None


def _as_here() -> dict[str, str]:
    """Return what tells a program whose output is collected what the terminal is like."""
    if not sys.stdout.isatty():
        return {}
    return {"COLUMNS": str(shutil.get_terminal_size().columns), "FORCE_COLOR": "1"}
