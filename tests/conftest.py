"""What the tests of a run share, whichever worker they run in."""

import os
import shutil
import tempfile

import pytest

from truth.taken import HOME


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder for shared histories, before the workers start; whoever made it removes it."""
    if HOME in os.environ:
        return
    os.environ[HOME] = tempfile.mkdtemp(prefix="everycall-taken-")

    def remove() -> None:
        shutil.rmtree(os.environ.pop(HOME), ignore_errors=True)

    config.add_cleanup(remove)
