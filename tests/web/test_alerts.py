"""Rules are set, alerts open once, are said once per channel and close; secrets stay secret."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from everycall.alerts import Observed, Rule, Situation, observe
from everycall.records.alerts import DELIVER
from everycall.records.jobs import Job, run_one
from everycall.records.models import Alert, AlertRule, Channel, Delivery, Person
from everycall.web.reading import site_reader
from everycall.web.work import alerting
from everycall.web.work.alerting import Watcher
from everycall.web.work.carrying import carry
from everycall.web.work.situations import Measured
from web.conftest import browser, person
from web.test_live import board

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def rule() -> AlertRule:
    made = AlertRule.objects.create(name="Long wait", measure="longest_wait", limit=60, above=True)
    hook = Channel(name="Hook", kind="webhook")
    hook.keep({"url": "http://127.0.0.1/", "secret": "s3cret", "inside": False})
    hook.save()
    made.channels.add(hook)
    return made


def looks(times: int, since: int = 70) -> Watcher:
    watcher = Watcher(ZoneInfo("UTC"), "https://example.org")
    for number in range(times):
        look(watcher, since, number)
    return watcher


def look(watcher: Watcher, since: int, second: int = 0) -> None:
    shown = board()
    queue = replace(shown.queues[0], longest_since=shown.as_of - since * 1_000_000)
    watcher.look(Situation(replace(shown, queues=(queue,))), NINE + second * timedelta(seconds=1))


def said() -> list[str]:
    return [delivery.message["said"] for delivery in Delivery.objects.order_by("id")]


def test_an_alert_opens_once_and_is_said_once(rule: AlertRule) -> None:
    looks(5)
    assert Alert.objects.get().thing == "sales"
    assert Delivery.objects.count() == Job.objects.count() == 1


def test_it_closes_when_it_is_over_and_that_is_said(rule: AlertRule) -> None:
    looks(2)
    looks(1, since=10)
    assert Alert.objects.get().closed_at is not None
    assert said() == ["opened", "closed"]


def test_a_restart_does_not_say_it_again(rule: AlertRule) -> None:
    looks(2)
    looks(2)
    assert Delivery.objects.count() == 1


def test_what_a_channel_does_not_take_is_tried_again_and_the_reason_kept(rule: AlertRule) -> None:
    looks(1)
    now = datetime.now(UTC) + timedelta(seconds=1)
    assert run_one({DELIVER: carry}, now)
    assert "inside this network" in Delivery.objects.get().error
    assert Job.objects.get().attempts == 1


def test_secrets_are_sealed_and_never_shown(rule: AlertRule, owner: Person) -> None:
    hook = Channel.objects.get()
    assert "s3cret" not in hook.sealed
    page = browser(owner).get(f"/setup/channels/webhook/{hook.pk}/").content.decode()
    assert "s3cret" not in page
    given = {"name": "Hook", "url": "https://example.org/new", "secret": ""}
    browser(owner).post(f"/setup/channels/webhook/{hook.pk}/", given)
    hook.refresh_from_db()
    assert hook.given() == {"url": "https://example.org/new", "secret": "s3cret", "inside": False}


def test_only_the_owner_lets_a_webhook_into_the_network(rule: AlertRule) -> None:
    hook = Channel.objects.get()
    given = {"name": "Hook", "url": "https://example.org/new", "secret": "", "inside": "on"}
    browser(person("Max", "manager")).post(f"/setup/channels/webhook/{hook.pk}/", given)
    hook.refresh_from_db()
    assert hook.given()["inside"] is False
    assert hook.given()["url"] == "https://example.org/new"


def test_what_the_owner_let_into_the_network_is_one_address_and_no_other(rule: AlertRule) -> None:
    hook, max_ = Channel.objects.get(), browser(person("Max", "manager"))
    hook.keep({"url": "http://10.0.0.5/", "secret": "s3cret", "inside": True})
    hook.save()

    def told(**given: str) -> dict[str, object]:
        max_.post(f"/setup/channels/webhook/{hook.pk}/", {"name": "Hook", "secret": "", **given})
        hook.refresh_from_db()
        return hook.given()

    assert told(url="http://10.0.0.5/", language="de")["inside"] is True
    moved = told(url="http://169.254.169.254/latest/")
    assert (moved["url"], moved.get("inside", False)) == ("http://169.254.169.254/latest/", False)


def test_a_password_that_was_kept_goes_to_no_other_server(rule: AlertRule) -> None:
    usual = {"host": "mail.example.org", "port": 587, "user": "u", "sender": "a@example.org"}
    usual |= {"to": "b@example.org", "tls": "starttls"}
    mail = Channel.objects.create(kind="mail", name="Post")
    mail.keep({**usual, "password": "s3cret"})
    mail.save()
    max_ = browser(person("Max", "manager"))

    def kept(**given: object) -> tuple[object, object]:
        posted = {"name": "Post", "password": "", "language": "", **usual, **given}
        page = max_.post(f"/setup/channels/mail/{mail.pk}/", posted)
        mail.refresh_from_db()
        assert (page.status_code == 302) == (b"would go to another server" not in page.content)
        return mail.given()["host"], mail.given()["password"]

    assert kept(to="c@example.org") == ("mail.example.org", "s3cret")
    assert kept(host="mine.example.net") == ("mail.example.org", "s3cret")
    assert kept(tls="") == ("mail.example.org", "s3cret")
    assert kept(host="mine.example.net", password="new") == ("mine.example.net", "new")


def test_a_rule_is_made_on_the_page(owner: Person) -> None:
    given = {
        "name": "Nobody free", "measure": "free", "above": "below", "limit": "1", "lasting_s": "60",
        "queues": "sales", "is_on": "on",
    }  # fmt: skip
    assert browser(owner).post("/setup/alerts/new/", given).status_code == 302
    made = AlertRule.objects.get()
    assert (made.above, made.queues, made.plain().lasting) == (
        False,
        ["sales"],
        timedelta(minutes=1),
    )


@pytest.mark.parametrize(
    ("watch", "parameter", "kept"),
    [
        ("metric:service_level.sl2", "20", "metric:service_level.sl2:20"),
        ("metric:asa", "", "metric:asa"),
        ("outcome:blocked", "", "outcome:blocked"),
        ("state:paused", "", "state:paused"),
    ],
)
def test_any_metric_outcome_or_state_can_be_watched(
    owner: Person, watch: str, parameter: str, kept: str
) -> None:
    given = {"name": "R", "measure": watch, "parameter": parameter, "above": "above", "limit": "1"}
    answer = browser(owner).post("/setup/alerts/new/", {**given, "lasting_s": "0"})
    assert answer.status_code == 302, answer.content.decode()
    assert AlertRule.objects.get().measure == kept
    assert b"R" in browser(owner).get(f"/setup/alerts/{AlertRule.objects.get().pk}/").content


def test_a_parameter_that_cannot_be_is_refused(owner: Person) -> None:
    given = {"name": "R", "measure": "metric:asa", "parameter": "20", "limit": "1"}
    answer = browser(owner).post("/setup/alerts/new/", {**given, "lasting_s": "0"})
    assert b"takes no number" in answer.content
    assert not AlertRule.objects.exists()


def test_trying_a_channel_says_what_came_of_it(rule: AlertRule, owner: Person) -> None:
    answer = browser(owner).post(f"/setup/channels/{Channel.objects.get().pk}/try/", follow=True)
    assert b"It did not go through" in answer.content


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "mail", "host": "mail..example.org"},
        {"kind": "mail", "host": "x" * 300},
        {"kind": "mail", "host": "127.0.0.1", "port": 99999999},
        {"kind": "webhook", "url": "https://a..b/"},
        {"kind": "webhook", "url": "https://a:99x/"},
        {"kind": "webhook", "url": "http://127.0.0.1:1/", "secret": "whsec_a"},
    ],
)
def test_a_channel_that_can_lead_nowhere_says_so(owner: Person, wrong: dict[str, Any]) -> None:
    mail = {"to": "a@example.org", "sender": "b@example.org", "port": 25, "tls": False}
    usual = mail if wrong["kind"] == "mail" else {"secret": "whsec_aaaa", "inside": True}
    made = Channel(name="Wrong", kind=wrong["kind"])
    made.keep(usual | {name: told for name, told in wrong.items() if name != "kind"})
    made.save()
    answer = browser(owner).post(f"/setup/channels/{made.pk}/try/", follow=True)
    assert b"It did not go through" in answer.content


def test_somebody_looks_after_an_alert(rule: AlertRule, supervisor: Person) -> None:
    looks(1)
    alert = Alert.objects.get()
    browser(supervisor).post(f"/alerts/{alert.pk}/claim/")
    browser(person("Max", "manager")).post(f"/alerts/{alert.pk}/claim/")
    alert.refresh_from_db()
    assert alert.claimed_by == "Sam"
    assert b"Sam looks after it" in browser(supervisor).get(f"/alerts/{alert.pk}/").content
    assert b"1 alert is open" in browser(supervisor).get("/alerts/").content


@pytest.mark.parametrize("measure", ["state:paused", "ring_outs", "of another version"])
@pytest.mark.parametrize(
    ("role", "is_named"), [("viewer", False), ("agent", False), ("supervisor", True)]
)
def test_an_alert_about_a_colleague_names_them_to_whoever_may_see_names(
    measure: str, role: str, *, is_named: bool
) -> None:
    made = AlertRule.objects.create(name="Trouble", measure=measure, limit=1)
    found = Alert.objects.create(rule=made, thing="Nora Nobel", since=NINE, opened_at=NINE)
    channel = Channel.objects.create(name="Mail to the boss", kind="mail")
    told = {"title": "Trouble (Nora Nobel)"}
    Delivery.objects.create(alert=found, channel=channel, message=told, key="1")
    who = person("Vera", role)
    for page in ("/alerts/", f"/alerts/{found.pk}/"):
        shown = browser(who).get(page).content.decode()
        assert ("Nora Nobel" in shown) is is_named, page
        assert ("a colleague" in shown) is not is_named, page
    Alert.objects.update(thing="Vera")
    assert "Vera</bdi>" in browser(who).get("/alerts/").content.decode()


def test_an_alert_about_a_queue_names_it_to_whoever_looks_on(rule: AlertRule) -> None:
    looks(1)
    vera = browser(person("Vera", "viewer"))
    for page in ("/alerts/", f"/alerts/{Alert.objects.get().pk}/"):
        shown = vera.get(page).content.decode()
        assert "sales" in shown
        assert "a colleague" not in shown


def test_an_alert_that_somebody_closed_rests_until_it_was_over(
    rule: AlertRule, supervisor: Person
) -> None:
    looks(1)
    browser(supervisor).post(f"/alerts/{Alert.objects.get().pk}/close/")
    assert said() == ["opened", "closed"]
    looks(3)
    assert said() == ["opened", "closed"]
    assert Delivery.objects.latest("pk").message["text"] == "Closed by Sam"
    watcher = looks(1, since=10)
    assert said() == ["opened", "closed"]
    look(watcher, 70)
    assert said() == ["opened", "closed", "opened"]
    assert Alert.objects.filter(closed_at=None).count() == 1


def test_who_looked_all_the_time_lets_it_rest_too(rule: AlertRule, supervisor: Person) -> None:
    watcher = looks(2)
    browser(supervisor).post(f"/alerts/{Alert.objects.get().pk}/close/")
    look(watcher, 80)
    assert said() == ["opened", "closed"]


def test_an_empty_page_teaches(supervisor: Person) -> None:
    assert b"No rule watches yet" in browser(supervisor).get("/alerts/").content


def test_the_log_shows_tries_and_sends_again(rule: AlertRule, owner: Person) -> None:
    looks(1)
    run_one({DELIVER: carry}, datetime.now(UTC) + timedelta(seconds=1))
    page = browser(owner).get("/setup/alerts/log/").content.decode()
    assert "inside this network" in page
    assert "next try" in page
    assert Job.objects.get().attempts == 1
    browser(owner).post(f"/setup/alerts/log/{Delivery.objects.get().pk}/send/")
    assert Job.objects.get().attempts == 0


def test_nobody_else_is_called_while_somebody_looks_after_it(rule: AlertRule) -> None:
    rule.escalate_s = 60
    rule.save()
    rule.escalate_to.add(*rule.channels.all())
    watcher = Watcher(ZoneInfo("UTC"), "https://example.org")
    shown = board()
    queue = replace(shown.queues[0], longest_since=shown.as_of - 70_000_000)
    seen = Situation(replace(shown, queues=(queue,)))
    watcher.look(seen, NINE)
    Alert.objects.update(claimed_by="Sam")
    watcher.look(seen, NINE + timedelta(minutes=5))
    assert Delivery.objects.count() == 1
    Alert.objects.update(claimed_by="")
    watcher.look(seen, NINE + timedelta(minutes=6))
    assert [d.message["said"] for d in Delivery.objects.order_by("id")] == ["opened", "escalated"]


def test_a_name_of_any_length_opens_one_alert_and_closes_it(rule: AlertRule) -> None:
    watcher, shown = Watcher(ZoneInfo("UTC"), "https://example.org"), board()
    for number, since in enumerate((70, 70, 10)):
        named = replace(
            shown.queues[0], name="q" * 300, longest_since=shown.as_of - since * 1_000_000
        )
        seen = Situation(replace(shown, queues=(named,)))
        watcher.look(seen, NINE + number * timedelta(seconds=1))
    alert = Alert.objects.get()
    assert len(alert.thing) == 160
    assert alert.closed_at is not None


# ---- numbers that are too large

HUGE = 10**14 if connection.vendor == "sqlite" else 2 * 10**9
"""PostgreSQL holds no larger ones."""


@pytest.mark.parametrize(
    ("name", "number"),
    [("over_min", "10081"), ("lasting_s", "100000000000000"), ("escalate_s", "2000000000")],
)
def test_a_time_of_more_than_a_week_is_refused(owner: Person, name: str, number: str) -> None:
    given = {"name": "R", "measure": "metric:answered", "limit": "1", "lasting_s": "0"}
    answer = browser(owner).post("/setup/alerts/new/", given | {name: number})
    assert b"longer than a week" in answer.content
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize("number", ["9" * 11, "9" * 40])
def test_a_parameter_of_more_than_a_year_is_refused(owner: Person, number: str) -> None:
    given = {"name": "R", "measure": "metric:service_level.sl2", "parameter": number, "limit": "1"}
    answer = browser(owner).post("/setup/alerts/new/", {**given, "lasting_s": "0"})
    assert b"more than a year" in answer.content
    assert not AlertRule.objects.exists()


def test_a_rule_that_fails_silences_no_other(
    rule: AlertRule, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = AlertRule.objects.create(name="A", measure="waiting", limit=1)

    def observed(one: Rule, seen: Situation) -> Observed:
        if one.id == bad.pk:
            raise OverflowError("date value out of range")
        return observe(one, seen)

    monkeypatch.setattr(alerting, "observe", observed)
    looks(3)
    assert Alert.objects.get().rule == rule
    assert [one.message for one in caplog.records] == [f"the alert rule {bad.pk} failed"]


@pytest.mark.usefixtures("calls")
def test_a_rule_that_cannot_be_measured_silences_no_other() -> None:
    for name, more in (
        ("A", {"over_min": 2 * 10**9}),
        ("B", {"lasting_s": HUGE}),
        ("C", {"measure": "metric:service_level.sl2:" + "9" * 40}),
        ("D", {}),
    ):
        AlertRule.objects.create(**{"name": name, "measure": "metric:answered", "limit": 1, **more})
    measured = Measured(site_reader())
    measured.refresh(NINE)
    assert measured.metric("answered", None, ()) == {"": 0}
    assert measured.metric("answered", timedelta(minutes=2 * 10**9), ()) == {}
