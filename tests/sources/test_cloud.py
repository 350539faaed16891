"""Twilio, Aircall and RingCentral: many messages are one call, in whatever order they come."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycall.events import Event, Skip
from everycall.registry import load
from everycall.sources.base import CallTranslation, Record, Site
from truth.histories import told

HERE = Path(__file__).parent
Calls = dict[str, dict[str, Any]]


def calls_of(name: str, folder: Path) -> Calls:
    (recording,) = (HERE / name).glob("recording*")
    return {call["call_id"]: call for call in told(folder, [recording]).calls}


@pytest.fixture(scope="module")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    return calls_of("twilio", tmp_path_factory.mktemp("twilio"))


@pytest.fixture(scope="module")
def aircall(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    return calls_of("aircall", tmp_path_factory.mktemp("aircall"))


@pytest.fixture(scope="module")
def aircall_calls(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    return calls_of("aircall_calls", tmp_path_factory.mktemp("aircall_calls"))


@pytest.fixture(scope="module")
def ringcentral(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    return calls_of("ringcentral", tmp_path_factory.mktemp("ringcentral"))


def test_twilio_answering_is_not_a_person_answering(twilio: Calls) -> None:
    assert twilio["CA1"]["outcome"] == "answered"
    assert twilio["CA1"]["answered_agent"] == "ann"
    assert (twilio["CA1"]["wait_ms"], twilio["CA1"]["talk_ms"]) == (30_000, 100_000)
    assert twilio["CA2"]["outcome"] == "caller_left_in_queue"


def test_twilio_tells_how_each_ring_ended(twilio: Calls) -> None:
    call = twilio["CA3"]
    rings = [(ring["agent"], ring["result"]) for ring in call["attempts"]]
    assert call["outcome"] == "rang_out"
    assert rings == [("ann", "busy"), ("bob", "no_answer")]


def test_twilio_messages_and_our_own_calls(twilio: Calls) -> None:
    assert twilio["CA4"]["outcome"] == "voicemail_left"
    assert (twilio["CA5"]["direction"], twilio["CA5"]["outcome"]) == ("outbound", "reached")
    assert twilio["CA5"]["caller"] == "+493023125005"


def test_a_leg_whose_answer_was_not_told_is_reckoned_from_its_length(twilio: Calls) -> None:
    assert (twilio["CA6"]["wait_ms"], twilio["CA6"]["talk_ms"]) == (18_000, 50_000)


def test_aircall_says_why_nobody_took_a_call(aircall: Calls) -> None:
    assert {id_: call["outcome"] for id_, call in aircall.items()} == {
        "11": "answered",
        "12": "caller_left_in_queue",
        "13": "voicemail_left",
        "14": "caller_left_closed",
        "15": "caller_left_in_menu",
        "16": "reached",
        "17": "answered",
    }


def test_aircalls_duration_is_not_talk(aircall: Calls) -> None:
    call = aircall["11"]
    assert (call["wait_ms"], call["talk_ms"], call["hold_ms"]) == (20_000, 90_000, 10_000)
    rings = [(ring["agent"], ring["result"]) for ring in call["attempts"]]
    assert rings == [("Ann", "rejected"), ("Bob", "answered")]


def test_a_call_that_changed_hands_has_two_talks(aircall: Calls) -> None:
    talks = [(talk["agent"], talk["talk_ms"]) for talk in aircall["17"]["talks"]]
    assert talks == [("Ann", 50_000), ("Bob", 40_000)]


def test_call_objects_say_nothing_of_rings(aircall: Calls, aircall_calls: Calls) -> None:
    same = {id_: call["outcome"] for id_, call in aircall_calls.items()}
    assert same == {id_: call["outcome"] for id_, call in aircall.items()}
    assert aircall_calls["11"]["ring_ms"] is None
    assert aircall_calls["11"]["hold_ms"] is None


def test_a_session_is_one_call_however_many_phones_rang(ringcentral: Calls) -> None:
    call = ringcentral["s-1"]
    assert call["outcome"] == "answered"
    rings = [(ring["agent"], ring["result"]) for ring in call["attempts"]]
    assert rings == [("Ann", "answered"), ("Bob", "elsewhere")]
    assert (call["wait_ms"], call["talk_ms"], call["hold_ms"]) == (15_000, 110_000, 10_000)


def test_a_session_without_a_person(ringcentral: Calls) -> None:
    assert ringcentral["s-2"]["outcome"] == "rang_out"
    assert ringcentral["s-3"]["attempts"][0]["result"] == "no_answer"
    assert ringcentral["s-5"]["outcome"] == "unknown"


@pytest.mark.parametrize("name", ["twilio", "aircall", "ringcentral"])
@given(data=st.data())
@settings(max_examples=15)
def test_in_whatever_order_and_however_often_messages_come(name: str, data: st.DataObject) -> None:
    (recording,) = (HERE / name).glob("recording*")
    lines = recording.read_text().splitlines()
    more = data.draw(st.lists(st.sampled_from(lines), max_size=5))
    mixed = data.draw(st.permutations([*lines, *more]))
    assert events(name, mixed) == events(name, lines)


def events(name: str, lines: list[str]) -> dict[str, list[Event]]:
    """Translate messages as a live feed does: each taken in once, then each call as a whole."""
    source = load("source", name)
    assert isinstance(source.translation, CallTranslation)
    records: dict[str, list[Record]] = {}
    for number, line in enumerate(dict.fromkeys(lines)):
        for found in source.live().take(line, number, 0):
            if isinstance(found, Record):
                records.setdefault(str(found.call), []).append(found)
    translate = source.translation.translate
    return {call: sorted(translate(call, said, Site()), key=repr) for call, said in records.items()}


@pytest.mark.parametrize("name", ["twilio", "aircall", "ringcentral"])
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=10,
    ),
    data=st.data(),
)
@settings(max_examples=30)
def test_whatever_is_posted_is_read_or_refused_with_a_reason(
    name: str, body: Any, data: st.DataObject
) -> None:
    (recording,) = (HERE / name).glob("recording*")
    told_ = json.loads(data.draw(st.sampled_from(recording.read_text().splitlines())))
    place = data.draw(st.sampled_from(sorted(told_)))
    told_[place] = body
    source = load("source", name)
    for found in source.live().take(json.dumps(told_), 1, 0):
        if isinstance(found, Skip):
            assert found.detail
        else:
            list(source.translation.translate(found.call, [found], Site()))
