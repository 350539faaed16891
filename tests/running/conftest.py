"""One PostgreSQL for all tests of a run that ask for it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from running.cluster import postgres


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def data(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A data directory, with the records in it or in a database of PostgreSQL that is new."""
    if request.param == "sqlite":
        yield tmp_path
        return
    url: str = request.getfixturevalue("database_url")
    name = f"records_{os.urandom(4).hex()}"
    made = [
        "import sys, psycopg; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])"
    ]
    subprocess.run([sys.executable, "-c", *made, url, f"CREATE DATABASE {name}"], check=True)
    monkeypatch.setitem(os.environ, "DATABASE_URL", f"{url.rpartition('/')[0]}/{name}")
    yield tmp_path
