"""What became no event: kept with file, line and reason, so that nothing vanishes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from everycall.app.history.pooling import literal
from everycall.app.history.staging import Staged
from everycall.events import Skip, SkipReason
from everycall.history import Engine, History
from everycall.history.journal_segments import Entry

_TYPES = {
    "file": "VARCHAR",
    "line": "BIGINT",
    "reason": "VARCHAR",
    "detail": "VARCHAR",
    "text": "VARCHAR",
    "feed": "VARCHAR",
    "received_at": "BIGINT",
}


def whole(skips: Iterable[Skip], heard: Sequence[Entry]) -> list[Skip]:
    """Return the same with the text of what was heard live and could not be read as it came."""
    return [
        replace(skip, text=entry.body.replace("\x00", ""))
        if (entry := _entry(skip, heard))
        else skip
        for skip in skips
    ]


def save_skips(engine: Engine, history: History, one: Staged, heard: Sequence[Entry]) -> str | None:
    """Write what became no event of a file; returns the folder, None where there is nothing."""
    if not one.skips:
        return None
    name, folder = history.new_folder("skipped")
    engine.load("skips", _TYPES, (_row(skip, _entry(skip, heard)) for skip in one.skips))
    columns = f"*, '{one.source.name}' AS source"
    engine.save(f"SELECT {columns} FROM skips ORDER BY line", folder / "skipped.parquet")
    return name


def _row(skip: Skip, entry: Entry | None) -> tuple[Any, ...]:
    feed, received_at = (entry.feed, entry.received_at) if entry else (None, None)
    return skip.file, skip.line, skip.reason.value, skip.detail, skip.text, feed, received_at


def _entry(skip: Skip, heard: Sequence[Entry]) -> Entry | None:
    """Return the live record that could not be read; a story of several records is none."""
    is_one = skip.reason.unreadable and 1 <= skip.line <= len(heard)
    return heard[skip.line - 1] if is_one else None


def skips(history: History, *, everything: bool) -> Iterator[dict[str, Any]]:
    """Yield what was skipped, by import, file and line; damaged lines only, unless all is asked."""
    manifest = history.manifest()
    files = [history.folder / i.skipped / "skipped.parquet" for i in manifest.imports if i.skipped]
    if not files:
        return
    damage = [reason.value for reason in SkipReason if reason.unreadable]
    listed = ", ".join(literal(file) for file in files)
    with Engine() as engine:
        where = "" if everything else "WHERE reason IN (SELECT UNNEST(?))"
        statement = (
            "SELECT file, line, reason, detail, text, source, "
            "reason IN ('no_word', 'left_out') AS readable "
            f"FROM read_parquet([{listed}]) {where} ORDER BY file, line"
        )
        yield from engine.stream(statement, [] if everything else [damage])
