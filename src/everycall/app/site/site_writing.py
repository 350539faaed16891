"""Changing the site file from a page: what a person wrote by hand stays, comments and all."""

import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import tomlkit
from tomlkit.items import Table

from everycall.app.site.sitefile import FILE, SiteFile
from everycall.errors import BadSettingsError, Mistake
from everycall.settings import read_table

_LOCK = Lock()

Changes = Mapping[tuple[str, ...], Any]
"""What is to be set, by its place in the file: ('hours', 'week'); None takes it away."""


def file_of(data: Path, name: str = "main") -> Path:
    """Return the file that a site is set in, whether it is there or not."""
    own = data / "sites" / f"{name}.toml"
    return data / FILE if name == "main" and not own.exists() else own


def change(data: Path, name: str, changes: Changes) -> SiteFile:
    """Change settings in the site file, all or none.

    Raises:
        BadSettingsError: the file would not be right; nothing was changed.
    """
    path = file_of(data, name)
    with _LOCK:
        document = _read(path)
        for place, value in changes.items():
            _set(document, place, value)
        text = tomlkit.dumps(document)
        found = read_table(SiteFile, tomllib.loads(text), "")
        _write(path, text)
    return found


def _read(path: Path) -> tomlkit.TOMLDocument:
    if not path.exists():
        return tomlkit.document()
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise BadSettingsError([Mistake(path.name, f"this is no valid TOML: {error}")]) from None


def _set(document: tomlkit.TOMLDocument, place: tuple[str, ...], value: Any) -> None:
    table: Any = document
    for name in place[:-1]:
        if name not in table:
            if value is None:
                return
            table.add(name, tomlkit.table())
        table = table[name]
    last = place[-1]
    if value is None:
        if last in table:
            table.remove(last)
    elif isinstance(value, dict):
        table[last] = _table(value)
    else:
        table[last] = value


def _table(values: Mapping[str, Any]) -> Table:
    made = tomlkit.table()
    for name, value in values.items():
        made.add(name, _table(value) if isinstance(value, dict) else value)
    return made


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, suffix=".toml.draft", delete=False, encoding="utf-8"
    ) as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).chmod(0o644 if not path.exists() else path.stat().st_mode & 0o777)
    Path(draft.name).replace(path)
