"""What became no event: kept with file, line and reason, so that nothing vanishes."""

from collections.abc import Iterator
from typing import Any

from everycall.app.pooling import literal
from everycall.events import SkipReason
from everycall.history import Engine, History


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
