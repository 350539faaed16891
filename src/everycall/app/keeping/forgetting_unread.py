"""Forgetting, after a time, what could not be read: how many there were stays."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from everycall.app.history.pooling import literal
from everycall.history import Engine, History
from everycall.history.store import Imported


def old_unread(history: History, before: datetime) -> int:
    """Return how many records and lines that became no event were kept before a moment."""
    files = [
        history.folder / one.skipped / "skipped.parquet"
        for one in _old(history, before)
        if one.skipped
    ]
    if not files:
        return 0
    listed = ", ".join(literal(Path(file)) for file in files)
    with Engine() as engine:
        count: int = engine.value(f"SELECT COUNT(*) FROM read_parquet([{listed}])")
    return count


def forget_unread(history: History, before: datetime) -> int:
    """Delete them; returns how many.

    Raises:
        BusyError: another process writes to the history at this moment.
    """
    with history.writing():
        count, manifest = old_unread(history, before), history.manifest()
        gone = {one.number for one in _old(history, before)}
        if gone:
            imports = tuple(
                replace(one, skipped=None) if one.number in gone else one
                for one in manifest.imports
            )
            history.commit(replace(manifest, imports=imports), forget=True)
    return count


def _old(history: History, before: datetime) -> Sequence[Imported]:
    imports = history.manifest().imports
    return [one for one in imports if one.skipped and datetime.fromisoformat(one.at) < before]
