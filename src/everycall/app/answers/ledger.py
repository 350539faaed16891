"""The ledger of a site: who was missed, and what became of them; it always balances."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from everycall.app.answers.defining import as_of, chosen
from everycall.app.answers.measured_tables import verdicts
from everycall.app.history.asking import Asking
from everycall.app.history.kept_tables import found_once
from everycall.app.history.pooling import literal
from everycall.app.history.stored import of_history
from everycall.app.site.sitefile import SiteFile
from everycall.clock import iso
from everycall.errors import NotFoundError, did_you_mean
from everycall.money.chance import Rate, rate
from everycall.money.ledger import KINDS, State, ledger_steps

GROUPS = ("day", "queue", "number", "client")
"""What the ledger can be cut by: the day, queue, number and client of the first missed call."""

_COLUMNS = {"day": "day", "queue": "queue", "number": "number", "client": "client"}


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of some missed callers; the four states add up to the missed needs.

    Attributes:
        key: what these have in common, in the order of the view's `by`; None where unknown.
        missed_calls: calls that were missed; `missed`: the needs behind them.
        unseen: of the lost, needs of callers who cannot be recognised if they return.
    """

    key: tuple[str | None, ...]
    missed_calls: int
    missed: int
    at_risk: int
    recovered: int
    returned: int
    lost: int
    unseen: int

    @property
    def balanced(self) -> bool:
        """Whether every missed need is in exactly one state."""
        return self.missed == self.at_risk + self.recovered + self.returned + self.lost


@dataclass(frozen=True, slots=True)
class Rates:
    """What callers and the team do after a miss, of needs that are settled and can be recognised.

    Attributes:
        returned: rang again by themselves and were helped.
        rang_again: rang again by themselves, helped or not.
        recovered: we rang them and reached them.
        dialled: we rang them at least once.
        until_returned_ms, until_recovered_ms: the median time from the miss to the help.
    """

    returned: Rate
    rang_again: Rate
    recovered: Rate
    dialled: Rate
    until_returned_ms: int | None
    until_recovered_ms: int | None


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The ledger of a period.

    Attributes:
        definition: whose words missed, lost, abandoned and dropped are, with its version.
        cannot_tell: calls of which no source says what became; they are in no state.
        kinds: what the definition calls the missed calls, and how many are so; they add up.
    """

    definition: str
    total: Balance
    rates: Rates
    cannot_tell: int
    kinds: dict[str, int]
    by: tuple[str, ...] = ()
    groups: tuple[Balance, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether the total and every group balance, and the groups add up to the total."""
        whole = sum(group.missed for group in self.groups)
        fits = not self.by or whole == self.total.missed
        return fits and all(one.balanced for one in (self.total, *self.groups))


def open_ledger(asking: Asking, site: SiteFile, definition: str | None = None) -> str:
    """Make the table `ledger` (and `missed`, `called_missed`) of the whole history; say by what reading.

    Which calls are missed is what the named definition says, else the team's own, else the default:
    the same as in every metric.

    Raises:
        NotFoundError: there is no such definition.
    """
    engine, words = asking.engine, chosen(site, definition)
    name = words.name
    short_us = int(site.limits.short_call.total_seconds() * 1_000_000)
    if _is_open(asking, name, short_us):
        return name

    def find() -> None:
        engine.view("called_missed", f"SELECT call_id, category FROM {verdicts(asking, words)}")
        engine.load("moment", {"as_of": "BIGINT"}, [(as_of(asking),)])
        for step, statement in ledger_steps(short_us):
            engine.table(step, of_history(statement))

    found_once(asking, ("missed", "needs", "ledger"), find, name, short_us, in_memory=True)
    engine.load("ledger_reading", {"name": "VARCHAR", "short_us": "BIGINT"}, [(name, short_us)])
    return name


def _is_open(asking: Asking, name: str, short_us: int) -> bool:
    """Tell whether the ledger was made by this reading already; it costs most of the time."""
    made = "SELECT 1 FROM information_schema.tables WHERE table_name = 'ledger_reading'"
    found = "SELECT name, short_us FROM ledger_reading"
    return bool(asking.rows(made)) and asking.rows(found) == [(name, short_us)]


def view_ledger(
    asking: Asking,
    definition: str,
    since: int | None = None,
    until: int | None = None,
    by: Sequence[str] = (),
    of: str = "TRUE",
) -> LedgerView:
    """Return the ledger of the needs that were first missed in a period; `open_ledger` comes first.

    `of`: a condition over `client`, for the ledger of one.

    Raises:
        NotFoundError: it cannot be cut by that.
    """
    _check(by)
    local = f"make_timestamp(missed_at) AT TIME ZONE 'UTC' AT TIME ZONE '{asking.zone}'"
    asking.engine.view(
        "period_ledger",
        f"SELECT *, CAST(CAST({local} AS DATE) AS VARCHAR) AS day FROM ledger "
        f"WHERE {within('missed_at', since, until)} AND {of}",
    )
    unknown = asking.engine.value(
        "SELECT COUNT(*) FROM counted WHERE direction = 'inbound' AND outcome = 'unknown' "
        f"AND {within('arrived_at', since, until)} AND {of}"
    )
    groups = tuple(_balances(asking, by)) if by else ()
    kinds = dict(asking.rows(KINDS))
    total = next(_balances(asking, ()))
    return LedgerView(definition, total, _rates(asking), unknown, kinds, tuple(by), groups)


def _check(by: Sequence[str]) -> None:
    for word in by:
        if word not in GROUPS:
            hint = did_you_mean(word, GROUPS) or f" (known: {', '.join(GROUPS)})"
            raise NotFoundError(f"the ledger cannot be cut by '{word}'{hint}")


def of_client(client: str | None) -> str:
    """Return the condition that something belongs to a client, or to none."""
    return "client IS NULL" if client is None else f"client = {literal(client)}"


def within(column: str, since: int | None, until: int | None) -> str:
    """Return the condition that a moment lies from one until before another."""
    parts = [f"{column} >= {since}" if since is not None else ""]
    parts.append(f"{column} < {until}" if until is not None else "")
    return " AND ".join(part for part in parts if part) or "TRUE"


_BALANCE = ", ".join(
    (
        "CAST(COALESCE(SUM(missed_calls), 0) AS BIGINT)",
        "COUNT(*)",
        *(f"COUNT(*) FILTER (WHERE state = '{state}')" for state in State),
        "COUNT(*) FILTER (WHERE state = 'lost' AND NOT joined)",
    )
)


def _balances(asking: Asking, by: Sequence[str]) -> Iterator[Balance]:
    columns = "".join(f"{_COLUMNS[word]}, " for word in by)
    grouped = f"GROUP BY {columns[:-2]} ORDER BY {columns[:-2]}" if by else ""
    for row in asking.rows(f"SELECT {columns}{_BALANCE} FROM period_ledger {grouped}"):
        yield Balance(tuple(row[: len(by)]), *row[len(by) :])


_RATES = """
SELECT COUNT(*) FILTER (WHERE state = 'returned'), COUNT(*) FILTER (WHERE rang_again),
  COUNT(*) FILTER (WHERE state = 'recovered'), COUNT(*) FILTER (WHERE dialled_back > 0), COUNT(*),
  CAST(MEDIAN(settled_at - missed_at) FILTER (WHERE state = 'returned') AS BIGINT) // 1000,
  CAST(MEDIAN(settled_at - missed_at) FILTER (WHERE state = 'recovered') AS BIGINT) // 1000
FROM period_ledger
WHERE joined AND state <> 'at_risk'
"""

_NOTE = (
    "of callers who can be recognised and whose window has closed; those who were called back first "
    "had no need to ring again"
)


def _rates(asking: Asking) -> Rates:
    returned, again, recovered, dialled, n, own_ms, our_ms = asking.rows(_RATES)[0]
    return Rates(
        rate(returned, n, _NOTE),
        rate(again, n, _NOTE),
        rate(recovered, n, _NOTE),
        rate(dialled, n, _NOTE),
        own_ms,
        our_ms,
    )


_TIMES = ("missed_at", "settled_at", "window_end")


def list_needs(asking: Asking, state: str) -> Iterator[dict[str, Any]]:
    """Yield the needs of the viewed period that are in a state, in order of the miss.

    Raises:
        NotFoundError: there is no such state.
    """
    known = [str(one) for one in State]
    if state not in known:
        hint = did_you_mean(state, known) or f" (known: {', '.join(known)})"
        raise NotFoundError(f"there is no state '{state}'{hint}")
    found = "SELECT * EXCLUDE (day) FROM period_ledger WHERE state = ? ORDER BY missed_at, need"
    for row in asking.engine.stream(found, [state]):
        yield {**row, **{name: iso(row[name]) for name in _TIMES}}
