"""What a phone system is told is one word where one is meant: nothing in it becomes an order of its own."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.errors import NotTakenError
from everycall.telephony import (
    Command,
    Dial,
    JoinQueue,
    LeaveQueue,
    ListenIn,
    Pause,
    Resume,
    SetPenalty,
    TakeCaller,
    is_language,
)
from everycall.telephony.ami import AmiPhoneSystem
from everycall.wire.ami_protocol import Decoder, encode

PHONE = "PJSIP/1001"
EVIL = (
    "PJSIP/1001&PJSIP/evil",
    "PJSIP/1001,30,G(context)",
    "PJSIP/1001|30",
    "PJSIP/1001\r\nAction: Command",
    "PJSIP/${SHELL(id)}",
    "PJSIP/1001)",
    "PJSIP/1001 2",
    "PJSIP/1001;2",
    "",
)
USUAL = ("PJSIP/1001", "SIP/trunk/0301234", "Local/1001@from-queue/n", "warsaw~PJSIP/ann.b-c",
         "client:ann", "+493012345", "DAHDI/g0/123", "Agent/7", "Local/*72@agents")  # fmt: skip
BREAKS = ("a\r\nAction: Originate", "a\nb", "a\rb", "a\0b", "a\u2028b")


def with_phone(phone: str) -> list[Any]:
    return [
        lambda: Pause(phone), lambda: Resume(phone), lambda: JoinQueue(phone, "q"),
        lambda: LeaveQueue(phone, "q"), lambda: SetPenalty(phone, "q", 1),
        lambda: TakeCaller("1.1", phone), lambda: ListenIn(phone, PHONE),
        lambda: ListenIn(PHONE, phone),
    ]  # fmt: skip


def with_text(text: str) -> list[Any]:
    return [
        lambda: Pause(PHONE, text), lambda: Pause(PHONE, "", text), lambda: Resume(PHONE, text),
        lambda: JoinQueue(PHONE, text), lambda: JoinQueue(PHONE, "q", text),
        lambda: LeaveQueue(PHONE, text), lambda: SetPenalty(PHONE, text, 1),
        lambda: Dial("try", PHONE, "+4930123", announcement=text),
    ]  # fmt: skip


@pytest.mark.parametrize("phone", EVIL)
def test_a_phone_is_one_phone_and_no_option_of_dialling_it(phone: str) -> None:
    for make in with_phone(phone):
        with pytest.raises(NotTakenError, match="one word"):
            make()


@pytest.mark.parametrize("phone", USUAL)
def test_a_usual_phone_is_taken(phone: str) -> None:
    for make in with_phone(phone):
        assert make()


@pytest.mark.parametrize("text", BREAKS)
def test_a_queue_a_name_and_a_reason_are_one_line(text: str) -> None:
    for make in with_text(text):
        with pytest.raises(NotTakenError, match="one line"):
            make()


@pytest.mark.parametrize("text", ["Jörg Müller, Köln", "sales & support", "a;b|c$(d)", ""])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    for make in with_text(text):
        assert make()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shown", "+4930,EVERYCALL_SAY=x"),
        ("shown", "+4930\r\nApplication: System"),
        ("language", "de,X=1"),
        ("language", "de\n"),
        ("number", "+4930@evil"),
        ("number", "+49&30"),
        ("agent", "PJSIP/1001,1"),
        ("id", "a,b"),
    ],
)
def test_a_call_back_carries_nothing_but_what_it_is_made_of(field: str, value: str) -> None:
    whole = {"id": "try-1", "agent": PHONE, "number": "+493012345"}
    assert Dial(**whole, shown="+49301", language="de")  # type: ignore[arg-type]
    with pytest.raises(NotTakenError):
        Dial(**{**whole, field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("sound", ["hello,EVERYCALL_NUMBER=1", "a b", "${SHELL(id)}", "/etc/x,y"])
def test_what_is_said_elsewhere_is_no_sound_in_a_dialplan(sound: str) -> None:
    dial = Dial("try-1", PHONE, "+493012345", announcement=sound)
    with pytest.raises(NotTakenError):
        _ = dial.sound


def test_a_sound_in_a_dialplan_is_played() -> None:
    dial = Dial("try-1", PHONE, "+493012345", announcement="custom/call-back&beep")
    assert dial.sound == "custom/call-back&beep"


@given(st.text(max_size=8))
def test_a_language_is_a_word(text: str) -> None:
    if is_language(text):
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class Asterisk:
    """Reads what it is sent as Asterisk does."""

    feed, booted_at = "office", 0

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    async def act(self, action: str, **fields: str | int) -> dict[str, Any]:
        pairs = {"Action": action} | {name: str(value) for name, value in fields.items()}
        self.heard += Decoder().feed(encode(pairs))
        return {}

    async def listing(self, _action: str, **_fields: str | int) -> list[dict[str, Any]]:
        return []

    def listen(self, _tap: object) -> Any:
        return lambda: None


TEXT = st.text(max_size=40)


def _made(phone: str, queue: str, name: str, reason: str) -> Command | None:
    for make in (lambda: JoinQueue(phone, queue, name), lambda: Pause(phone, reason, queue)):
        try:
            return make()
        except NotTakenError:
            continue
    return None


@given(st.sampled_from(USUAL) | TEXT, TEXT, TEXT, TEXT)
def test_whatever_is_written_asterisk_hears_one_act_of_those_fields_alone(
    phone: str, queue: str, name: str, reason: str
) -> None:
    command, asterisk = _made(phone, queue, name, reason), Asterisk()
    if command is None:
        return
    asyncio.run(AmiPhoneSystem(asterisk).carry_out(command))
    (heard,) = asterisk.heard
    assert heard["Action"] in ("QueueAdd", "QueuePause")
    known = {"Action", "Interface", "Queue", "MemberName", "Penalty", "Paused", "Reason"}
    assert set(heard) <= known
    assert all(isinstance(value, str) for value in heard.values())
