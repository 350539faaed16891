"""CRM are kept in step: each call, each promise, once; both sides close; nothing is hidden."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.servers import KEY, HubSpotServer, Trouble, serving
from everycall.app.audit.selling import FILE, read_deals
from everycall.records.crm import LEASE, CrmAccount, CrmItem, WonDeal
from everycall.records.jobs import Job
from everycall.records.models import Entry, Person, Promise
from everycall.records.stored_promises import StoredPromises
from everycall.recovery import Move
from everycall.recovery.promises import Step
from everycall.web.reading import site_reader
from everycall.web.work.crm import LOOK
from everycall.web.work.outward import one_round
from web.conftest import browser, person

NUMBER = "+4930901820"


@pytest.fixture
def hubspot() -> Iterator[HubSpotServer]:
    fake = HubSpotServer()
    (site_reader().history.folder / FILE).unlink(missing_ok=True)
    with serving(fake) as address:
        row = CrmAccount(kind="hubspot")
        row.keep({"secret": KEY, "owner": "9", "address": address})
        row.save()
        yield fake
    (site_reader().history.folder / FILE).unlink(missing_ok=True)


def owed(number: str = NUMBER) -> Promise:
    now = timezone.now() + timedelta(seconds=1)
    return Promise.objects.create(
        caller=number,
        reason="timed_out",
        made_at=now,
        missed_at=now,
        due_clock=now,
        due_pure=now,
        first_call="1.1",
    )


def rounds(times: int = 1) -> None:
    for _ in range(times):
        Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
        one_round(site_reader())


def moved(promise: Promise, move: Move) -> None:
    promise.refresh_from_db()
    assert StoredPromises().move(promise.plain(), Step(move, "Ada", "said so"), timezone.now())


def look_again() -> None:
    CrmAccount.objects.update(looked_at=None)
    rounds()


def test_a_promise_becomes_a_task_once(hubspot: HubSpotServer) -> None:
    owed()
    rounds(3)
    assert [task["open"] for task in hubspot.tasks.values()] == [True]
    assert "callbacks" in str(hubspot.tasks)


def test_a_promise_that_ends_closes_its_task(hubspot: HubSpotServer) -> None:
    promise = owed()
    rounds()
    moved(promise, Move.WITHDRAW)
    rounds(2)
    assert [task["open"] for task in hubspot.tasks.values()] == [False]
    assert CrmItem.objects.get(kind="task").closed_at is not None


def test_a_task_that_is_closed_over_there_ends_the_promise(hubspot: HubSpotServer) -> None:
    promise = owed()
    rounds()
    hubspot.tasks[hubspot.open_task(NUMBER)]["open"] = False
    look_again()
    promise.refresh_from_db()
    assert promise.state == "withdrawn"
    assert promise.moves.last().who == "hubspot"  # type: ignore[union-attr]


def test_a_promise_that_is_opened_again_gets_a_task_of_its_own(hubspot: HubSpotServer) -> None:
    promise = owed()
    rounds()
    moved(promise, Move.WITHDRAW)
    rounds(2)
    moved(promise, Move.REOPEN)
    rounds(2)
    assert sorted(task["open"] for task in hubspot.tasks.values()) == [False, True]


def test_promises_from_before_the_connection_are_not_sent(hubspot: HubSpotServer) -> None:
    CrmAccount.objects.update(made_at=timezone.now() + timedelta(minutes=1))
    owed()
    rounds()
    assert not hubspot.tasks


def test_a_withheld_number_is_nobodys_contact(hubspot: HubSpotServer) -> None:
    owed("anonymous")
    rounds()
    assert not hubspot.contacts


def test_calls_go_into_the_history_of_their_contacts_once(
    hubspot: HubSpotServer, calls: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everycall.web.work.crm.BACK", timedelta(days=36500))
    CrmAccount.objects.update(made_at=timezone.now() - timedelta(days=36500))
    rounds(2)
    with site_reader().asking() as asking:
        wanted = asking.rows(
            "SELECT COUNT(*) FROM calls WHERE outcome <> 'pending' AND STARTS_WITH(caller_key, '+') "
            "AND direction IN ('inbound', 'outbound') AND NOT ended_at IS NULL"
        )[0][0]
    assert len(hubspot.calls) == wanted > 0


def test_an_outage_is_shown_and_made_good_for(hubspot: HubSpotServer, owner: Person) -> None:
    owed()
    hubspot.trouble = Trouble(0, "down")
    one_round(site_reader())
    assert "answered 502" in browser(owner).get("/setup/crm/").content.decode()
    CrmItem.objects.update(lease_until=timezone.now() - LEASE)
    rounds()
    assert len(hubspot.tasks) == 1


def test_a_refused_key_is_given_up_at_once_and_tried_again_when_asked(
    hubspot: HubSpotServer, owner: Person
) -> None:
    row = CrmAccount.objects.get()
    right = row.given()
    row.keep(right | {"secret": "old"})
    row.save()
    owed()
    rounds()
    job = Job.objects.get(func="crm-task")
    assert job.failed_at is not None
    assert "given up" in browser(owner).get("/setup/crm/").content.decode()
    row.keep(right)
    row.save()
    browser(owner).post("/setup/crm/again/")
    rounds()
    assert len(hubspot.tasks) == 1


def test_a_limit_is_kept_to(hubspot: HubSpotServer) -> None:
    owed()
    hubspot.trouble = Trouble(0, "limit")
    one_round(site_reader())
    job = Job.objects.get(func="crm-task")
    assert job.run_at >= timezone.now() + timedelta(seconds=2)


def test_it_is_asked_once_a_minute(hubspot: HubSpotServer) -> None:
    owed()
    rounds(5)
    hubspot.tasks[hubspot.open_task(NUMBER)]["open"] = False
    rounds(5)
    assert CrmItem.objects.get(kind="task").closed_at is None
    CrmAccount.objects.update(looked_at=timezone.now() - LOOK)
    rounds()
    assert CrmItem.objects.get(kind="task").closed_at is not None


def test_a_look_that_fails_is_no_more_than_one_row_and_is_made_again(
    hubspot: HubSpotServer,
) -> None:
    owed()
    rounds()
    for _ in range(3):
        hubspot.trouble = Trouble(0, "down")
        look_again()
    assert Job.objects.filter(func="crm-look").exclude(failed_at=None).count() == 1
    hubspot.tasks[hubspot.open_task(NUMBER)]["open"] = False
    look_again()
    assert CrmItem.objects.get(kind="task").closed_at is not None
    assert not Job.objects.filter(func="crm-look").exists()


def test_a_deal_that_cannot_be_kept_costs_itself_alone(hubspot: HubSpotServer) -> None:
    owed()
    rounds()
    won = {"number": NUMBER, "currency": "EUR", "won_at": timezone.now().isoformat()}
    hubspot.deals = [won | {"value": 1e20}, won | {"value": 120.5}]
    look_again()
    assert [str(deal.value) for deal in WonDeal.objects.all()] == ["120.50"]


def test_a_won_deal_is_tied_to_the_caller(hubspot: HubSpotServer) -> None:
    owed()
    rounds()
    won = {"number": NUMBER, "currency": "EUR", "won_at": timezone.now().isoformat()}
    hubspot.deals = [won | {"value": 120.5}]
    look_again()
    look_again()
    deal = WonDeal.objects.get()
    assert (deal.caller, str(deal.value), deal.currency) == (NUMBER, "120.50", "EUR")


def test_what_was_bought_after_a_call_back_stands_in_the_ledger(
    hubspot: HubSpotServer, owner: Person
) -> None:
    promise = owed()
    rounds()
    won = {"number": NUMBER, "currency": "EUR"}
    hubspot.deals = [
        won | {"value": 120.5, "won_at": (timezone.now() + timedelta(days=2)).isoformat()},
        won | {"value": 999, "won_at": (timezone.now() + timedelta(days=60)).isoformat()},
    ]
    look_again()
    assert "120.50" not in browser(owner).get("/callbacks/ledger/").content.decode()
    moved(promise, Move.KEEP)
    page = browser(owner).get("/callbacks/ledger/").content.decode()
    assert "120.50 EUR" in page
    assert "999" not in page
    assert [str(deal.value) for deal in read_deals(site_reader().history.folder)] == [
        "120.50", "999.00",
    ]  # fmt: skip


def test_the_owner_connects_and_nobody_else(owner: Person, hubspot: HubSpotServer) -> None:
    manager = person("Max", "manager")
    assert browser(manager).get("/setup/crm/hubspot/new/").status_code == 403
    page = browser(owner).get("/setup/crm/zammad/new/")
    assert page.status_code == 200
    given = {"address": "http://127.0.0.1:9", "secret": "k", "group": "Users", "owner": ""}
    told = browser(owner).post("/setup/crm/zammad/new/", given, follow=True)
    assert "cannot be reached" in told.content.decode()
    assert Entry.objects.filter(action="CRM connected").exists()


@pytest.mark.parametrize("address", ["https://a:99x/", "https://a..b/"])
def test_an_address_that_is_none_is_said(owner: Person, address: str) -> None:
    given = {"address": address, "secret": "k", "owner": "9"}
    told = browser(owner).post("/setup/crm/hubspot/new/", given, follow=True)
    assert "can be no address of HubSpot" in told.content.decode()


def test_a_secret_is_never_shown_again(owner: Person, hubspot: HubSpotServer) -> None:
    row = CrmAccount.objects.get()
    page = browser(owner).get(f"/setup/crm/hubspot/{row.pk}/").content.decode()
    assert KEY not in page
    given = row.given() | {"secret": "", "owner": "12"}
    browser(owner).post(f"/setup/crm/hubspot/{row.pk}/", given)
    row.refresh_from_db()
    assert (row.given()["secret"], row.given()["owner"]) == (KEY, "12")


def test_what_ends_forgets_its_key(owner: Person, hubspot: HubSpotServer) -> None:
    row = CrmAccount.objects.get()
    browser(owner).post(f"/setup/crm/{row.pk}/end/")
    row.refresh_from_db()
    assert row.given() == {}
    owed()
    rounds()
    assert not hubspot.tasks
