"""The plan behind a remedy: who does it by when, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from everycall.app.answers.ledger import Rates
from everycall.app.answers.missed_callers import Period
from everycall.app.audit.clustering import Found
from everycall.app.audit.evidence import Cluster
from everycall.app.audit.remedy_words import id_of
from everycall.app.audit.worths import Worths
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.remedies.model import Cause, Measure, Plan, Planned


@dataclass(frozen=True, slots=True)
class Frame:
    """What all remedies of a period have in common."""

    asking: Asking
    site: SiteFile
    period: Period
    found: Found
    worths: Worths
    rates: Rates


def plan_of(frame: Frame, cause: Cause, one: Cluster | None, id_: str | None = None) -> Plan:
    """Return the plan of a remedy: what the team decided, else what is usual."""
    name = id_ or id_of(cause.id, one.part if one else None)
    said = frame.site.plan.get(name)
    decided = said or Planned()
    days = _by_day(frame.asking, one) if one else None
    first, last, done = frame.period.first, frame.period.last, decided.done
    before_ends = min(last, done - timedelta(days=1)) if done else last
    after = _measure(days, max(first, done), last) if done else None
    return Plan(
        decided.owner or cause.owner,
        decided.by or last + timedelta(days=cause.horizon.days),
        done,
        said is not None,
        _measure(days, first, before_ends),
        after,
        decided.note,
    )


def _by_day(asking: Asking, one: Cluster) -> dict[date, int]:
    return dict(
        asking.rows(
            "SELECT day, COUNT(*) FROM misses WHERE cause = ? AND part IS NOT DISTINCT FROM ? "
            "GROUP BY day",
            [one.cause, one.part],
        )
    )


def _measure(days: Mapping[date, int] | None, first: date, last: date) -> Measure | None:
    if days is None or last < first:
        return None
    calls = sum(n for day, n in days.items() if first <= day <= last)
    return Measure(first, last, calls, calls * 7 / ((last - first).days + 1))
