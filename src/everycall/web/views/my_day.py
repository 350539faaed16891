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

_MINE = """
SELECT COUNT(*) FILTER (WHERE a.result = 'answered') AS answered,
  COUNT(*) FILTER (WHERE a.result = 'no_answer') AS passed,
  MEDIAN(a.lasted_ms) FILTER (WHERE a.result = 'answered') AS soon,
  COUNT(DISTINCT CAST(make_timestamp(a.began_at) AS DATE)) AS days
FROM attempts AS a
WHERE a.agent = ? AND a.began_at >= ? AND a.began_at < ?
"""
_TALKED = """
SELECT SUM(t.lasted_ms) FROM talks AS t WHERE t.agent = ? AND t.began_at >= ? AND t.began_at < ?
"""


@dataclass(frozen=True, slots=True)
class Mine:
    """Somebody's numbers of a stretch of time.

    Attributes:
        passed: rings that were theirs to take and were not taken: the phone was reachable and free.
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
    values = [agent, to_micros(since), to_micros(until)]
    answered, passed, soon, days = asking.rows(_MINE, values)[0]
    return Mine(answered, passed, soon, asking.rows(_TALKED, values)[0][0], days)


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
        "share": percent(own.answered / (own.answered + own.passed)) if own.answered else None,
        "usual_share": percent(past.answered / (past.answered + past.passed))
        if past.answered
        else None,
    }


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
