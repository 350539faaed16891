"""My day: somebody's own numbers beside their own past and the team's goal; nobody is ranked."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from everycall.app.history.asking import Asking
from everycall.clock import to_micros
from everycall.metrics.asked import asked
from everycall.metrics.catalog.judged import NOT_TAKEN
from everycall.metrics.levels import CAME_IN
from everycall.metrics.model import Unit
from everycall.metrics.targets import Target, judge
from everycall.records.models import Person, Promise, PromiseMove
from everycall.records.roles import Right
from everycall.recovery import open_states
from everycall.reports.words import DASH
from everycall.web.goals import goals
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.scope import queues_of
from everycall.web.wording.saying import count, duration, limit_words, percent, say

PAST = timedelta(weeks=4)
"""Somebody's own past, beside which today stands."""

_MINE = f"""
SELECT COUNT(*) FILTER (WHERE a.result = 'answered') AS answered,
  COUNT(*) FILTER (WHERE {NOT_TAKEN}) AS passed,
  MEDIAN(a.lasted_ms) FILTER (WHERE a.result = 'answered') AS soon,
  COUNT(DISTINCT CAST(make_timestamp(a.began_at) AT TIME ZONE 'UTC' AT TIME ZONE ? AS DATE)) AS days
FROM attempts AS a
WHERE a.agent = ? AND a.began_at >= ? AND a.began_at < ? AND NOT a.call_id IN (
  SELECT call_id FROM counted WHERE arrived_at >= ? AND arrived_at < ? AND NOT {CAME_IN}
)
"""
_TALKED = """
SELECT SUM(GREATEST(until - GREATEST(since, COALESCE(before, since)), 0)) // 1000
FROM (
  SELECT since, until, MAX(until) OVER (
    ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS before
  FROM (
    SELECT GREATEST(t.began_at, $2) AS since, LEAST(t.ended_at, $3) AS until FROM talks AS t
    WHERE t.agent = $1 AND t.ended_at > $2 AND t.began_at < $3
  )
)
"""
"""Talks of any direction; of two at once no moment counts twice, as in the time of conversation."""


_LONGEST = timedelta(days=1)
"""No call lasts longer: what rang within a stretch of time arrived at most so long before."""


@dataclass(frozen=True, slots=True)
class Mine:
    """Somebody's numbers of a stretch of time.

    Attributes:
        passed: rings that they refused or let pass.
        soon_ms: the usual time until they took a ring.
        days: days on which their phone rang.
    """

    answered: int
    passed: int
    soon_ms: float | None
    talk_ms: float | None
    days: int


def mine(asking: Asking, agent: str, since: datetime, until: datetime) -> Mine:
    """Return somebody's numbers."""
    begin, end = to_micros(since), to_micros(until)
    values = [str(asking.zone), agent, begin, end, to_micros(since - _LONGEST), end]
    answered, passed, soon, days = asking.rows(_MINE, values)[0]
    ((talked,),) = asking.rows(_TALKED, [agent, begin, end])
    return Mine(answered, passed, soon, talked, days)


@needs(Right.SEE_OWN)
def my_day(request: HttpRequest) -> HttpResponse:
    """Show the team's goal first, then what went well, then what was theirs to take."""
    person, now = person_of(request), timezone.now()
    page: dict[str, Any] = {
        "agent": person.agent,
        "helped": _helped(person, now),
        "due": _due(person),
        "goals": [],
    }
    if site_reader().has_calls():
        site = site_reader().settings()
        zone, page["assumed"] = site.zone or ZoneInfo("UTC"), not site.targets
        today = datetime.combine(now.astimezone(zone).date(), time(), zone)
        found = goals.of(site_reader(), tuple(sorted(queues_of(person))), today, now)
        page["goals"] = [_goal(one.name, one.target, one.cell) for one in found]
        if person.agent:
            with site_reader().asking() as asking:
                page |= _own(asking, person.agent, today, now)
    return render(request, "web/my_day.html", page)


def _own(asking: Asking, agent: str, today: datetime, now: datetime) -> dict[str, Any]:
    own, past = mine(asking, agent, today, now), mine(asking, agent, today - PAST, today)
    return {
        "own": own,
        "soon": duration(own.soon_ms),
        "talked": duration(own.talk_ms),
        "usual_answered": round(past.answered / past.days, 1) if past.days else None,
        "usual_soon": duration(past.soon_ms) if past.soon_ms is not None else None,
        "share": _taken(own),
        "usual_share": _taken(past),
    }


def _taken(one: Mine) -> str | None:
    rings = one.answered + one.passed
    return percent(one.answered / rings) if rings else None


def _goal(name: str, target: Target, cell: Any) -> dict[str, Any]:
    verdict = judge(target, cell) if cell is not None else None
    return {
        "name": say(name),
        "value": _written(target, cell.value if cell is not None else None),
        "limit": limit_words(f"{target.sign} {target.limit.number:g} {target.limit.unit}".strip()),
        "met": verdict.met if verdict else None,
        "doc": say(asked(target.metric).metric.doc),
    }


def _written(target: Target, value: float | None) -> str:
    if value is None:
        return DASH
    write = {Unit.SHARE: percent, Unit.DURATION: duration}.get(asked(target.metric).metric.unit)
    return write(value) if write else count(value)


def _helped(person: Person, now: datetime) -> int:
    """Return how many callers somebody called back and helped since midnight."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return PromiseMove.objects.filter(who=str(person), move="keep", at__gte=midnight).count()


def _due(person: Person) -> int:
    """Return how many calls back somebody has taken and not ended."""
    states = [state.value for state in open_states()]
    return Promise.objects.filter(Q(owner=str(person)), state__in=states).count()
