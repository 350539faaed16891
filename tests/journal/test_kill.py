"""kill -9 at any moment under load: nothing that was acknowledged is lost, nothing is doubled."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from everycall.history.journal import Journal

WRITER = Path(__file__).with_name("writing.py")
SENDERS = 3
TIMES = int(os.environ.get("KILLS", "12"))


def killed(folder: Path, starts: list[int], after: float) -> list[int]:
    """Let three senders write, kill them in the middle, and return how far each was told."""
    command = [sys.executable, str(WRITER), str(folder), *map(str, starts)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(after)
    writer.kill()
    told = list(starts)
    for line in [first, *writer.stdout]:
        if line.endswith("\n"):
            sender, reached = line.split()
            told[int(sender)] = max(told[int(sender)], int(reached))
    writer.wait()
    writer.stdout.close()
    return told


@pytest.mark.kill
def test_a_killed_writer_loses_nothing_that_it_acknowledged_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    chance = random.Random(4)
    starts = [0] * SENDERS
    for _ in range(TIMES):
        told = killed(tmp_path, starts, chance.uniform(0.0, 0.4))
        journal = Journal(tmp_path)
        found = Counter(entry.event_id for entry in journal.entries())
        assert set(found.values()) == {1}
        for sender, reached in enumerate(told):
            missing = {f"{sender}-{n}" for n in range(reached)} - set(found)
            assert not missing
        # each sender goes on before the end of what it was told, as one who missed the answer
        starts = [max(0, reached - 3) for reached in told]
    assert all(reached > 100 for reached in told)


@pytest.mark.kill
def test_numbers_only_rise_over_all_the_restarts(tmp_path: Path) -> None:
    starts = [0] * SENDERS
    for _ in range(3):
        starts = killed(tmp_path, starts, 0.1)
    numbers = [entry.number for entry in Journal(tmp_path).entries()]
    assert numbers == sorted(set(numbers))
