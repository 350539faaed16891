"""Secrets that lie in the data directory, readable by its owner alone."""

import os
import secrets
from pathlib import Path


def kept(path: Path, size: int) -> str:
    """Return a secret from its file; it is made the first time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        place = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8")
    with os.fdopen(place, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(size))
    return path.read_text(encoding="utf-8")
