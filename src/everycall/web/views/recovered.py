"""What became of the promises: the team's goal first, then every part of it, always adding up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from everycall.errors import EverycallError
from everycall.money.advertising import read_costs
from everycall.money.chance import Rate, rate
from everycall.money.inputs import MoneySettings
from everycall.records.crm import won_after
from everycall.records.models import Promise, PromiseMove
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.recovery import Move, State
from everycall.recovery.ledger import GROUPS, Balance, Fate, Kept, Stage, balance, cut, funnel
from everycall.reports.words import DASH, percent
from everycall.web.guards import needs, person_of
from everycall.web.pages import site_reader
from everycall.web.scope import clients_of, queues_of

DAYS = 30
WEEK = timedelta(days=7)
BY_CALLS = "the calls"

_NOTE = "of promises that are closed"


@dataclass(frozen=True, slots=True)
class Worth:
    """What an episode is worth, from the team's own inputs: low, likely, high."""

    currency: str
    low: float
    base: float
    high: float

    def of(self, count: int) -> tuple[float, float, float]:
        """Return what so many are worth."""
        return self.low * count, self.base * count, self.high * count


def worth(money: MoneySettings) -> Worth | None:
    """Return what an episode is worth; None where the team has not said it."""
    conversion, order = money.conversion, money.order_value
    if conversion is None or order is None:
        return None
    parts = [conversion, order, *([money.enquiry_share] if money.enquiry_share else [])]
    low, base, high = 1.0, 1.0, 1.0
    for part in parts:
        low *= part.base if part.low is None else part.low
        base *= part.base
        high *= part.base if part.high is None else part.high
    return Worth(money.currency or "", low, base, high)


@needs(Right.SEE_REPORTS)
def recovered(request: HttpRequest) -> HttpResponse:
    """Show the ledger of the promises; as JSON where a program asks for it."""
    person = person_of(request)
    by = request.GET.get("by", "day")
    by = by if by in GROUPS and (by != "person" or person.may(Right.SEE_PEOPLE)) else "day"
    found = promises_of(person, _since(request), site_reader().settings().money)
    whole, stages = balance(found), funnel(found)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(as_json(found, by))
    own = worth(site_reader().settings().money)
    page = {
        "whole": whole,
        "fates": [_fate(fate, whole, own) for fate in Fate],
        "worth": own,
        "sum": " + ".join(str(whole.fates[fate]) for fate in Fate),
        "groups": [
            {"key": g.key, "owed": g.owed, "fates": list(g.fates.values())} for g in cut(found, by)
        ],
        "by": by,
        "ways": [w for w in GROUPS if w != "person" or person.may(Right.SEE_PEOPLE)],
        "stages": [{"stage": stage, "count": count} for stage, count in stages.items()],
        "rates": {name: _written(one) for name, one in rates(whole).items()},
        "names": [fate.value.replace("_", " ") for fate in Fate],
        "thanks": _thanks(found),
        "won": won_after(_rows(person, _since(request)).filter(state=State.KEPT.value)),
    }
    return render(request, "web/recovered.html", page)


def _fate(fate: Fate, whole: Balance, own: Worth | None) -> dict[str, Any]:
    count = whole.fates[fate]
    return {
        "name": fate.value.replace("_", " "),
        "doc": fate.doc,
        "count": count,
        "worth": own.of(count) if own else None,
    }


def rates(whole: Balance) -> dict[str, Rate]:
    """Return what the callers and the team do, of promises that are closed and not called off."""
    closed = sum(whole.fates[fate] for fate in (Fate.RECOVERED, Fate.RETURNED, Fate.LOST))
    return {
        "recovered": rate(whole.fates[Fate.RECOVERED], closed, _NOTE),
        "returned": rate(whole.fates[Fate.RETURNED], closed, _NOTE),
        "lost": rate(whole.fates[Fate.LOST], closed, _NOTE),
    }


def _written(one: Rate) -> dict[str, str]:
    if one.value is None:
        return {"share": DASH, "of": "0"}
    share = f"{percent(one.value)} ({percent(one.low)}–{percent(one.high)})"
    return {"share": share, "of": f"{one.numerator} / {one.denominator}"}


def as_json(found: Sequence[Kept], by: str) -> dict[str, Any]:
    """Return the ledger in the form that programs rely on."""
    whole = balance(found)
    own = worth(site_reader().settings().money)
    return {
        **_balance_json(whole),
        "by": by,
        "groups": [_balance_json(group) for group in cut(found, by)],
        "funnel": {stage.value: count for stage, count in funnel(found).items()},
        "rates": {
            name: {"value": r.value, "low": r.low, "high": r.high, "of": r.denominator}
            for name, r in rates(whole).items()
        },
        "worth": None
        if own is None
        else {"currency": own.currency, "each": [own.low, own.base, own.high]},
    }


def _balance_json(one: Balance) -> dict[str, Any]:
    fates = {fate.value: count for fate, count in one.fates.items()}
    return {"key": one.key, "owed": one.owed, **fates, "balanced": one.balanced}


def _since(request: HttpRequest) -> datetime:
    given = request.GET.get("days", "")
    days = min(int(given), 3660) if given.isdecimal() else DAYS
    zone = site_reader().settings().zone or ZoneInfo("UTC")
    today: date = timezone.now().astimezone(zone).date()
    return datetime.combine(today - timedelta(days=max(days, 1) - 1), time(), zone)


def promises_of(person: Person, since: datetime, money: MoneySettings) -> list[Kept]:
    """Return the promises made since a moment that somebody may see."""
    rows = _rows(person, since)
    found = list(rows.order_by("missed_at", "id"))
    ended_by = dict(
        PromiseMove.objects.filter(promise__in=rows, move=Move.WITHDRAW.value)
        .order_by("at", "id")
        .values_list("promise_id", "who")
    )
    again = _again(found)
    zone, campaigns = site_reader().settings().zone or ZoneInfo("UTC"), _campaigns(money)
    return [
        Kept(
            State(row.state),
            f"{row.missed_at.astimezone(zone):%Y-%m-%d}",
            row.queue,
            row.keeper,
            row.number,
            row.client,
            campaigns.get(row.number, ""),
            row.tries + (row.state == State.KEPT.value),
            row.requested,
            returned=ended_by.get(row.pk) == BY_CALLS,
            again=row.pk in again,
        )
        for row in found
    ]


def _rows(person: Person, since: datetime) -> "QuerySet[Promise]":
    rows = Promise.objects.filter(missed_at__gte=since)
    if clients := clients_of(person):
        rows = rows.filter(client__in=clients)
    if queues := queues_of(person):
        rows = rows.filter(queue__in=[*queues, ""])
    return rows


def _again(rows: Sequence[Promise]) -> set[int]:
    """Return the promises after which something was owed to the same caller within a week."""
    found, last = set(), dict[tuple[str, str], Promise]()
    for row in rows:
        before = last.get((row.caller, row.client))
        if before and before.ended_at and row.missed_at - before.ended_at <= WEEK:
            found.add(before.pk)
        last[row.caller, row.client] = row
    return found


def _campaigns(money: MoneySettings) -> dict[str, str]:
    """Return which campaign each number belongs to, as far as the advertising file says it."""
    if money.advertising is None:
        return {}
    try:
        costs = read_costs(Path(settings.DATA) / money.advertising)
    except (EverycallError, OSError):
        return {}
    return {cost.number: cost.campaign or cost.number for cost in costs if cost.number}


def _thanks(found: Sequence[Kept]) -> int:
    """Return how many callers somebody got back: said first, before what went wrong."""
    return sum(one.stage in (Stage.REACHED, Stage.SOLVED) for one in found)
