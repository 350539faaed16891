"""The calls behind a number: what a report links to, chosen by the same words on the command line."""

from everycall.app.answers.defining import Comparison, chosen, compare, judged
from everycall.app.answers.ledger import open_ledger, view_ledger, within
from everycall.app.answers.measured_tables import make
from everycall.app.audit.remedy_words import id_of
from everycall.app.audit.remedying import remedies
from everycall.app.audit.selling import lay_out_sales
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.calls.statement import write
from everycall.definitions import Definition, load
from everycall.reports import Calls
from everycall.reports.ledger import selection

CHOSEN = "chosen_calls"
"""The table that the chosen calls come into."""

_LEDGER = {
    "missed_caller",
    "first_missed",
    "priced_caller",
    "priced_need",
    "priced",
    "ledgered",
    "bought",
}
_REMEDIES = {"remedy", "there"}
_COMPARED = {"own", "other", "step"}
_NEEDS = {"need", "need_calls"}

_PRICED = """
SELECT m.call_id,
  CASE WHEN m.counted THEN 'counted' WHEN m.closed THEN 'closed' ELSE 'short' END AS priced
FROM missed AS m
INNER JOIN needs AS n ON n.episode = m.episode
INNER JOIN period_ledger AS l ON l.need = n.need
"""

_STEPS = """
SELECT call_id, 'yes' AS own, NULL AS other,
  '{other}:-' || COALESCE(NULLIF(kept_first_reason, ''), NULLIF(reason, ''), kept_first_category)
    AS step
FROM judged_twice WHERE in_first AND NOT in_second
UNION ALL
SELECT call_id, 'no' AS own, '{other}' AS other,
  '{other}:+' || COALESCE(NULLIF(kept_first_reason, ''), NULLIF(reason, ''), kept_first_category)
    AS step
FROM judged_twice WHERE NOT in_first AND in_second
UNION ALL
SELECT call_id, 'yes' AS own, '{other}' AS other, NULL AS step
FROM judged_twice WHERE in_first AND in_second
"""


def lay_out_ledger(asking: Asking) -> None:
    """Make what money says of missed calls and their callers; `view_ledger` comes first."""
    asking.engine.view("priced_calls", _PRICED)
    lay_out_sales(asking)


def lay_out_steps(asking: Asking, found: Comparison) -> None:
    """Make the view of calls that two definitions count; `compare` comes first."""
    asking.engine.view("compared", _STEPS.format(other=found.second.id))


def lay_out_remedies(asking: Asking) -> None:
    """Make the table that says which remedy would have caught a call; `remedies` comes first."""
    kinds = asking.rows("SELECT DISTINCT cause, part FROM misses")
    columns = {"cause": "VARCHAR", "part": "VARCHAR", "remedy": "VARCHAR"}
    asking.engine.load("remedy_ids", columns, [(c, p or "", id_of(c, p)) for c, p in kinds])
    asking.engine.table(
        "remedied",
        "SELECT m.call_id, r.remedy FROM misses AS m INNER JOIN remedy_ids AS r "
        "ON r.cause = m.cause AND COALESCE(r.part, '') = COALESCE(m.part, '')",
    )


def choose(
    asking: Asking,
    site: SiteFile,
    wanted: Calls,
    since: int | None = None,
    until: int | None = None,
    definition: str | None = None,
) -> str:
    """Make the table of the calls for which everything that is wanted holds; returns its name.

    It says of each call when it came, what became of it, and how many times it is in the number: for
    a number of stays or rings, so many there were of them.

    Raises:
        NotFoundError: there is no such definition.
    """
    said = chosen(site, definition)
    make(asking, ["stays"], site, said)
    period = within("c.arrived_at", since, until)
    verdicts = write(judged(asking, said, period))
    asking.engine.view(
        "period_calls",
        "SELECT c.*, v.category, v.missed, v.abandoned, v.lost, v.dropped FROM counted AS c "
        f"INNER JOIN ({verdicts}) AS v ON v.call_id = c.call_id WHERE {period}",
    )
    asking.engine.view(
        "period_needs", f"SELECT * FROM episodes WHERE {within('began_at', since, until)}"
    )
    if wanted.keys() & (_LEDGER | _REMEDIES):
        _follow(asking, site, wanted, since, until, definition)
    if wanted.keys() & _COMPARED:
        found = compare(asking, said, _other(wanted, said), since, until)
        lay_out_steps(asking, found)
    asking.engine.table(
        CHOSEN,
        "SELECT calls.call_id, calls.arrived_at, calls.outcome, COUNT(*) AS times "
        f"{selection(str(asking.zone), wanted)} GROUP BY ALL",
    )
    return CHOSEN


def _follow(
    asking: Asking,
    site: SiteFile,
    wanted: Calls,
    since: int | None,
    until: int | None,
    definition: str | None,
) -> None:
    """Make the ledger's tables, and those of the remedies where they are asked for."""
    opened = open_ledger(asking, site, definition)
    if wanted.keys() & _REMEDIES:
        remedies(asking, site, since, until, opened=opened)
        lay_out_remedies(asking)
    view_ledger(asking, opened, since, until)
    lay_out_ledger(asking)


def _other(wanted: Calls, said: Definition) -> Definition:
    """Return the definition that the chosen one is compared with."""
    step = str(wanted.get("step", ""))
    return load(str(wanted.get("other") or step.partition(":")[0] or said.id))
