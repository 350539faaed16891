"""What became of the promises: the team's goal first, then every part of it, always adding up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from everycall.app.site.sitefile import SiteFile
from everycall.clock import from_micros, to_micros
from everycall.errors import EverycallError
from everycall.money.advertising import read_costs
from everycall.money.chance import Rate, rate
from everycall.money.inputs import MoneySettings, for_client
from everycall.money.sold import Sale, won
from everycall.records.crm import deals
from everycall.records.models import Promise, PromiseMove
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.recovery import Move, State
from everycall.recovery.ledger import GROUPS, Balance, Fate, Kept, Stage, balance, cut, funnel
from everycall.recovery.worth import sold_to, worth_of
from everycall.reports.words import DASH
from everycall.web.asked import whole
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.scope import clients_of, queues_of
from everycall.web.wording.saying import count, percent
from everycall.web.wording.writing import number_for

DAYS = 30
WEEK = timedelta(days=7)
BY_CALLS = "the calls"
WAYS = {
    "day": _("Day"),
    "queue": _("Queue"),
    "person": _("Person"),
    "number": _("Number"),
    "campaign": _("Campaign"),
    "client": _("Brand"),
}
"""What each way to cut the ledger is called."""

SOLD = 50
"""So many of the latest deals are listed."""

_NOTE = "of promises that are closed"


def inputs_of(site: SiteFile, promises: Iterable[Kept]) -> dict[str, MoneySettings]:
    """Return what each brand says of its money; what it does not say is the site's."""
    names = {one.client for one in promises}
    found = {name: site.clients[name].money for name in names if name in site.clients}
    return {name: for_client(site.money, found.get(name, MoneySettings())) for name in names}


@needs(Right.SEE_REPORTS)
def recovered(request: HttpRequest) -> HttpResponse:
    """Show the ledger of the promises; as JSON where a program asks for it."""
    person = person_of(request)
    by = request.GET.get("by", "day")
    by = by if by in GROUPS and (by != "person" or person.may(Right.SEE_PEOPLE)) else "day"
    site = site_reader().settings()
    found = promises_of(person, _since(request), site.money)
    whole, stages = balance(found), funnel(found)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(as_json(found, by))
    inputs = inputs_of(site, found)
    sold = sold_to(found, deals(), inputs)
    page = {
        "whole": whole,
        "fates": [_fate(fate, whole, found, inputs, sold) for fate in Fate],
        "money": any(one.figure for one in worth_of(found, inputs)),
        "unsaid": not any(
            one.conversion and one.order_value for one in (site.money, *inputs.values())
        ),
        "sold": [_sale(sale, person) for sale in sold[-SOLD:]],
        "closed": any(not one.priced for one in found),
        "sum": " + ".join(count(whole.fates[fate]) for fate in Fate),
        "groups": [
            {"key": g.key, "owed": g.owed, "fates": list(g.fates.values())} for g in cut(found, by)
        ],
        "by": by,
        "by_title": WAYS[by],
        "ways": [
            (way, title)
            for way, title in WAYS.items()
            if way != "person" or person.may(Right.SEE_PEOPLE)
        ],
        "stages": [{"stage": stage, "count": count} for stage, count in stages.items()],
        "rates": {name: _written(one) for name, one in rates(whole).items()},
        "names": [fate.value.replace("_", " ") for fate in Fate],
        "thanks": _thanks(found),
    }
    return render(request, "web/recovered.html", page)


def _fate(
    fate: Fate,
    whole: Balance,
    found: Sequence[Kept],
    inputs: Mapping[str, MoneySettings],
    sold: Sequence[Sale],
) -> dict[str, Any]:
    mine = [one for one in found if one.fate is fate]
    return {
        "name": fate.value.replace("_", " "),
        "doc": fate.doc,
        "count": whole.fates[fate],
        "worth": worth_of(mine, inputs),
        "won": [one for one in won(sold) if one.state == fate.value],
    }


def _sale(sale: Sale, person: Person) -> dict[str, Any]:
    deal, helped = sale.deal, sale.helped
    return {
        "at": from_micros(deal.won_at),
        "caller": number_for(deal.caller, person),
        "value": deal.value,
        "currency": deal.currency or "",
        "state": helped.state,
        "call": helped.call_id,
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
    return {
        **_balance_json(whole),
        "by": by,
        "groups": [_balance_json(group) for group in cut(found, by)],
        "funnel": {stage.value: count for stage, count in funnel(found).items()},
        "rates": {
            name: {"value": r.value, "low": r.low, "high": r.high, "of": r.denominator}
            for name, r in rates(whole).items()
        },
        **_money_json(found),
    }


def _money_json(found: Sequence[Kept]) -> dict[str, Any]:
    """Return what was expected of each fate, and what was measured: never to be added up."""
    inputs = inputs_of(site_reader().settings(), found)
    return {
        "expected": {
            fate.value: [
                asdict(one) for one in worth_of([o for o in found if o.fate is fate], inputs)
            ]
            for fate in Fate
        },
        "measured": [asdict(one) for one in won(sold_to(found, deals(), inputs))],
    }


def _balance_json(one: Balance) -> dict[str, Any]:
    fates = {fate.value: count for fate, count in one.fates.items()}
    return {"key": one.key, "owed": one.owed, **fates, "balanced": one.balanced}


def _since(request: HttpRequest) -> datetime:
    given = request.GET.get("days", "")
    days = whole(given, DAYS, 3660)
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
            priced=row.due_pure == row.due_clock,
            caller=row.caller,
            call_id=row.first_call,
            joins=row.joins,
            ended_at=to_micros(row.ended_at) if row.ended_at else None,
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
