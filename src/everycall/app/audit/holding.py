"""The calls of a report: read and judged once, asked many times."""

from everycall.app.answers.measured_tables import (
    exists,
    held,
    judged_calls,
    judged_table,
    verdict_table,
)
from everycall.app.history.asking import Asking
from everycall.app.history.kept_tables import keep
from everycall.definitions import Definition
from everycall.metrics.columns import call_columns
from everycall.metrics.levels import JUDGED

_OTHERS = (
    "answered_at",
    "answered_queue",
    "callback_reached_at",
    "caller",
    "caller_raw",
    "confidence",
    "direction_assumed",
    "ended_at",
    "last_queue",
    "menu_choice",
    "people",
    "short",
    "told_closed",
    "visits",
)
"""What the ledger, the remedies and the report ask of calls beside what metrics ask."""

STORED = "stored_calls"


def hold(asking: Asking, definition: Definition) -> str:
    """Read the calls once, with what a definition says of each; `counted` is these from now on.

    Returns the name of the table that has both.
    """
    name = held(definition)
    if exists(asking, name):
        return name
    engine = asking.engine
    columns = sorted({*call_columns(), *_OTHERS})
    calls = judged_calls(asking, definition, columns)
    if exists(asking, judged_table(definition)):
        # what was kept is read by the column, which costs less than to copy all of it
        engine.view(name, calls)
    else:
        engine.table(name, calls)
        engine.view(judged_table(definition), f"SELECT * FROM {name}")
        keep(asking, [judged_table(definition)], definition.name)
    if asking.stored != STORED:
        engine.run(f"ALTER VIEW counted RENAME TO {STORED}")
        asking.stored = STORED
    engine.view("counted", f"SELECT call_id, {', '.join(columns)} FROM {name}")
    words = f"SELECT call_id, category, reason, {', '.join(JUDGED)} FROM {name}"
    engine.view(verdict_table(definition), words)
    return name
