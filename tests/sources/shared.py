"""Records that nobody here wrote: never part of the repository, found by an environment variable."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("EVERYCALL_SHARED", Path(__file__).parents[3] / "shared"))


def data(name: str) -> Path:
    """Return a file of the shared data; a test that needs it is skipped where it is absent."""
    path = SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"there is no {path}; set EVERYCALL_SHARED to the folder that holds data/")
    return path


def found(pattern: str) -> list[str]:
    """Return the shared files that fit a pattern, for tests that run once for each."""
    return sorted(str(path.relative_to(SHARED / "data")) for path in SHARED.glob(f"data/{pattern}"))
