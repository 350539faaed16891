"""Whose is it: every address, asked by those who see one brand or team, with what belongs to others."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.conf import settings
from django.db import models
from django.urls import get_resolver, reverse
from django.utils import timezone

from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import Client, SiteFile
from everycall.history import History
from everycall.records.models import (
    Alert,
    AlertRule,
    Channel,
    CrmAccount,
    Delivery,
    NotReturnable,
    OptOut,
    Person,
    Promise,
    PromiseCall,
    PromiseMove,
    SavedView,
    Standing,
    Team,
    Text,
    Token,
)
from everycall.records.roles import Right
from everycall.web.api.app import api
from web.addresses import GIVEN, addresses
from web.conftest import browser, person

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
OWN, OTHER = "alpha", "beta"
NUMBERS = {OWN: "+493023125001", OTHER: "+493023135001"}
QUEUES = {OWN: "alpha line", OTHER: "beta line"}
PEOPLE = {OWN: "Anna Alfa", OTHER: "Bert Bravo"}

OTHERS = ("beta-", "beta line", NUMBERS[OTHER][1:], PEOPLE[OTHER], "of beta")
"""What stands in everything of the other brand, and in nothing of one's own."""

ASKED = (
    "/calls/?direction=all", "/calls/?queue={queue}", "/calls/?agent={agent}", "/calls/?client={brand}",
    "/calls/?number={number}", "/calls/?page=999999999999&client={brand}&client={brand}",
    "/calls/file/?client={brand}&direction=all", "/callbacks/ledger/?by=client",
    "/callbacks/ledger/?by=queue", "/callbacks/standing/?number={number}", "/report/?client={brand}",
    "/report/calls/?calls=spoke%3Dyes", "/report/calls/?calls=client%3D{brand}&client={brand}",
    "/report/calls/?calls=agent%3D{agent}%26ring%3Danswered", "/report/file/html/?client={brand}",
)  # fmt: skip
"""Questions in which the other brand is named, or might be."""


def said(brand: str) -> list[dict[str, Any]]:
    """Return what was said of a call of a brand that was answered, and of one that was not."""
    queue, agent = QUEUES[brand], PEOPLE[brand]
    told: list[dict[str, Any]] = []
    for number, ends in enumerate(("answered", "no_answer")):
        call = {"call_id": f"{brand}-{number}", "queue": queue}
        rung = {**call, "agent": agent, "agent_kind": "person", "leg": f"leg {brand}"}
        steps: list[dict[str, Any]] = [
            {**call, "kind": "call.arrived", "direction": "inbound", "caller": NUMBERS[brand]},
            {**call, "kind": "queue.entered"},
            {**rung, "kind": "agent.rang"},
            {**rung, "kind": "agent.stopped", "reason": ends},
        ]
        if ends == "answered":
            steps.append({**rung, "kind": "talk.started"})
        why = "answered" if ends == "answered" else "caller"
        steps += [{**call, "kind": "queue.left", "reason": why}]
        steps += [{**call, "kind": "call.ended", "reason": "caller"}]
        told += [
            {**one, "at": (AT + timedelta(seconds=9 * n)).isoformat()}
            for n, one in enumerate(steps)
        ]
    return told


@pytest.fixture(scope="session")
def two_brands(database: None, tmp_path_factory: pytest.TempPathFactory) -> SiteFile:
    site = SiteFile(clients={name: Client(queues=(QUEUES[name],)) for name in (OWN, OTHER)})
    lines = [json.dumps(event) for brand in (OWN, OTHER) for event in said(brand)]
    log = tmp_path_factory.mktemp("foreign") / "events.jsonl"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    Importer(History(settings.DATA, "foreign"), site).take([log])
    return site


@pytest.fixture(autouse=True)
def on_this_site(two_brands: SiteFile) -> Iterator[None]:
    before, settings.SITE = settings.SITE, "foreign"
    file = Path(settings.DATA) / "site.toml"
    told = "".join(f'[clients.{name}]\nqueues = ["{QUEUES[name]}"]\n' for name in (OWN, OTHER))
    file.write_text(told, encoding="utf-8")
    yield
    settings.SITE = before
    file.unlink()


def things(brand: str) -> dict[str, models.Model]:
    """Make one of everything that belongs to a brand; returns them by the word for them."""
    now, number, queue = timezone.now(), NUMBERS[brand], QUEUES[brand]
    promise = Promise.objects.create(
        caller=number, client=brand, queue=queue, reason="missed", made_at=now, missed_at=now,
        due_clock=now, due_pure=now, first_call=f"{brand}-1", owner=PEOPLE[brand],
    )  # fmt: skip
    move = PromiseMove.objects.create(
        promise=promise, at=now, move="note", who=PEOPLE[brand], why=f"note of {brand}"
    )
    line = PromiseCall.objects.create(
        promise=promise, call_id=f"{brand}-0", at=now, verdict="helped", reason="x", certain=False
    )
    text = Text.objects.create(
        promise=promise, kind="answer", number=number, body=f"text of {brand}", state="received", at=now
    )  # fmt: skip
    rule = AlertRule.objects.create(name="Missed", measure="missed_call")
    alert = Alert.objects.create(
        rule=rule, thing=number, since=now, opened_at=now, caller=number, call_id=f"{brand}-1",
        queue=queue, client=brand,
    )  # fmt: skip
    channel = Channel.objects.create(name=f"channel of {brand}", kind="mail")
    Delivery.objects.create(
        alert=alert, channel=channel, message={"title": number}, key=brand, error=f"of {brand}"
    )
    crm = CrmAccount(kind="hubspot", client=brand)
    crm.keep({})
    crm.save()
    colleague = person(PEOPLE[brand].replace(" ", "."), "agent", agent=PEOPLE[brand])
    view = SavedView.objects.create(
        person=colleague, name="theirs", address=f"?client={brand}&number={number}", is_shared=True
    )
    standing = Standing.objects.create(
        number=number, kind="never", client=brand, who=PEOPLE[brand], why=f"why of {brand}", at=now
    )
    out = OptOut.objects.create(number=number, client=brand, at=now, how=f"how of {brand}")
    unknown = NotReturnable.objects.create(
        call_id=f"{brand}-9", client=brand, queue=queue, missed_at=now
    )
    return {
        "callback": promise, "text": promise, "line": line, "alert": alert, "view": view,
        "standing": standing, "standing-messages": out, "crm": crm, "person": colleague,
        "channel": channel, "move": move, "unknown": unknown, "said": text,
    }  # fmt: skip


def outsiders() -> list[Person]:
    """Return people who see their own brand, or their own team's queue, and nothing else."""
    sue = person("Sue", "supervisor", agent=PEOPLE[OWN])
    sue.teams.add(Team.objects.create(name="Own", queues=[QUEUES[OWN]]))
    return [sue, *(person(f"Own.{role}", role, clients=[OWN]) for role in ("agent", "client"))]


def words_of(name: str, theirs: dict[str, models.Model]) -> dict[str, Any]:
    """Return what stands in an address, of the other brand where there is such a thing."""
    kind = max((word for word in theirs if name.startswith(word)), key=len, default="")
    pk = theirs[kind].pk if kind else GIVEN["pk"]
    return {**GIVEN, "pk": pk, "line": theirs["line"].pk, "call_id": f"{OTHER}-0", "number": 0}


def let_in(who: Person, theirs: dict[str, models.Model]) -> list[str]:
    """Return every address that somebody's role lets in, for what belongs to the other brand."""
    found = []
    for one in addresses():
        if isinstance(one.need, Right) and who.may(one.need):
            words = words_of(one.name, theirs)
            parts = get_resolver().reverse_dict.getlist(one.name)[0][0][0][1]
            found.append(reverse(one.name, kwargs={part: words[part] for part in parts}))
    return found


def leaked(told: bytes, address: str) -> list[str]:
    """Return what stands in an answer and is the other brand's, but for what was asked by."""
    text = told.decode("utf-8", "replace")
    return [mark for mark in OTHERS if mark in text and mark not in unquote_plus(address)]


KINDS: tuple[type[models.Model], ...] = (
    Promise, PromiseMove, PromiseCall, Text, Alert, Channel, CrmAccount, SavedView, Standing, OptOut,
    NotReturnable, Person, Team,
)  # fmt: skip


def rows() -> set[str]:
    """Return all that the records hold of things that are somebody's."""
    found = ((kind, kind._default_manager.values()) for kind in KINDS)
    return {f"{kind.__name__} {row}" for kind, all_of_it in found for row in all_of_it}


def is_of_no_team(address: str, who: Person) -> bool:
    """Tell whether an address tells of brands alone: rules for numbers are of a brand, never of a team."""
    return who.teams.exists() and "/standing/" in address


def test_nobody_is_shown_what_is_not_of_their_brand_or_team() -> None:
    theirs, wrong = things(OTHER), []
    things(OWN)
    named = {
        "brand": OTHER,
        "queue": QUEUES[OTHER],
        "agent": PEOPLE[OTHER],
        "number": NUMBERS[OTHER][1:],
    }
    for who in outsiders():
        client = browser(who)
        client.raise_request_exception = False
        for address in (*let_in(who, theirs), *(one.format(**named) for one in ASKED)):
            answer = client.get(address)
            told = answer.getvalue() if answer.streaming else answer.content
            marks = leaked(told, address)
            if answer.status_code >= 500 or (marks and not is_of_no_team(address, who)):
                wrong.append((str(who), address, answer.status_code, marks))
    assert wrong == []


def test_nobody_changes_what_is_not_of_their_brand_or_team() -> None:
    theirs, wrong = things(OTHER), []
    given = {"call": f"{OTHER}-9", "number": "+493023139999", "kind": "never", "client": OTHER,
             "it": "yes", "note": "x", "body": "x", "to": str(theirs["person"].pk)}  # fmt: skip
    of_theirs = (OTHER, f"'promise_id': {theirs['callback'].pk}")
    for who in outsiders():
        client = browser(who)
        client.raise_request_exception = False
        for address in let_in(who, theirs):
            before = rows()
            status = client.post(address, given).status_code
            after = rows()
            made = [row for row in after - before if any(mark in row for mark in of_theirs)]
            touched = [*(before - after), *made]
            if status >= 500 or (touched and not is_of_no_team(address, who)):
                wrong.append((str(who), address, status, touched))
    assert wrong == []


def test_a_key_reads_and_makes_nothing_of_another_brand() -> None:
    theirs = things(OTHER)
    scopes = ["calls:read", "numbers:read", "metrics:read", "promises:read", "callbacks:write"]
    _, key = Token.issue("own", scopes, None, [OWN])
    client, wrong = browser(), []
    shown = {"Authorization": f"Bearer {key}"}
    for path in api.get_openapi_schema(path_prefix="/api/v1")["paths"]:
        address = path.format(call_id=f"{OTHER}-0", pk=theirs["callback"].pk) + (
            f"?client={OTHER}&metric=arrived&by=caller&by=client&caller=%2B{NUMBERS[OTHER][1:]}"
        )
        answer = client.get(address, headers=shown)
        marks = leaked(answer.content, address)
        if answer.status_code >= 500 or marks:
            wrong.append((address, answer.status_code, marks))
    asked = {"number": NUMBERS[OTHER], "client": OTHER}
    answer = client.post("/api/v1/callback-requests", asked, "application/json", headers=shown)
    assert (wrong, answer.status_code) == ([], 400)
