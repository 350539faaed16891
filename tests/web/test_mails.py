"""Who no text reaches is told by mail, once, if somebody gave an address; and never who wants none."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.servers import KEY, HubSpotServer, Trouble
from crm.servers import serving as serving_crm
from everycall.app.keeping.erasing import Erasure
from everycall.records.alerts import Channel
from everycall.records.crm import LEASE, CrmAccount, CrmItem
from everycall.records.erasing import erase_everywhere
from everycall.records.jobs import Job, run_one
from everycall.records.models import CallerAddress, CallerLink, OptOut, Person, Promise, Text
from everycall.records.texts import TextGateway, keep_address, opt_out
from everycall.web.reading import site_reader
from everycall.web.work.mailing import WORK, mail_the_missed
from everycall.web.work.outward import one_round
from web.conftest import browser
from web.postbox import Postbox, posting
from web.sms import carrying

LANDLINE, MOBILE = "+4930901820", "+4915112345678"
BEA = "bea@example.org"

SITE = """
zone = "Europe/Berlin"
region = "DE"

[promises]
quiet = ""

[mails]
on = true
after = "0 s"

[clients.shop]
[clients.praxis.mails]
on = true
after = "0 s"
neutral = true
"""


@pytest.fixture
def site() -> Iterator[Path]:
    path: Path = settings.DATA / "site.toml"
    path.write_text(SITE)
    yield path
    path.unlink()


@pytest.fixture
def box(site: Path, owner: Person) -> Iterator[Postbox]:
    with posting() as found:
        row = Channel(name="Post", kind="mail")
        told = {"to": "team@example.org", "sender": "shop@example.org", "host": "127.0.0.1"}
        row.keep(told | {"port": found.port, "tls": False})
        row.save()
        yield found


@pytest.fixture
def hubspot(box: Postbox) -> Iterator[HubSpotServer]:
    fake = HubSpotServer()
    with serving_crm(fake) as address:
        row = CrmAccount(kind="hubspot")
        row.keep({"secret": KEY, "owner": "9", "address": address})
        row.save()
        yield fake


def owed(caller: str = LANDLINE, **more: object) -> Promise:
    now = timezone.now()
    given = {
        "caller": caller,
        "client": "shop",
        "reason": "timed_out",
        "made_at": now,
        "missed_at": now,
        "due_clock": now + timedelta(hours=1),
        "due_pure": now + timedelta(hours=1),
        "first_call": "1.1",
    }
    return Promise.objects.create(**(given | more))


def known(promise: Promise, address: str = BEA) -> Promise:
    keep_address(promise.caller, promise.client, address, "Ada", timezone.now())
    return promise


def rounds(times: int = 1) -> None:
    for _ in range(times):
        Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
        one_round(site_reader())


def words(mail: EmailMessage) -> str:
    return str(mail.get_content())


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"(/c/\S+/)", words(mail))
    assert found is not None
    return found[1]


def test_a_missed_caller_with_an_address_is_told_once(box: Postbox) -> None:
    known(owed())
    rounds(3)
    [mail] = box.sent
    assert (mail["To"], mail["From"]) == (BEA, "shop@example.org")
    assert mail["Subject"] == "shop: we will call you back"
    assert "sorry that we missed your call" in words(mail)


def test_nothing_is_sent_where_nobody_gave_an_address(box: Postbox) -> None:
    owed()
    rounds(2)
    assert box.sent == []


def test_where_mails_are_off_nothing_is_sent(box: Postbox, site: Path) -> None:
    site.write_text(SITE.replace("on = true", "on = false"))
    known(owed())
    rounds()
    assert box.sent == []


def test_in_their_language_by_name_else_in_that_of_the_site(box: Postbox) -> None:
    known(owed(language="pl"))
    known(owed("+4930901821", language="fi"))
    rounds()
    told = {mail["Content-Language"]: mail["Subject"] for mail in box.sent}
    assert told == {"pl": "shop: oddzwonimy", "en": "shop: we will call you back"}


def test_a_practice_is_not_named(box: Postbox) -> None:
    known(owed(client="praxis"))
    rounds()
    assert "praxis" not in box.sent[0].as_string()


def test_the_address_is_asked_of_the_crm(hubspot: HubSpotServer, box: Postbox) -> None:
    hubspot.contacts[7] = {"numbers": [LANDLINE], "email": BEA}
    owed()
    rounds(3)
    assert [mail["To"] for mail in box.sent] == [BEA]
    assert CallerAddress.objects.get().source == "hubspot"


def test_a_crm_that_knows_no_address_is_not_asked_again_at_once(
    hubspot: HubSpotServer, box: Postbox
) -> None:
    owed()
    rounds(2)
    hubspot.asked.clear()
    rounds(3)
    assert not [path for path in hubspot.asked if path.startswith("GET /crm/v3/objects/contacts/")]
    assert box.sent == []


def test_a_crm_that_cannot_be_asked_is_asked_once(box: Postbox) -> None:
    row = CrmAccount(kind="webhook")
    row.keep({"address": "https://127.0.0.1:9/", "secret": "whsec_eA=="})
    row.save()
    owed()
    rounds(2)
    assert CallerAddress.objects.get().address == ""
    assert not Job.objects.filter(func="crm-address").exists()


def test_an_outage_of_the_crm_is_made_good_for(hubspot: HubSpotServer, box: Postbox) -> None:
    hubspot.contacts[7] = {"numbers": [LANDLINE], "email": BEA}
    owed()
    hubspot.trouble = Trouble(0, "down")
    rounds()
    CrmItem.objects.update(lease_until=timezone.now() - LEASE)
    rounds(3)
    assert [mail["To"] for mail in box.sent] == [BEA]


def test_a_site_may_leave_the_crm_out(hubspot: HubSpotServer, box: Postbox, site: Path) -> None:
    site.write_text(SITE.replace('after = "0 s"\n', 'after = "0 s"\nfrom_crm = false\n', 1))
    hubspot.contacts[7] = {"numbers": [LANDLINE], "email": BEA}
    owed()
    rounds(3)
    assert box.sent == []


def test_a_round_over_many_callers_without_an_address_asks_the_database_little(
    box: Postbox,
) -> None:
    for number in range(60):
        owed(f"+4930901{number:03}")
    with CaptureQueriesContext(connection) as asked:
        mail_the_missed(site_reader(), timezone.now())
    assert len(asked) <= 3


def test_who_is_told_by_text_gets_no_mail(box: Postbox, site: Path) -> None:
    site.write_text(SITE + '[texts]\non = true\nafter = "0 s"\nsenders = { DE = "Shop" }\n')
    with carrying() as carrier:
        row = TextGateway(kind="gateway")
        row.keep({"address": carrier.address})
        row.save()
        known(owed(MOBILE))
        known(owed(LANDLINE), "carl@example.org")
        rounds(3)
        assert [one["to"] for one in carrier.sent] == [MOBILE]
    assert [mail["To"] for mail in box.sent] == ["carl@example.org"]


@pytest.mark.parametrize(("trouble", "times"), [("limit", 1), ("lost", 1), ("refused", 0)])
def test_nobody_is_written_to_twice_whatever_fails(box: Postbox, trouble: str, times: int) -> None:
    known(owed())
    box.trouble = trouble
    rounds(3)
    assert len(box.sent) == times
    state = {"limit": "sent", "lost": "unclear", "refused": "refused"}[trouble]
    assert Text.objects.get().state == state


@pytest.mark.parametrize("sender", ["shop@example.org\nBcc: all@example.org", ""])
def test_a_mail_that_cannot_be_written_so_is_sent_when_it_can(box: Postbox, sender: str) -> None:
    row = Channel.objects.get()
    good = row.given()
    row.keep(good | ({"sender": sender} if sender else {"host": "mail..example.org"}))
    row.save()
    known(owed())
    rounds()
    assert Text.objects.get().state == "queued"
    row.keep(good)
    row.save()
    rounds()
    assert len(box.sent) == 1


def test_a_site_file_that_breaks_just_then_costs_no_mail(box: Postbox, site: Path) -> None:
    known(owed())
    mail_the_missed(site_reader(), timezone.now())
    site.write_text("nonsense = [[[")
    assert run_one(WORK, timezone.now())
    site.write_text(SITE)
    rounds()
    assert len(box.sent) == 1
    assert Text.objects.get().state == "sent"


def test_who_was_helped_in_the_meantime_gets_no_mail(box: Postbox) -> None:
    promise = known(owed())
    box.trouble = "limit"
    rounds()
    Promise.objects.filter(pk=promise.pk).update(state="kept")
    rounds()
    assert box.sent == []


def test_the_link_opens_their_page(box: Postbox) -> None:
    promise = known(owed())
    rounds()
    path = link_in(box.sent[0])
    assert "We will call you back" in Client().get(path).content.decode()
    Client().post(path, {"do": "cancel"})
    promise.refresh_from_db()
    assert promise.state == "withdrawn"


def test_a_long_address_stays_one_word_in_the_header(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = "https://calls.a-rather-long-name-of-a-house.example.com/everycall/is/here"
    monkeypatch.setattr(settings, "ADDRESS", host)
    known(owed())
    rounds()
    raw = box.sent[0].as_string(policy=policy.default.clone(refold_source="none"))
    assert f"List-Unsubscribe: <{host}/c/" in raw


@pytest.mark.parametrize("over", [False, True])
def test_one_click_in_the_mail_program_ends_all_messages(box: Postbox, *, over: bool) -> None:
    known(owed())
    rounds()
    [mail] = box.sent
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = mail["List-Unsubscribe"].strip("<>")
    if over:
        CallerLink.objects.update(until=timezone.now())
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code < 400
    assert OptOut.objects.get().number == LANDLINE
    Promise.objects.all().delete()
    known(owed())
    rounds(2)
    assert len(box.sent) == 1


def test_who_wants_none_gets_none_by_another_number_of_theirs(box: Postbox) -> None:
    keep_address("+4930901829", "shop", BEA, "Ada", timezone.now())
    opt_out("+4930901829", "shop", timezone.now(), "on their page")
    known(owed())
    rounds()
    assert box.sent == []


# ---- by a person's hand


def asked(who: Person, promise: Promise, address: str, **more: str) -> str:
    given = {"address": address, "agreed": "1"} | more
    answer = browser(who).post(f"/callbacks/{promise.pk}/mail/", given, follow=True)
    return answer.content.decode()


def test_somebody_types_the_address_and_the_mail_goes(box: Postbox, supervisor: Person) -> None:
    promise = owed()
    assert (
        "Their e-mail address"
        in browser(supervisor).get(f"/callbacks/{promise.pk}/").content.decode()
    )
    asked(supervisor, promise, BEA)
    rounds(2)
    assert [mail["To"] for mail in box.sent] == [BEA]
    page = asked(supervisor, promise, BEA)
    rounds(2)
    assert "Nothing was sent" in page
    assert len(box.sent) == 1
    assert BEA in page


@pytest.mark.parametrize(
    ("address", "agreed", "said"),
    [
        ("bea", "1", "no e-mail address"),
        (BEA, "", "have to agree"),
        ("a@b\nBcc: c@d", "1", "no e-"),
    ],
)
def test_what_may_not_be_sent_is_not(
    box: Postbox, supervisor: Person, address: str, agreed: str, said: str
) -> None:
    page = asked(supervisor, owed(), address, agreed=agreed)
    rounds()
    assert said in page
    assert box.sent == []


def test_who_wants_none_gets_none_by_hand(box: Postbox, supervisor: Person) -> None:
    opt_out(LANDLINE, "shop", timezone.now(), "on their page")
    assert "Nothing was sent" in asked(supervisor, owed(), BEA)
    rounds()
    assert box.sent == []


def test_who_is_erased_leaves_no_address(box: Postbox) -> None:
    known(owed())
    rounds()
    gone = Erasure("erased-1", (LANDLINE, LANDLINE[1:]))
    erase_everywhere(LANDLINE[-6:], gone.out_of)
    assert not CallerAddress.objects.exists()
    assert BEA not in str(list(Text.objects.values()))
