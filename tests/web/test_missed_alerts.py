"""A missed caller is told of once for each need, and the alert follows what becomes of it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DataError, OperationalError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from everycall.alerts import MissedCall
from everycall.records.alerts import open_missed
from everycall.records.models import Alert, AlertRule, Channel, Delivery, Promise
from everycall.recovery import Ended, OwingSettings
from everycall.web.work import alerting
from everycall.web.work.alerting import Watcher
from web.conftest import browser, person

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TERMS = OwingSettings()
CALLER, OTHER = "+493023125001", "+493023125002"


def call(call_id: str, at: datetime = NINE, **more: Any) -> MissedCall:
    number = more.pop("caller", CALLER)
    message = more.pop("message", None)
    ended = Ended(
        call_id,
        "inbound",
        number,
        None,
        at - MINUTE,
        at,
        "caller_left_in_queue",
        asked_for_person=True,
        answered=False,
    )
    return MissedCall(replace(ended, **more), number, None, "sales", 42_000, message)


def talk(call_id: str, at: datetime, direction: str = "inbound") -> MissedCall:
    outcome = "answered" if direction == "inbound" else "reached"
    return call(
        call_id,
        at,
        direction=direction,
        outcome=outcome,
        answered=True,
        talk_ms=60_000,
        agent="Ann",
    )


@pytest.fixture
def rule() -> AlertRule:
    made = AlertRule.objects.create(
        name="Missed call", measure="missed_call", made_at=NINE - timedelta(days=1)
    )
    hook = Channel(name="Hook", kind="webhook")
    hook.keep({"url": "https://example.org/", "secret": "s3cret", "inside": False})
    hook.save()
    made.channels.add(hook)
    return made


def watcher() -> Watcher:
    return Watcher(ZoneInfo("UTC"), "https://example.org")


def look(calls: list[MissedCall], now: datetime = NINE, by: Watcher | None = None) -> None:
    (by or watcher()).look_at_calls(calls, TERMS, now)


def said() -> list[str]:
    return [d.message["said"] for d in Delivery.objects.order_by("id")]


def test_a_missed_call_is_told_with_a_link_and_without_the_number(rule: AlertRule) -> None:
    look([call("a", message=True)])
    message = Delivery.objects.get().message
    assert message["title"] == "Missed call: ••••001"
    assert "Waited 42 s." in message["text"]
    assert "left a message" in message["text"]
    assert message["link"] == f"https://example.org/alerts/{Alert.objects.get().pk}/"


def test_a_rule_may_write_numbers_in_full(rule: AlertRule) -> None:
    rule.shows_numbers = True
    rule.save()
    look([call("a")])
    assert CALLER in Delivery.objects.get().message["title"]


def test_who_calls_again_is_the_same_need(rule: AlertRule) -> None:
    look([call("a")])
    look([call("a"), call("b", NINE + MINUTE)], NINE + MINUTE)
    assert Alert.objects.get().misses == 2
    assert said() == ["opened"]


@pytest.mark.parametrize(
    ("direction", "how"), [("inbound", "returned"), ("outbound", "helped"), ("callback", "helped")]
)
def test_help_closes_it_and_is_said(rule: AlertRule, direction: str, how: str) -> None:
    look([call("a")])
    look([call("a"), talk("b", NINE + MINUTE, direction)], NINE + MINUTE)
    assert Alert.objects.get().ended_by == how
    assert said() == ["opened", "closed"]


def test_a_new_miss_after_help_is_a_new_need(rule: AlertRule) -> None:
    watched = watcher()
    calls = [call("a"), talk("b", NINE + MINUTE), call("c", NINE + 2 * MINUTE)]
    look(calls, NINE + 2 * MINUTE, watched)
    look(calls, NINE + 3 * MINUTE, watched)
    assert Alert.objects.count() == 2
    assert said() == ["opened"]
    assert Alert.objects.filter(closed_at=None).get().call_id == "c"


def test_a_restart_says_nothing_twice(rule: AlertRule) -> None:
    for _ in range(3):
        look([call("a"), call("b", NINE + MINUTE)], NINE + MINUTE)
    assert said() == ["opened"]
    assert Alert.objects.get().misses == 2


def test_calls_from_before_the_rule_are_not_told(rule: AlertRule) -> None:
    rule.made_at = NINE + MINUTE
    rule.save()
    look([call("a")])
    assert said() == []


def test_a_withheld_number_is_a_need_for_each_call(rule: AlertRule) -> None:
    look([call("a", caller=None), call("b", caller=None)])
    assert Alert.objects.count() == 2
    assert Delivery.objects.first().message["title"] == "Missed call: withheld"


def test_in_quiet_hours_it_waits_and_who_is_helped_meanwhile_is_never_told(
    rule: AlertRule,
) -> None:
    rule.quiet_from, rule.quiet_to = time(8), time(10)
    rule.save()
    look([call("a"), call("b", caller=OTHER)])
    assert said() == []
    helped = replace(talk("c", NINE + MINUTE), ended=replace(talk("c", NINE + MINUTE).ended))
    look([helped], NINE + MINUTE)
    look([], NINE + timedelta(hours=1))
    assert said() == ["opened"]
    assert Alert.objects.filter(closed_at=None).get().caller == OTHER


def test_others_are_told_after_a_while_unless_somebody_calls_back(rule: AlertRule) -> None:
    rule.escalate_s = 600
    rule.save()
    rule.escalate_to.add(*rule.channels.all())
    look([call("a"), call("b", caller=OTHER)])
    Alert.objects.filter(caller=OTHER).update(claimed_by="Sam")
    look([], NINE + 11 * MINUTE)
    assert said() == ["opened", "opened", "escalated"]


def test_the_end_of_the_call_back_ends_the_alert(rule: AlertRule) -> None:
    look([call("a")])
    Promise.objects.create(
        caller=CALLER, state="kept", reason="x", made_at=NINE, missed_at=NINE, due_clock=NINE,
        due_pure=NINE, first_call="a", ended_at=NINE + 5 * MINUTE,
    )  # fmt: skip
    look([], NINE + 6 * MINUTE)
    assert Alert.objects.get().ended_by == "kept"
    assert said() == ["opened", "closed"]


def test_a_day_later_it_is_put_away_in_silence(rule: AlertRule) -> None:
    look([call("a")])
    look([], NINE + timedelta(hours=25))
    assert Alert.objects.get().ended_by == "expired"
    assert said() == ["opened"]


def test_claiming_the_alert_takes_the_call_back(rule: AlertRule) -> None:
    look([call("a")])
    promise = Promise.objects.create(
        caller=CALLER, reason="x", made_at=NINE, missed_at=NINE, due_clock=NINE, due_pure=NINE,
        first_call="a",
    )  # fmt: skip
    amy = person("Amy", "agent")
    answer = browser(amy).post(f"/alerts/{Alert.objects.get().pk}/claim/")
    assert answer["Location"] == f"/callbacks/{promise.pk}/"
    promise.refresh_from_db()
    assert (promise.state, promise.owner) == ("claimed", "Amy")


def test_a_client_sees_its_own_callers_only(rule: AlertRule) -> None:
    look([call("a", client="shop"), call("b", caller=OTHER, client="bank")])
    page = browser(person("Cleo", "client", clients=["shop"])).get("/alerts/").content.decode()
    assert "••••001" in page
    assert "••••002" not in page
    other = Alert.objects.get(client="bank")
    seen = browser(person("Carl", "client", clients=["shop"])).get(f"/alerts/{other.pk}/")
    assert seen.status_code == 404


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["missed", "talk", "ours", "restart", "again", "look"]), st.booleans()
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(EVENTS)
def test_whatever_happens_each_need_is_said_once_and_ended_once(
    events: list[tuple[str, bool]],
) -> None:
    with transaction.atomic():
        made = AlertRule.objects.create(name="M", measure="missed_call", made_at=NINE)
        hook = Channel(name="H", kind="webhook")
        hook.keep({"url": "https://example.org/"})
        hook.save()
        made.channels.add(hook)
        _play(events)
        for alert in Alert.objects.all():
            told = [d.message["said"] for d in alert.deliveries.order_by("id")]
            assert told in (["opened"], ["opened", "closed"])
            assert (told[-1] == "closed") == (alert.closed_at is not None)
        open_ones = Alert.objects.filter(closed_at=None).values_list("thing", flat=True)
        assert len(open_ones) == len(set(open_ones))
        assert _open_needs(events) == set(open_ones)
        transaction.set_rollback(True)


def _play(events: list[tuple[str, bool]]) -> None:
    watched, calls = watcher(), list[MissedCall]()
    for number, (what, other) in enumerate(events, 1):
        now, name = NINE + number * MINUTE, f"c{number}"
        who = OTHER if other else CALLER
        if what == "missed":
            calls.append(call(name, now, caller=who))
        elif what in ("talk", "ours"):
            made = talk(name, now, "inbound" if what == "talk" else "outbound")
            calls.append(replace(made, ended=replace(made.ended, caller=who), number=who))
        elif what == "restart":
            watched = watcher()
        look(calls if what != "again" else calls[-3:], now, watched)


def _open_needs(events: list[tuple[str, bool]]) -> set[str]:
    needs: set[str] = set()
    for what, other in events:
        who = OTHER if other else CALLER
        if what == "missed":
            needs.add(who)
        elif what in ("talk", "ours"):
            needs.discard(who)
    return needs


def failing_once(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[str]:
    """Let the records fail the first time that an alert is opened; returns the calls that were tried."""
    tried: list[str] = []

    def open_it(row: AlertRule, missed: MissedCall) -> Alert:
        tried.append(missed.ended.call_id)
        if len(tried) == 1:
            raise error
        return open_missed(row, missed)

    monkeypatch.setattr(alerting, "open_missed", open_it)
    return tried


def test_a_moment_without_the_records_loses_no_alert(
    rule: AlertRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_once(monkeypatch, OperationalError("database is locked"))
    watched = watcher()
    look([call("a")], by=watched)
    assert not Alert.objects.exists()
    look([call("a")], by=watched)
    assert said() == ["opened"]


def test_a_call_that_cannot_be_kept_is_tried_once_and_holds_back_no_other(
    rule: AlertRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = failing_once(monkeypatch, DataError("value too long"))
    watched = watcher()
    for _ in range(2):
        look([call("a"), call("b", caller=OTHER)], by=watched)
    assert tried == ["a", "b"]
    assert said() == ["opened"]
