"""One PostgreSQL for all tests of a run that ask for it."""

from collections.abc import Iterator

import pytest

from running.cluster import postgres


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    with postgres() as url:
        yield url
