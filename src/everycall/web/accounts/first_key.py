"""The one-time key of the set-up: printed in the terminal, good until there is an owner."""

import secrets
from pathlib import Path

from everycall.web.kept_secrets import kept


def _path(data: Path) -> Path:
    return data / "setup-key"


def make(data: Path) -> str:
    """Return the key; the same one until it is used."""
    return kept(_path(data), 18)


def is_right(data: Path, key: str) -> bool:
    """Tell whether a key is the one that was printed."""
    path = _path(data)
    # as bytes: of texts that are not plain it would compare nothing
    return path.exists() and secrets.compare_digest(path.read_bytes(), key.encode(errors="replace"))


def use_up(data: Path) -> None:
    """Make the key worthless."""
    _path(data).unlink(missing_ok=True)
