"""What every CRM promises, tried on a server that speaks as it does; a new one is found here."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm.marks import MemoryMarks
from crm.servers import (
    KEY,
    ChatwootServer,
    Fake,
    HubSpotServer,
    PipedriveServer,
    Trouble,
    ZammadServer,
    ZendeskServer,
    serving,
)
from everycall.app.recovery.crm_sync import CrmSync
from everycall.errors import BusyError, LaterError, NotTakenError, RefusedError
from everycall.recovery.contacts import (
    AddressBook,
    CallbackTask,
    CallNote,
    Crm,
    Seller,
    mark_of,
    same_line,
)
from everycall.registry import load_all
from everycall.settings import doc_of

SERVERS: dict[str, tuple[type[Fake], dict[str, str]]] = {
    "chatwoot": (ChatwootServer, {"account": "1", "inbox": "5", "secret": KEY, "owner": "9"}),
    "hubspot": (HubSpotServer, {"secret": KEY, "owner": "9"}),
    "pipedrive": (PipedriveServer, {"secret": KEY, "owner": "9"}),
    "zammad": (ZammadServer, {"secret": KEY, "owner": "9"}),
    "zendesk": (ZendeskServer, {"user": "ada@example.org", "secret": KEY, "owner": "9"}),
}
KINDS = dict(load_all("crm"))
ASKED = [name for name in KINDS if name != "webhook"]

NUMBER = "+4930901820"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CALL = CallNote(
    mark_of("call", "1.1"),
    NUMBER,
    inbound=True,
    began_at=NOON,
    ended_at=NOON + timedelta(minutes=2),
    talk_ms=None,
    answered=False,
    title="Call: missed",
    text="missed, queue sales",
    link="https://everycall.example/calls/1.1/",
)
TASK = CallbackTask(
    mark_of("task", "7"),
    NUMBER,
    NOON + timedelta(hours=1),
    "Call back",
    "missed at 12:00",
    "https://everycall.example/callbacks/7/",
)


class Lab:
    """One kind of CRM with its server."""

    def __init__(self, name: str, fake: Fake, address: str) -> None:
        self.fake = fake
        self.given = SERVERS[name][1] | {"address": address}
        self.crm: Any = KINDS[name](**self.given)
        self.marks = MemoryMarks()
        self.file = CrmSync(self.crm, self.marks)


@pytest.fixture(params=ASKED)
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    fake = SERVERS[request.param][0]()
    with serving(fake) as address:
        yield Lab(request.param, fake, address)


def test_every_kind_has_a_server_here() -> None:
    assert set(SERVERS) == set(ASKED)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_what_its_settings_mean(name: str) -> None:
    declared = fields(KINDS[name])
    assert all(doc_of(one).endswith(".") for one in declared)
    assert {"address", "owner", "secret"} <= {one.name for one in declared}


def test_the_key_is_tried(lab: Lab) -> None:
    assert lab.crm.check()


@pytest.mark.parametrize("address", ["https://a:99x/", "https://a..b/", f"https://{'a' * 64}/"])
def test_what_can_be_no_address_is_refused_in_words(lab: Lab, address: str) -> None:
    nowhere: Crm = type(lab.crm)(**lab.given | {"address": address})
    with pytest.raises(RefusedError, match="can be no address"):
        nowhere.check()


def test_a_wrong_key_is_refused_in_words(lab: Lab) -> None:
    wrong: Crm = type(lab.crm)(**lab.given | {"secret": "stolen"})
    with pytest.raises(RefusedError, match="refused the key"):
        wrong.check()


@pytest.mark.parametrize("written", [NUMBER, "030 901820", "+49 (30) 90-1820", "0049 30 901820"])
def test_a_contact_is_found_however_its_number_is_written(lab: Lab, written: str) -> None:
    lab.fake.contacts[7] = {"numbers": [written]}
    assert lab.file.contact(NUMBER) == "7"
    assert list(lab.fake.contacts) == [7]


def test_a_contact_with_another_number_is_another(lab: Lab) -> None:
    lab.fake.contacts[7] = {"numbers": ["+43 30 901820"]}
    assert lab.file.contact(NUMBER) != "7"


def test_the_mail_address_of_a_contact_is_known_or_it_is_not(lab: Lab) -> None:
    lab.fake.contacts[7] = {"numbers": [NUMBER], "email": "bea@example.org"}
    lab.fake.contacts[8] = {"numbers": ["+493012345678"]}
    assert isinstance(lab.crm, AddressBook)
    assert lab.crm.address_of("7") == "bea@example.org"
    assert lab.crm.address_of("8") is None


def test_a_contact_opens_over_there(lab: Lab) -> None:
    told = lab.given | ({"portal": "77"} if "portal" in vars(lab.crm) else {})
    page = type(lab.crm)(**told).page_of("7")
    assert page.startswith(("http://127.0.0.1", "https://"))
    assert "7" in page.rpartition("/contacts/")[2].rpartition("/person/")[2]


def test_a_call_stands_in_the_history_of_its_contact(lab: Lab) -> None:
    lab.file.call(CALL)
    lab.file.call(CALL)
    contact = lab.fake.contact(NUMBER)
    assert [told["contact"] for told in lab.fake.calls.values()] == [contact]
    assert "missed" in str(lab.fake.calls)


def test_a_task_is_opened_and_closed_from_here(lab: Lab) -> None:
    task = lab.file.task(TASK)
    assert lab.crm.is_open(task)
    lab.crm.close_task(task, "they rang back and were helped")
    lab.crm.close_task(task, "they rang back and were helped")
    assert not lab.crm.is_open(task)


def test_a_task_that_was_closed_over_there_is_seen(lab: Lab) -> None:
    task = lab.file.task(TASK)
    lab.fake.tasks[lab.fake.open_task(NUMBER)]["open"] = False
    assert not lab.crm.is_open(task)


def test_a_task_that_was_deleted_over_there_is_closed(lab: Lab) -> None:
    task = lab.file.task(TASK)
    lab.fake.tasks.clear()
    assert not lab.crm.is_open(task)


def test_a_limit_says_when_to_come_again(lab: Lab) -> None:
    lab.fake.trouble = Trouble(0, "limit")
    with pytest.raises(LaterError) as told:
        lab.file.call(CALL)
    assert told.value.after == timedelta(seconds=3)
    lab.file.call(CALL)
    assert len(lab.fake.calls) == 1


def test_nobody_at_home_is_said_in_words(lab: Lab) -> None:
    away: Crm = type(lab.crm)(**lab.given | {"address": "http://127.0.0.1:9"})
    with pytest.raises(NotTakenError, match="cannot be reached"):
        away.check()


@pytest.mark.parametrize("kind", ["limit", "down", "lost"])
@pytest.mark.parametrize("after", range(6))
def test_whatever_fails_in_between_everything_is_made_once(lab: Lab, kind: str, after: int) -> None:
    lab.fake.trouble = Trouble(after, kind)
    for _ in range(8):
        try:
            lab.file.call(CALL)
            lab.file.task(TASK)
        except (NotTakenError, BusyError):
            lab.marks.forget_leases()
        else:
            break
    found = len(lab.fake.contacts), len(lab.fake.calls), len(lab.fake.tasks)
    assert found == (1, 1, 1)


@pytest.mark.parametrize("dies_before", ["call", "task", "contact"])
def test_a_program_that_dies_before_it_notes_what_it_made_makes_it_once(
    lab: Lab, dies_before: str
) -> None:
    class Dying(MemoryMarks):
        def keep(self, mark: str, made: str) -> None:
            if mark == marks[dies_before] and mark not in self.left:
                raise KeyboardInterrupt
            super().keep(mark, made)

    marks = {"call": CALL.mark, "task": TASK.mark, "contact": mark_of("contact", NUMBER)}
    lab.marks = Dying()
    file = CrmSync(lab.crm, lab.marks)
    with pytest.raises(KeyboardInterrupt):
        _both(file)
    lab.marks.forget_leases()
    _both(file)
    found = len(lab.fake.contacts), len(lab.fake.calls), len(lab.fake.tasks)
    assert found == (1, 1, 1)


def _both(file: CrmSync) -> None:
    file.call(CALL)
    file.task(TASK)


def test_won_deals_come_with_the_numbers_of_their_contacts(lab: Lab) -> None:
    if not isinstance(lab.crm, Seller):
        pytest.skip(f"{type(lab.crm).__name__} knows no deals")
    lab.file.contact(NUMBER)
    deal = {"number": NUMBER, "currency": "EUR", "won_at": "2026-03-03T09:00:00+00:00"}
    lab.fake.deals = [deal | {"value": 120.5}, deal | {"value": 80}]
    found = list(lab.crm.deals(NOON))
    assert [one.value for one in found] == [120.5, 80]
    assert all(same_line(NUMBER, number) for one in found for number in one.numbers)
    assert {one.currency for one in found} == {"EUR"}
