"""Which product made a thing: its version, and the state of its code."""

import hashlib
from functools import cache
from pathlib import Path

import duckdb

import everycall


@cache
def product() -> str:
    """Return what changes whenever another version of the product is installed, or its code edited."""
    home = Path(everycall.__file__).parent
    found = sorted(path for path in home.rglob("*") if path.suffix not in ("", ".pyc"))
    times = hashlib.sha256()
    for path in found:
        times.update(f"{path.relative_to(home)} {path.stat().st_mtime_ns}\n".encode())
    return f"{everycall.__version__} {duckdb.__version__} {times.hexdigest()}"
