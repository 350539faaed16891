"""A long native queue_log, made by a query: a year of calls. Run as `logs.py FILE LINES`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

LINES_A_CALL = 4.2
"""What the calls below come to, on average."""

_CALLS = """
CREATE TABLE calls AS
SELECT i, 1700000000 + (i * 360 * 86400 // {calls}) AS born,
  'q' || (HASH(i) % 20) AS queue,
  'Agent ' || (HASH(i + 1) % 400) AS answers, 'Agent ' || (HASH(i + 2) % 400) AS rings,
  CAST(HASH(i * 3) % 100 AS INTEGER) AS fate, CAST(HASH(i * 5) % 60 + 3 AS INTEGER) AS wait,
  CAST(HASH(i * 7) % 400 + 10 AS INTEGER) AS talk,
  '0' || (171000000 + HASH(i * 11) % {callers}) AS caller
FROM range({calls}) AS t(i)
"""

# moment, who of the calls, place in the call, and what stands after the time and the id
_LINES = (
    ("born", "TRUE", 0, "queue || '|NONE|DID|4930555' || (fate % 10)"),
    ("born", "TRUE", 1, "queue || '|NONE|ENTERQUEUE||' || caller || '|1'"),
    ("born + wait - 2", "fate % 4 = 0", 2, "queue || '|' || rings || '|RINGNOANSWER|15000'"),
    (
        "born + wait",
        "fate < 85",
        3,
        "queue || '|' || answers || '|CONNECT|' || wait || '|' || born || '.' || (i + 1) || '|3'",
    ),
    (
        "born + wait + talk",
        "fate < 80",
        4,
        "queue || '|' || answers || IF(fate % 2 = 0, '|COMPLETECALLER|', '|COMPLETEAGENT|') || wait || '|' || talk || '|1'",
    ),
    (
        "born + wait + talk",
        "fate BETWEEN 80 AND 84",
        4,
        "queue || '|' || answers || '|BLINDTRANSFER|5002|internal|' || wait || '|' || talk || '|1'",
    ),
    ("born + wait + talk", "fate BETWEEN 80 AND 84", 5, "'q3|NONE|ENTERQUEUE||' || caller || '|1'"),
    ("born + wait + talk + 9", "fate BETWEEN 80 AND 84", 6, "'q3|NONE|ABANDON|1|1|9'"),
    ("born + wait", "fate BETWEEN 85 AND 94", 3, "queue || '|NONE|ABANDON|1|1|' || wait"),
    ("born + wait", "fate >= 95", 3, "queue || '|NONE|EXITWITHTIMEOUT|1|1|' || wait"),
)


def write_log(path: Path, lines: int) -> None:
    """Write a queue_log of about so many lines, unless it is there."""
    if path.exists():
        return
    calls = round(lines / LINES_A_CALL)
    draft = path.with_suffix(".new")
    with duckdb.connect(config={"memory_limit": "3GB", "temp_directory": f"{path}.spill"}) as db:
        db.execute(_CALLS.format(calls=calls, callers=max(calls // 8, 1000)))
        parts = " UNION ALL ".join(
            f"SELECT {moment} AS moment, i * 10 + {place} AS place, "
            f"({moment}) || '|' || born || '.' || i || '|' || {rest} AS line "
            f"FROM calls WHERE {of}"
            for moment, of, place, rest in _LINES
        )
        db.execute(
            f"COPY (SELECT line FROM ({parts}) ORDER BY moment, place) TO '{draft}' "
            "(HEADER false, QUOTE '', DELIMITER '\x01')"
        )
    draft.replace(path)


if __name__ == "__main__":
    write_log(Path(sys.argv[1]), int(sys.argv[2]))
