"""The callers behind a client's figures: counted from the ledger, by state, wish and acquaintance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from everycall.app.answers.ledger import of_client, within
from everycall.app.history.asking import Asking
from everycall.app.history.kept_tables import found_once
from everycall.app.site.sitefile import SiteFile
from everycall.app.site.tagging import make_tags
from everycall.clock import from_micros
from everycall.errors import NotFoundError
from everycall.events.callers import caller
from everycall.money.estimates import Callers, Unreached
from everycall.money.inputs import MoneySettings
from everycall.money.ledger import State


@dataclass(frozen=True, slots=True)
class Period:
    """The days that are asked about, by their moments and by name."""

    since: int | None
    until: int | None
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Step:
    """One step from all missed calls to the callers who were never helped.

    Attributes:
        unit: 'calls' or 'callers'. `minus`: it is taken off, else it is what is left.
        unseen: of these, callers without a number of their own.
    """

    id: str
    doc: str
    count: int
    unit: str
    minus: bool = False
    unseen: int = 0


def period_of(asking: Asking, since: int | None, until: int | None) -> Period:
    """Return the days that are asked about, or that the data covers."""
    first, last = asking.rows("SELECT MIN(arrived_at), MAX(arrived_at) FROM counted")[0]
    begin, end = (first if since is None else since), (last if until is None else until - 1)
    begins, ends = (from_micros(at).astimezone(asking.zone).date() for at in (begin, end))
    return Period(since, until, begins, max(begins, ends))


_COUNTED = """
SELECT l.*, w.wish, CASE WHEN l.joined THEN CASE WHEN k.known_since < l.missed_at
  OR u.caller_key IS NOT NULL THEN 'known' ELSE 'new' END ELSE 'not told' END AS acquaintance
FROM ledger AS l
LEFT JOIN wishes AS w ON w.need = l.need
LEFT JOIN acquaintances AS k ON k.caller_key = l.caller_key AND k.client = COALESCE(l.client, '')
LEFT JOIN customers AS u ON u.caller_key = l.caller_key
WHERE {within} AND l.{of}
"""

_ACQUAINTANCES = """
SELECT c.caller_key, COALESCE(c.client, '') AS client, MIN(c.arrived_at) AS known_since
FROM counted AS c
INNER JOIN (SELECT DISTINCT caller_key FROM ledger) AS l ON l.caller_key = c.caller_key
WHERE c.answered AND c.direction <> 'internal'
GROUP BY 1, 2
"""

_WISHES = """
SELECT need, CASE WHEN BOOL_OR(hit) THEN 'enquiry' WHEN BOOL_OR(said) THEN 'other' END AS wish
FROM (
  SELECT n.need,
    COALESCE(t.tag IN (SELECT UNNEST(?)), FALSE) OR COALESCE(c.menu_choice IN (SELECT UNNEST(?)), FALSE)
      OR COALESCE(c.last_queue IN (SELECT UNNEST(?)), FALSE) AS hit,
    (? AND NOT t.tag IS NULL) OR (? AND NOT c.menu_choice IS NULL) OR (? AND NOT c.last_queue IS NULL)
      AS said
  FROM needs AS n
  INNER JOIN episode_calls AS x ON x.episode = n.episode
  INNER JOIN counted AS c ON c.call_id = x.call_id
  LEFT JOIN tags AS t ON t.call_id = c.call_id
  WHERE c.{of}
) AS words
GROUP BY need
"""

_NO_WISHES = "SELECT CAST(NULL AS VARCHAR) AS need, CAST(NULL AS VARCHAR) AS wish WHERE FALSE"


def take_all(asking: Asking, site: SiteFile, reading: str) -> None:
    """Make what is the same for all clients: the tags of calls, and since when callers are known.

    `reading` is what `open_ledger` returned.
    """
    make_tags(asking, site.tags)
    asking.engine.table("tags", "SELECT DISTINCT call_id, tag FROM call_tags")
    found_once(
        asking,
        ["acquaintances"],
        lambda: asking.engine.table("acquaintances", _ACQUAINTANCES),
        reading,
        site.limits.short_call,
        in_memory=True,
    )


def take(
    asking: Asking,
    site: SiteFile,
    period: Period,
    client: str | None,
    inputs: MoneySettings,
    folder: Path,
) -> None:
    """Make the tables that a client's figures are counted from."""
    engine = asking.engine
    words = (inputs.enquiry.tags, inputs.enquiry.keys, inputs.enquiry.queues)
    values = [*map(list, words), *map(bool, words)]
    wishes = _WISHES.format(of=of_client(client)) if any(words) else _NO_WISHES
    engine.run(f"CREATE OR REPLACE TABLE wishes AS {wishes}", values if any(words) else [])
    engine.load("customers", {"caller_key": "VARCHAR"}, _customers(site, inputs, folder))
    whole = within("l.missed_at", period.since, period.until)
    engine.table("priced_all", _COUNTED.format(within=whole, of=of_client(client)))
    engine.view("priced", "SELECT * FROM priced_all WHERE counted_calls > 0")


def _customers(site: SiteFile, inputs: MoneySettings, folder: Path) -> Iterator[tuple[str]]:
    if inputs.customers is None:
        return
    path = folder / inputs.customers
    if not path.exists():
        raise NotFoundError(f"there is no file of customers '{path}'")
    for line in path.read_text(encoding="utf-8").splitlines():
        key = caller(line.strip(), site.region, site.internal).key
        if key is not None:
            yield (key,)


Counts = Mapping[tuple[str, str | None, str, bool], tuple[int, int]]
"""Needs and missed calls, by state, wish, acquaintance and whether the caller is recognised."""


def counts_of(asking: Asking) -> Counts:
    """Return how many needs and missed calls there are of each sort."""
    rows = asking.rows(
        "SELECT state, wish, acquaintance, joined, COUNT(*), CAST(SUM(counted_calls) AS BIGINT) "
        "FROM priced GROUP BY ALL"
    )
    return {(state, wish, who, joined): (n, calls) for state, wish, who, joined, n, calls in rows}


def unreached(counts: Counts, state: str, who: str | None = None) -> Unreached:
    """Return the callers in a state, and perhaps of one acquaintance, by what they wanted."""
    parts = (_callers(counts, state, wish, who) for wish in ("enquiry", None, "other"))
    return Unreached(*parts)


def _callers(counts: Counts, state: str, wish: str | None, who: str | None = None) -> Callers:
    """Return how many callers are in a state; those without a number are a range."""
    chosen = {
        key: needs
        for key, (needs, _) in counts.items()
        if key[:2] == (state, wish) and who in (None, key[2])
    }
    seen = sum(n for key, n in chosen.items() if key[3])
    unseen = sum(n for key, n in chosen.items() if not key[3])
    if not unseen:
        return Callers(seen, seen, seen)
    low = seen + 1
    return Callers(low, max(low, seen + unseen * _alike(counts, state)), seen + unseen)


def _alike(counts: Counts, state: str) -> float:
    """Return how many callers in a state stand behind a missed call, of those recognised."""
    seen = [(key, value) for key, value in counts.items() if key[3]]
    calls = sum(calls for _, (_, calls) in seen)
    needs = sum(needs for key, (needs, _) in seen if key[0] == state)
    return needs / calls if calls else 1.0


def missed_calls(asking: Asking) -> int:
    """Return how many calls of the period's needs were missed, at any hour."""
    return int(
        asking.rows("SELECT CAST(COALESCE(SUM(missed_calls), 0) AS BIGINT) FROM priced_all")[0][0]
    )


_STEPS = """
SELECT CAST(COALESCE(SUM(missed_calls), 0) AS BIGINT),
  CAST(COALESCE(SUM(closed_calls), 0) AS BIGINT),
  CAST(COALESCE(SUM(missed_calls - counted_calls - closed_calls), 0) AS BIGINT),
  CAST(COALESCE(SUM(counted_calls), 0) AS BIGINT),
  COUNT(*) FILTER (WHERE counted_calls > 0),
  COUNT(*) FILTER (WHERE counted_calls > 0 AND NOT joined),
  {states}
FROM priced_all
""".format(
    states=", ".join(
        f"COUNT(*) FILTER (WHERE counted_calls > 0 AND state = '{s}'), "
        f"COUNT(*) FILTER (WHERE counted_calls > 0 AND state = '{s}' AND NOT joined)"
        for s in State
    )
)


def steps(asking: Asking) -> Iterator[Step]:
    """Yield the way from all missed calls to the callers who were never helped."""
    calls, closed, short, counted, needs, unseen, *states = asking.rows(_STEPS)[0]
    by_state = dict(zip(State, zip(states[::2], states[1::2], strict=True), strict=True))
    yield Step("missed_calls", "calls without help", calls, "calls")
    yield Step("closed", "outside opening hours", closed, "calls", minus=True)
    yield Step("short", "hung up at once", short, "calls", minus=True)
    yield Step("counted_calls", "calls without help that count", counted, "calls")
    yield Step("callers", "callers behind them", needs, "callers", unseen=unseen)
    for state, words in (
        (State.RECOVERED, "called back and reached"),
        (State.RETURNED, "rang again and were helped"),
        (State.AT_RISK, "may still be helped"),
    ):
        yield Step(
            state, words, by_state[state][0], "callers", minus=True, unseen=by_state[state][1]
        )
    lost, lost_unseen = by_state[State.LOST]
    yield Step("unreached", "callers never helped", lost, "callers", unseen=lost_unseen)
