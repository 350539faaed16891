"""The live ledger and the report say the same of the same days: measured money, and expected."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from everycall.app.audit.auditing import Order, make_audit
from everycall.app.audit.behind import choose
from everycall.app.audit.costing import Money, cost
from everycall.app.audit.selling import write_deals
from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.app.recovery.recovering import Recoverer
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.history import History
from everycall.records.crm import CrmAccount, WonDeal, deals
from everycall.records.models import Person
from everycall.records.stored_promises import StoredPromises
from web.conftest import browser

NINE = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
ANN, BEN, CY, DEE, EVE = (f"+4930231250{n:02}" for n in range(1, 6))

SITE = """
zone = "Europe/Berlin"
region = "DE"

[hours]
week = ["mon-fri 09:00-17:00"]

[money]
currency = "EUR"
conversion = { base = 0.2, low = 0.1, source = "till" }
order_value = { base = 80, source = "till" }
enquiry_share = { base = 0.5, source = "guess" }
margin = { base = 0.25, source = "books" }

[clients.shop]
numbers = ["+493023125100"]

[clients.hats]
numbers = ["+493023125200"]

[clients.hats.money]
currency = "GBP"
order_value = { base = 10, source = "till" }
"""


def call(name: str, caller: str, minutes: float, called: str, agent: str = "", **more: str) -> Any:
    """Yield one call into the queue: answered by somebody, or left after a minute."""
    at = NINE + timedelta(minutes=minutes)

    def said(kind: str, seconds: int, **told: Any) -> dict[str, Any]:
        moment = (at + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
        return {"at": moment, "kind": kind, "call_id": name, **told}

    yield said("call.arrived", 0, direction="inbound", caller=caller, called=called, **more)
    yield said("queue.entered", 2, queue="sales")
    if agent:
        yield said("talk.started", 20, agent=agent)
        yield said("talk.ended", 80, agent=agent)
    else:
        yield said("queue.left", 80, queue="sales", reason="caller")
    yield said("call.ended", 80)


def ours(name: str, caller: str, minutes: float, called: str) -> Any:
    """Yield our own call to somebody who picks up."""
    at = NINE + timedelta(minutes=minutes)
    for kind, seconds, told in (
        ("call.arrived", 0, {"direction": "outbound", "caller": caller, "called": called}),
        ("talk.started", 10, {"agent": "ann"}),
        ("talk.ended", 90, {"agent": "ann"}),
        ("call.ended", 90, {}),
    ):
        moment = (at + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
        yield {"at": moment, "kind": kind, "call_id": name, **told}


SHOP, HATS = "+493023125100", "+493023125200"
CALLS = [
    *call("ann-1", ANN, 0, SHOP),
    *call("ann-2", ANN, 30, SHOP, "bob"),
    *call("ben-1", BEN, 60, SHOP),
    *ours("ben-2", BEN, 90, SHOP),
    *call("cy-1", CY, 100, SHOP),
    *call("dee-1", DEE, 110, HATS),
    *call("dee-2", DEE, 140, HATS, "bob"),
    *call("eve-1", EVE, -300, SHOP),
    *call("end", "+493023125099", 60 * 24 * 9, SHOP, "bob"),
]
SOLD = (  # caller, value, currency, days after
    (ANN, "120.50", "EUR", 1),
    (ANN, "10.00", "", 2),
    (BEN, "70.00", "EUR", 3),
    (BEN, "5.00", "USD", 3),
    (BEN, "900.00", "EUR", 60),
    (CY, "500.00", "EUR", 1),
    (DEE, "33.00", "", 4),
)


@pytest.fixture
def site() -> Iterator[SiteFile]:
    path: Path = settings.DATA / "site.toml"
    path.write_text(SITE)
    yield read_site(settings.DATA, None)
    path.unlink()


@pytest.fixture
def asking(site: SiteFile, owner: Person, tmp_path: Path) -> Iterator[Asking]:
    log = tmp_path / "calls.jsonl"
    log.write_text("".join(f"{json.dumps(one)}\n" for one in CALLS))
    history = History(tmp_path / "data")
    Importer(history, site).take([log], "everycall_events")
    account = CrmAccount.objects.create(kind="hubspot")
    for number, (caller, value, currency, days) in enumerate(SOLD):
        WonDeal.objects.create(
            account=account, remote=str(number), caller=caller, value=Decimal(value),
            currency=currency, won_at=NINE + timedelta(days=days),
        )  # fmt: skip
    write_deals(history.folder, deals())
    with Asking(history, site.zone) as opened:
        recoverer = Recoverer(site, StoredPromises(), opened.zone)
        recoverer.recover(opened, NINE + timedelta(days=1))
        yield opened


def live(owner: Person) -> dict[str, Any]:
    days = (timezone.now() - NINE).days + 2
    answer = browser(owner).get(
        f"/callbacks/ledger/?days={days}", headers={"Accept": "application/json"}
    )
    found: dict[str, Any] = answer.json()
    return found


def report(asking: Asking, site: SiteFile) -> tuple[Money, ...]:
    return tuple(one for one in cost(asking, site) if one.client is not None)


def added(found: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[float, int]]:
    whole: dict[tuple[str, str], tuple[float, int]] = {}
    for one in found:
        place = one["state"], one["currency"]
        value, deals = whole.get(place, (0.0, 0))
        whole[place] = round(value + one["value"], 2), deals + one["deals"]
    return whole


def test_what_was_measured_is_the_same(asking: Asking, site: SiteFile, owner: Person) -> None:
    told = added(live(owner)["measured"])
    assert told == added([asdict(won) for one in report(asking, site) for won in one.won])
    assert told == {
        ("returned", "EUR"): (130.5, 2),
        ("returned", "GBP"): (33.0, 1),
        ("recovered", "EUR"): (70.0, 1),
        ("recovered", "USD"): (5.0, 1),
    }


def test_what_is_expected_is_the_same(asking: Asking, site: SiteFile, owner: Person) -> None:
    told = live(owner)["expected"]
    by_place = {}
    for one in report(asking, site):
        for group in one.by_state:
            if group.direct is not None and group.callers.base:
                figure = asdict(group.direct)
                by_place[group.name, one.currency] = (group.callers.base, figure)
    assert {(state, currency) for state, currency in by_place} == {
        ("returned", "EUR"), ("returned", "GBP"), ("recovered", "EUR"), ("lost", "EUR"),
    }  # fmt: skip
    for (state, currency), (callers, figure) in by_place.items():
        fate = "at_risk" if state == "lost" else state  # nobody has said yet that it is over
        [mine] = [one for one in told[fate] if one["currency"] == currency]
        assert (mine["callers"], mine["figure"]) == (callers, pytest.approx(figure)), state


def test_a_number_opens_into_its_calls(asking: Asking, site: SiteFile) -> None:
    for state, calls in (("returned", {"ann-1", "dee-1"}), ("recovered", {"ben-1"})):
        choose(asking, site, {"bought": state})
        assert {row[0] for row in asking.rows("SELECT * FROM chosen_calls")} == calls


def test_the_report_says_measured_beside_expected(asking: Asking, site: SiteFile) -> None:
    found = make_audit(asking, site=site, order=Order())
    [section] = [one for one in found.sections if one.id == "money"]
    [table] = [
        one for one in section.tables if one.title == "What they bought after they were helped"
    ]
    rows = {row[:2]: row[2:] for row in table.rows}
    assert rows["shop", "returned"] == (1, 2, "130\xa0EUR", "1\xa0EUR – 2\xa0EUR")
    assert rows["shop", "recovered"][2] == "70\xa0EUR + 5\xa0USD"
    assert "never add them up" in table.note


def test_the_page_lists_the_deals_with_their_calls(asking: Asking, owner: Person) -> None:
    days = (timezone.now() - NINE).days + 2
    page = browser(owner).get(f"/callbacks/ledger/?days={days}").content.decode()
    assert "130.50 EUR" in page
    assert 'href="/calls/ben-1/"' in page
    assert "they are never added up" in page
    assert "outside opening hours" in page
