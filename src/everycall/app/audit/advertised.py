"""What a client's advertising paid for calls that nobody answered."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from everycall.app.answers.ledger import within
from everycall.app.answers.missed_callers import Period
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.events.callers import caller
from everycall.money.advertising import Cost, Waste, read_costs, waste
from everycall.money.estimates import Callers
from everycall.money.inputs import MoneySettings


def wasted(
    asking: Asking, site: SiteFile, period: Period, inputs: MoneySettings, folder: Path
) -> tuple[Waste, ...] | None:
    """Return what of each cost was wasted; None where no costs were supplied."""
    if inputs.advertising is None:
        return None
    costs = read_costs(folder / inputs.advertising)
    calls = _calls_of(asking, site, period)
    needs = _needs_of(asking, site)
    return tuple(_wasted(cost, period, site, calls, needs) for cost in costs)


def _wasted(
    cost: Cost,
    period: Period,
    site: SiteFile,
    calls: Mapping[str, int],
    needs: Mapping[str, tuple[int, int]],
) -> Waste:
    key = _digits(cost.number, site) if cost.number else f"tag:{cost.campaign}"
    seen, unseen = needs.get(key, (0, 0))
    callers = Callers(seen + min(unseen, 1), seen + unseen, seen + unseen) if unseen else None
    paid = cost.within(period.first, period.last)
    return waste(cost, paid, calls.get(key, 0), callers or Callers(seen, seen, seen))


def _digits(number: str, site: SiteFile) -> str:
    found = caller(number, site.region, ())
    return "".join(c for c in found.e164 or number if c.isdigit()).lstrip("0")


def _calls_of(asking: Asking, site: SiteFile, period: Period) -> dict[str, int]:
    arrived = within("c.arrived_at", period.since, period.until)
    rows = asking.rows(
        f"SELECT c.called, COUNT(*) FROM counted AS c WHERE c.direction = 'inbound' AND {arrived} "
        "AND NOT c.called IS NULL GROUP BY 1"
    )
    tagged = asking.rows(
        "SELECT 'tag:' || t.tag, COUNT(*) FROM tags AS t INNER JOIN counted AS c "
        f"ON c.call_id = t.call_id WHERE c.direction = 'inbound' AND {arrived} GROUP BY 1"
    )
    return _added((_digits(number, site), n) for number, n in rows) | dict(tagged)


def _added(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, n in pairs:
        found[key] = found.get(key, 0) + n
    return found


def _needs_of(asking: Asking, site: SiteFile) -> dict[str, tuple[int, int]]:
    rows = asking.rows(
        "SELECT number, COUNT(*) FILTER (WHERE joined), COUNT(*) FILTER (WHERE NOT joined) "
        "FROM priced WHERE state = 'lost' AND NOT number IS NULL GROUP BY 1"
    )
    tagged = asking.rows(
        "SELECT 'tag:' || t.tag, COUNT(*) FILTER (WHERE joined), COUNT(*) FILTER (WHERE NOT joined) "
        "FROM priced AS p INNER JOIN tags AS t ON t.call_id = p.first_missed "
        "WHERE p.state = 'lost' GROUP BY 1"
    )
    found = {_digits(number, site): (seen, unseen) for number, seen, unseen in rows}
    return found | {tag: (seen, unseen) for tag, seen, unseen in tagged}
