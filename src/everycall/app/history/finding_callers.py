"""Which calls are of a number: a small list beside each month's calls, sorted by who called.

Without it, whoever asks for one caller reads the numbers of all calls.
"""

import tempfile
from contextlib import suppress
from pathlib import Path

import duckdb

from everycall.app.history.pooling import literal
from everycall.history import Engine, History

FILE = "callers.parquet"

NEAR = 8192
"""So many calls lie together in it: of a month's list little is read for one caller."""

_SORTED = """
COPY (
  SELECT COALESCE(caller_key, caller_raw) AS caller, call_no, arrived_at
  FROM read_parquet({calls}) WHERE NOT COALESCE(caller_key, caller_raw) IS NULL
  ORDER BY caller, call_no
) TO {to} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {near})
"""


def list_callers(engine: Engine, folder: Path) -> None:
    """Write down which calls of a month are whose."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        draft = Path(home) / FILE
        calls, to = literal(folder / "calls.parquet"), literal(draft)
        engine.run(_SORTED.format(calls=calls, to=to, near=NEAR))
        draft.replace(folder / FILE)


def list_missing(history: History) -> None:
    """Do so for months that were counted before there were such lists; what is read-only stays."""
    numbered = [one for one in history.manifest().segments if one.numbered]
    folders = [history.folder / one.folder for one in numbered]
    with suppress(OSError, duckdb.IOException), Engine() as engine:
        for folder in folders:
            if not (folder / FILE).exists():
                list_callers(engine, folder)
