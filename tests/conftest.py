"""What the tests of a run share, whichever worker they run in."""

import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from truth.taken import HOME

settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
"""What a property finds does not depend on how busy the machine is."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder for shared histories, before the workers start; whoever made it removes it."""
    if HOME in os.environ:
        return
    os.environ[HOME] = tempfile.mkdtemp(prefix="everycall-taken-")

    def remove() -> None:
        shutil.rmtree(os.environ.pop(HOME), ignore_errors=True)

    config.add_cleanup(remove)
