"""Every test here wants a real Asterisk."""

import pytest

from asterisk.kit import demand


@pytest.fixture(autouse=True)
def asterisk() -> None:
    demand()
