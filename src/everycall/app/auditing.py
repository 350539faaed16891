"""Making the audit of a period: the calls that arrived in it, and the needs that began in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from everycall.app.asking import Asking
from everycall.app.blindness import remedy_of
from everycall.events.sights import Sight
from everycall.history.store import SourceState
from everycall.registry import load, names
from everycall.reports import Blind, Coverage, Frame, Report, Words, audit


def make_audit(
    asking: Asking,
    since: int | None = None,
    until: int | None = None,
    words: Words | None = None,
) -> Report:
    """Return the audit of the calls that arrived from one moment until before another."""
    for view, source, column in (("calls", _CALLS, "arrived_at"), ("episodes", _NEEDS, "began_at")):
        asking.engine.view(f"all_{view}", source.format(folder=asking.episode_folder()))
        asking.engine.view(view, f"SELECT * FROM all_{view} WHERE {_within(column, since, until)}")
    return audit(asking.rows, _frame(asking, since, until), words)


_CALLS = "SELECT * FROM counted"
_NEEDS = "SELECT * FROM read_parquet('{folder}/episodes.parquet')"


def _within(column: str, since: int | None, until: int | None) -> str:
    parts = [f"{column} >= {since}" if since is not None else ""]
    parts.append(f"{column} < {until}" if until is not None else "")
    return " AND ".join(part for part in parts if part) or "TRUE"


def _frame(asking: Asking, since: int | None, until: int | None) -> Frame:
    first, last = asking.rows("SELECT MIN(arrived_at), MAX(arrived_at) FROM calls")[0]
    begin, end = since or first, (until - 1 if until else last)
    period = "no calls in this period"
    if begin is not None and end is not None:
        period = f"{_day(begin, asking.zone)} to {_day(end, asking.zone)}"
    return Frame(
        asking.history.site,
        str(asking.zone),
        period,
        tuple(_coverage(asking)),
        tuple(_blind(asking)),
        _options(asking, begin, end),
    )


def _options(asking: Asking, begin: int | None, end: int | None) -> str:
    """Return how the command line is told of this site and period."""
    site = f" --site {asking.history.site}" if asking.history.site != "main" else ""
    if begin is None or end is None:
        return site
    return f"{site} --from {_day(begin, asking.zone)} --to {_day(end, asking.zone)}"


def _day(micros: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(micros / 1_000_000, UTC).astimezone(zone):%Y-%m-%d}"


def _coverage(asking: Asking) -> Iterator[Coverage]:
    for state in asking.manifest.sources:
        imports = [i for i in asking.manifest.imports if i.source == state.name]
        yield Coverage(
            title_of(state),
            _day(state.first_at, asking.zone),
            _day(state.last_at, asking.zone),
            sum(i.lines for i in imports),
            sum(i.unreadable for i in imports),
            sum(i.without_word for i in imports),
        )


def title_of(state: SourceState) -> str:
    """Return what people call a source."""
    if state.name in names("source"):
        title: str = load("source", state.name).title
        return title
    return state.name


def _blind(asking: Asking) -> Iterator[Blind]:
    for sight in Sight:
        if not asking.sees(sight):
            yield Blind(sight.doc, remedy_of(sight, [s.name for s in asking.manifest.sources]))
