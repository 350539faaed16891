"""Where the records lie: SQLite in the data directory, or what DATABASE_URL names."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from everycall.errors import BadSettingsError, Mistake

VARIABLE = "DATABASE_URL"

_EXAMPLE = "postgresql://everycall:secret@db.example:5432/everycall"


def database(url: str, data: Path) -> dict[str, Any]:
    """Return what Django calls a database; an empty address means SQLite in the data directory.

    Raises:
        BadSettingsError: the address is none that we know; its password is not repeated.
    """
    if not url:
        return _sqlite(data / "records.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and parts.path:
        return _sqlite(Path(unquote(parts.path)))
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise BadSettingsError([Mistake(VARIABLE, f"write it as {_EXAMPLE}, or leave it out")])
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(_port(url) or ""),
        "OPTIONS": {"connect_timeout": 10, **dict(parse_qsl(parts.query))},
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            "timeout": 20,
        },
    }


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        raise BadSettingsError([Mistake(VARIABLE, f"the port is no number; {_EXAMPLE}")]) from None
