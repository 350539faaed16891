"""The ledger: every missed need is in exactly one state, and it always adds up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from everycall.calls.episodes import INPUTS, episode_steps
from everycall.calls.model import Limits
from everycall.calls.statement import fill
from everycall.history import Engine
from everycall.money.estimates import NOBODY, Callers, Unreached, estimate
from everycall.money.inputs import Amount, MoneySettings, Share
from everycall.money.ledger import FIELDS, ledger_steps

HOUR = 3600 * 1_000_000

COLUMNS = {
    "call_id": "VARCHAR",
    "client": "VARCHAR",
    "caller_key": "VARCHAR",
    "direction": "VARCHAR",
    "arrived_at": "BIGINT",
    "ended_at": "BIGINT",
    "outcome": "VARCHAR",
    "answered": "BOOLEAN",
    "outside_only": "BOOLEAN",
    "talk_ms": "BIGINT",
    "called": "VARCHAR",
    "last_queue": "VARCHAR",
    "first_queue": "VARCHAR",
    "open_at_arrival": "BOOLEAN",
    "short": "BOOLEAN",
    "callback_reached_at": "BIGINT",
}


@dataclass(frozen=True)
class Call:
    hour: float
    caller: str | None = "ann"
    outcome: str = "caller_left_in_queue"
    direction: str = "inbound"
    client: str | None = None
    called_back: float | None = None
    open: bool | None = True


def row(number: int, call: Call) -> tuple[Any, ...]:
    answered = call.outcome in ("answered", "reached", "transfer_unanswered", "dropped_in_talk")
    at = int(call.hour * HOUR)
    back = int(call.called_back * HOUR) if call.called_back is not None else None
    return (
        f"c{number:03}", call.client, call.caller, call.direction, at, at + 60_000_000,
        call.outcome, answered, False, 60_000 if answered else None, "100", "sales", "sales",
        call.open, False, back,
    )  # fmt: skip


MISSED: Mapping[str, str] = {
    "failed_before_ring": "lost",
    "failed_waiting": "lost",
    "dropped_in_talk": "lost",
    "transfer_unanswered": "missed",
    "callback_requested": "missed",
    "voicemail_left": "missed",
    "voicemail_no_message": "missed",
    "caller_left_while_ringing": "missed",
    "timed_out": "missed",
    "queue_empty": "missed",
    "queue_full": "missed",
    "queue_unstaffed": "missed",
    "left_by_key": "missed",
    "closed_while_waiting": "missed",
    "rejected": "missed",
    "rang_out": "missed",
    "busy": "missed",
    "unreachable": "missed",
    "caller_left_in_queue": "abandoned",
    "caller_left_closed": "abandoned",
    "caller_left_in_bot": "abandoned",
    "caller_left_in_menu": "abandoned",
}
"""Words as wide as can be: every outcome in which nobody helped."""


def everything_missed() -> exp.Expr:
    whens = " ".join(f"WHEN '{outcome}' THEN '{kind}'" for outcome, kind in MISSED.items())
    return fill(f"SELECT call_id, CASE outcome {whens} END AS category FROM calls")


def ledger(calls: list[Call], as_of: float = 1000.0) -> list[dict[str, Any]]:
    with Engine() as engine:
        engine.load("calls", COLUMNS, (row(i, call) for i, call in enumerate(calls)))
        engine.view("contacts", "SELECT * FROM calls")
        engine.load("shared", INPUTS["shared"], [])
        engine.load("day_ends", INPUTS["day_ends"], [])
        engine.load("moment", {"as_of": "BIGINT"}, [(int(as_of * HOUR),)])
        for name, statement in episode_steps(Limits(episode_gap=timedelta(hours=24))):
            engine.table(name, statement)
        engine.table("called_missed", everything_missed())
        for name, statement in ledger_steps(5_000_000):
            engine.table(name, statement)
        return list(engine.stream("SELECT * FROM ledger ORDER BY missed_at, need"))


def states(calls: list[Call], as_of: float = 1000.0) -> list[str]:
    return [need["state"] for need in ledger(calls, as_of)]


def test_a_caller_who_is_never_helped_is_lost_when_the_window_has_passed() -> None:
    assert states([Call(0)]) == ["lost"]


def test_and_is_at_risk_while_it_is_open() -> None:
    assert states([Call(0)], as_of=23) == ["at_risk"]


def test_a_caller_whom_we_reach_is_recovered() -> None:
    back = Call(1, direction="outbound", outcome="reached")
    found = ledger([Call(0), back])
    assert [(n["state"], n["settled_by"]) for n in found] == [("recovered", "c001")]


def test_a_call_back_that_nobody_answers_is_a_try_and_no_recovery() -> None:
    tried = Call(1, direction="outbound", outcome="no_answer")
    found = ledger([Call(0), tried])
    assert [(n["state"], n["dialled_back"]) for n in found] == [("lost", 1)]


def test_a_caller_who_rings_again_and_is_answered_has_returned() -> None:
    found = ledger([Call(0), Call(2, outcome="answered")])
    assert [(n["state"], n["rang_again"]) for n in found] == [("returned", True)]


def test_four_missed_calls_of_one_caller_are_one_need() -> None:
    found = ledger([Call(hour) for hour in range(4)])
    assert [(n["state"], n["missed_calls"]) for n in found] == [("lost", 4)]


def test_a_call_back_that_the_caller_asked_for_recovers_the_call_itself() -> None:
    found = ledger([Call(0, outcome="callback_requested", called_back=0.5)])
    assert [(n["state"], n["settled_by"]) for n in found] == [("recovered", "c000")]


def test_a_caller_handed_on_to_nobody_is_not_helped_by_the_one_who_handed_on() -> None:
    handed = Call(0, outcome="transfer_unanswered")
    assert states([handed]) == ["lost"]
    found = ledger([handed, Call(1, outcome="answered")])
    assert [(n["state"], n["missed_calls"]) for n in found] == [("returned", 1)]


def test_and_their_next_missed_call_is_the_same_need() -> None:
    found = ledger([Call(0, outcome="transfer_unanswered"), Call(1), Call(2)])
    assert [(n["state"], n["missed_calls"]) for n in found] == [("lost", 3)]


def test_a_caller_without_a_number_cannot_be_seen_returning() -> None:
    found = ledger([Call(0, caller=None), Call(1, caller=None, outcome="answered")])
    assert [(n["state"], n["joined"], n["rang_again"]) for n in found] == [("lost", False, None)]


def test_two_brands_have_two_needs() -> None:
    assert len(ledger([Call(0, client="one"), Call(1, client="other")])) == 2


def test_a_miss_after_closing_is_missed_and_does_not_count_for_money() -> None:
    found = ledger([Call(0, open=False)])
    assert [(n["missed_calls"], n["closed_calls"], n["counted_calls"]) for n in found] == [
        (1, 1, 0)
    ]
    unknown = ledger([Call(0, open=None)])
    assert [(n["closed_calls"], n["counted_calls"]) for n in unknown] == [(0, 1)]


def test_every_column_has_its_sentence() -> None:
    assert all(len(field.doc) > 10 and field.doc.endswith(".") for field in FIELDS)


OUTCOMES = ("answered", "caller_left_in_queue", "transfer_unanswered", "voicemail_left", "unknown")
INBOUND = st.builds(
    Call,
    hour=st.floats(0, 200).map(lambda hour: round(hour, 3)),
    caller=st.sampled_from(["ann", "bob", None]),
    outcome=st.sampled_from(OUTCOMES),
    client=st.sampled_from([None, "shop"]),
)
OUTBOUND = st.builds(
    Call,
    hour=st.floats(0, 200).map(lambda hour: round(hour, 3)),
    caller=st.sampled_from(["ann", "bob"]),
    outcome=st.sampled_from(["reached", "no_answer"]),
    direction=st.just("outbound"),
    client=st.sampled_from([None, "shop"]),
)


def missed(calls: list[Call]) -> Iterator[int]:
    for i, call in enumerate(calls):
        if call.direction == "inbound" and call.outcome in MISSED:
            yield i


@settings(max_examples=40)
@given(st.lists(INBOUND | OUTBOUND, max_size=14), st.floats(0, 400))
def test_it_always_balances(calls: list[Call], as_of: float) -> None:
    found = ledger(calls, as_of)
    assert sum(need["missed_calls"] for need in found) == len(list(missed(calls)))
    assert len({need["need"] for need in found}) == len(found)
    for need in found:
        assert need["state"] in ("at_risk", "recovered", "returned", "lost")
        helped = need["state"] in ("recovered", "returned")
        assert helped == (need["settled_at"] is not None)
        assert need["settled_at"] is None or need["settled_at"] >= need["missed_at"]
        assert need["missed_calls"] >= need["counted_calls"] + need["closed_calls"]


@settings(max_examples=40)
@given(st.lists(INBOUND, max_size=10))
def test_who_is_lost_was_never_answered_in_time(calls: list[Call]) -> None:
    for need in ledger(calls):
        if need["state"] != "lost" or not need["joined"]:
            continue
        after = [
            call
            for call in calls
            if call.caller == need["caller_key"]
            and call.client == need["client"]
            and call.outcome == "answered"
            and need["missed_at"] < int(call.hour * HOUR) <= need["missed_at"] + 24 * HOUR
        ]
        assert after == []


def test_the_statements_are_written_for_another_engine_too() -> None:
    steps = ledger_steps(5_000_000, "spark")
    assert steps[-1][0] == "ledger"
    for _, statement in steps:
        assert sqlglot.parse_one(statement, read="spark").find(sqlglot.exp.Select)
        assert '"' not in statement


@pytest.mark.parametrize("as_of", [24, 24.001])
def test_the_window_is_open_to_its_last_moment(as_of: float) -> None:
    assert states([Call(0)], as_of) == ["at_risk" if as_of == 24 else "lost"]


def test_twenty_missed_calls_of_fourteen_callers_five_of_them_recovered() -> None:
    """One number rang three times, four rang twice, nine once; what is left is worth 720 to 1,332."""
    rang = {"c0": 3, **{f"c{n}": 2 for n in range(1, 5)}, **{f"c{n}": 1 for n in range(5, 14)}}
    calls = [Call(hour / 10, who) for who, times in rang.items() for hour in range(times)]
    back = [Call(5, f"c{n}", "reached", "outbound") for n in range(5)]
    found = ledger([*calls, *back])
    assert sum(need["missed_calls"] for need in found) == 20
    ended = [need["state"] for need in found]
    assert (len(ended), ended.count("recovered"), ended.count("lost")) == (14, 5, 9)
    inputs = MoneySettings(
        conversion=Share(0.3, "x", 0.20, 0.37),
        order_value=Amount(400, "x"),
        enquiry_share=Share(1, "x"),
    )
    lost = ended.count("lost")
    figure = estimate(Unreached(NOBODY, Callers(lost, lost, lost)), inputs).direct
    assert figure is not None
    assert (round(figure.low), round(figure.high)) == (720, 1332)
