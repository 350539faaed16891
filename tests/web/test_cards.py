"""A caller's card leads to their page in the CRM, and plays the messages that they left."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from everycall.app.history.asking import Filter
from everycall.records.crm import CrmAccount, CrmItem
from everycall.records.models import Entry, Promise
from everycall.recovery.contacts import mark_of
from everycall.web.reading import site_reader
from web.conftest import browser, person

SOUND = bytes(range(100))


@pytest.fixture
def missed(calls: None, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Return a call of somebody who was not answered and left a message."""
    wanted = Filter(directions=("inbound",), limit=100)
    with site_reader().asking() as asking:
        found = asking.calls(wanted, evidence=False)
        call = next(c for c in found if not c["answered"] and (c["caller"] or "").startswith("+"))
    began = datetime.fromisoformat(call["arrived_at"]).timestamp() + 5
    note = tmp_path / "msg0000.txt"
    note.write_text(
        f"[message]\ncallerid=Bea <{call['caller']}>\norigtime={int(began)}\nduration=7\n"
    )
    sound = tmp_path / "msg0000.wav"
    sound.write_bytes(SOUND)
    for path in (note, sound):
        os.utime(path, (began, began))
    path = settings.DATA / "site.toml"
    path.write_text(
        f'[recordings]\nvoicemail = ["{tmp_path}"]\n'
        "[promises.links]\nOrders = 'https://shop.example/orders?phone={digits}'\n"
    )
    yield call
    path.unlink()


def owed(caller: str, client: str = "") -> Promise:
    now = timezone.now()
    return Promise.objects.create(
        caller=caller, client=client, reason="missed", made_at=now, missed_at=now, due_clock=now,
        due_pure=now, first_call="c1",
    )  # fmt: skip


def card(role: str, promise: Promise, **more: Any) -> str:
    who = browser(person(role.title(), role, **more))
    return who.get(f"/callbacks/{promise.pk}/").content.decode()


def known(caller: str, client: str = "", **more: str) -> None:
    row = CrmAccount(kind="hubspot", client=client)
    row.keep({"secret": "k", "portal": "77"} | more)
    row.save()
    CrmItem.objects.create(
        account=row, mark=mark_of("contact", caller), kind="contact", remote="501",
        lease_until=timezone.now(),
    )  # fmt: skip


@pytest.mark.usefixtures("owner")
def test_an_agent_hears_the_message_and_that_is_on_record(missed: dict[str, Any]) -> None:
    promise = owed(missed["caller"])
    page = card("agent", promise)
    address = f"/callbacks/messages/{missed['call_id']}/0/"
    assert f'src="{address}"' in page
    answer = browser(person("Ben", "agent")).get(address)
    assert b"".join(answer) == SOUND  # type: ignore[arg-type]
    assert Entry.objects.get(action="recording heard").about == missed["call_id"]


@pytest.mark.usefixtures("owner")
def test_a_talk_is_no_message(missed: dict[str, Any], tmp_path: Path) -> None:
    (settings.DATA / "site.toml").write_text(f'[recordings]\nfolders = ["{tmp_path}"]\n')
    talk = tmp_path / f"out-{missed['call_id']}.wav"
    talk.write_bytes(SOUND)
    at = datetime.fromisoformat(missed["arrived_at"]).timestamp() + 5
    os.utime(talk, (at, at))
    assert "<audio" not in card("agent", owed(missed["caller"]))
    answer = browser(person("Ben", "agent")).get(f"/callbacks/messages/{missed['call_id']}/0/")
    assert answer.status_code == 404


@pytest.mark.usefixtures("owner")
def test_a_message_of_another_brand_is_not_there(missed: dict[str, Any]) -> None:
    who = browser(person("Cleo", "agent", clients=["another"]))
    assert who.get(f"/callbacks/messages/{missed['call_id']}/0/").status_code == 404


@pytest.mark.usefixtures("owner")
def test_the_card_leads_to_the_crm_and_to_the_orders(missed: dict[str, Any]) -> None:
    known(missed["caller"])
    page = card("agent", owed(missed["caller"]))
    assert "https://app.hubspot.com/contacts/77/record/0-1/501" in page
    assert f"https://shop.example/orders?phone={missed['caller'].lstrip('+')}" in page


@pytest.mark.usefixtures("owner")
def test_a_crm_of_another_brand_is_not_shown(missed: dict[str, Any]) -> None:
    known(missed["caller"], "hats")
    promise = owed(missed["caller"], "shop")
    assert "hubspot.com" not in card("agent", promise, clients=["shop"])


@pytest.mark.usefixtures("owner")
def test_a_crm_that_says_no_address_or_is_gone_has_no_link(missed: dict[str, Any]) -> None:
    known(missed["caller"], portal="")
    assert "hubspot.com" not in card("agent", owed(missed["caller"]))
    CrmAccount.objects.update(removed_at=timezone.now())
    known(missed["caller"])
    CrmAccount.objects.update(removed_at=timezone.now())
    assert "hubspot.com" not in card("supervisor", Promise.objects.get())
