"""A process that is run as the units of `deploy/` run the program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

UNIT = Path(__file__).resolve().parents[2] / "deploy/systemd/everycall.service"
NAME = "GLIBC_TUNABLES"


def tunables(unit: Path = UNIT) -> str:
    """Return how the unit has memory kept.

    Raises:
        ValueError: the unit does not say it.
    """
    begins = f"Environment={NAME}="
    for line in unit.read_text(encoding="utf-8").splitlines():
        if line.startswith(begins):
            return line.removeprefix(begins)
    raise ValueError(f"{unit} sets no {NAME}")


def begin_again() -> None:
    """Begin this program again with what the unit sets, unless it is set; it counts from a start."""
    if NAME not in os.environ:
        os.environ[NAME] = tunables()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - itself


def said() -> str:
    """Say how this process is run."""
    found = os.environ.get(NAME)
    if found is None:
        return f"run without {NAME}, which the units of deploy/ set"
    whose = "as the units of deploy/ run it" if found == tunables() else "not as the units do"
    return f"run {whose}, with {NAME}={found}"
