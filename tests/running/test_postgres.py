"""What is promised of the records holds on PostgreSQL, too: the same tests, on a real one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SAME = (
    "test_database.py",
    "test_jobs.py",
    "test_orders.py",
    "test_promises.py",
    "test_callbacks.py",
    "test_alerts.py",
    "test_people.py",
    "test_setup.py",
    "test_api.py",
    "test_calls.py",
    "test_second_factor.py",
    "test_odd_texts.py",
    "test_poisoned_promises.py",
    "test_described.py",
    "test_texts.py",
    "test_erasing.py",
)
"""Tests of the pages that write records; by default they run on SQLite."""

pytestmark = pytest.mark.postgres


def test_the_same_tests_pass_on_postgresql(database_url: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *(f"tests/web/{name}" for name in SAME)],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
