"""Whose call a leg is: ours, a customer's, or no call of its own at all."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from truth.histories import site_of, told

SITE = site_of(zone="Europe/Berlin", region="DE")
NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
OURS, ADA = "+493023125100", "+493023125001"
ADAS = "sofia/external/+493023125001@192.0.2.10"
PHONE = "sofia/internal/1001@192.0.2.20"


def calls(folder: Path, *records: dict[str, Any]) -> dict[str, dict[str, Any]]:
    file = folder / "records.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return {call["call_id"]: call for call in told(folder / "data", [file], SITE).calls}


def form(
    second: int, sid: str, status: str, numbers: tuple[str, str], **more: str
) -> dict[str, Any]:
    """A form that Twilio posts."""
    at = (NINE + timedelta(seconds=second)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    way = "outbound-dial" if "ParentCallSid" in more else "inbound"
    given = {"AccountSid": "AC00", "Timestamp": at, "CallSid": sid, "CallStatus": status}
    return {**given, "From": numbers[0], "To": numbers[1], "Direction": way, **more}


def dialled(sender: str, target: str, lasted: str = "60") -> list[dict[str, Any]]:
    """Somebody calls, and one leg is dialled for them; only its end is told."""
    came, leg = (sender, OURS), (OURS, target)
    return [
        form(0, "CA1", "ringing", came),
        form(1, "CA1a", "ringing", leg, ParentCallSid="CA1"),
        form(70, "CA1a", "completed", leg, ParentCallSid="CA1", CallDuration=lasted),
        form(70, "CA1", "completed", came, CallDuration="70"),
    ]


def test_what_a_colleague_dials_in_the_browser_did_not_come_in(tmp_path: Path) -> None:
    for n, phone in enumerate(("client:ann", "sip:ann@shop.sip.twilio.com")):
        (tmp_path / str(n)).mkdir()
        call = calls(tmp_path / str(n), *dialled(phone, ADA))["CA1"]
        assert (call["direction"], call["outcome"]) == ("outbound", "reached")
        assert (call["caller"], call["called"], call["answered_agent"]) == (ADA, OURS, "ann")
        assert (call["talk_ms"], call["attempts"]) == (60_000, [])


def test_what_a_colleague_dials_and_nobody_answers_has_its_reason(tmp_path: Path) -> None:
    records = dialled("client:ann", ADA)
    records[2] |= {"CallStatus": "busy", "CallDuration": "0"}
    call = calls(tmp_path, *records)["CA1"]
    assert (call["direction"], call["outcome"]) == ("outbound", "busy")


def test_colleagues_who_call_each_other_stay_inside(tmp_path: Path) -> None:
    call = calls(tmp_path, *dialled("client:ann", "client:bob"))["CA1"]
    assert (call["direction"], call["outcome"]) == ("internal", "answered")


def test_who_picks_up_and_puts_down_has_answered(tmp_path: Path) -> None:
    call = calls(tmp_path, *dialled(ADA, "client:ann", lasted="0"))["CA1"]
    assert (call["outcome"], call["wait_ms"], call["talk_ms"]) == ("answered", 69_000, 0)
    assert [ring["result"] for ring in call["attempts"]] == ["answered"]


def test_a_withheld_number_that_is_spelt_in_digits_is_nobodys(tmp_path: Path) -> None:
    call = calls(tmp_path, *dialled("+266696687", "client:ann"))["CA1"]
    assert call["flags"] == ["withheld"]


def leg(uuid: str, way: str, channel: str, second: int, **said: str | int) -> dict[str, Any]:
    """A record of FreeSWITCH: Ada and her number, whoever's leg it is, 90 seconds long."""
    start = int(NINE.timestamp())
    given = {
        "uuid": uuid,
        "call_uuid": uuid,
        "start_epoch": start + second,
        "end_epoch": start + 90,
    }
    moments = {name: start + at for name, at in said.items() if isinstance(at, int)}
    texts = {name: text for name, text in said.items() if isinstance(text, str)}
    profile = {"caller_id_number": ADA, "destination_number": "1001", "chan_name": channel}
    return {
        "core-uuid": "c",
        "channel_data": {"direction": way},
        "variables": {k: str(v) for k, v in {**given, **moments, **texts}.items()},
        "callflow": [{"caller_profile": profile}],
    }


def test_the_phones_that_a_queue_of_freeswitch_rings_are_no_calls(tmp_path: Path) -> None:
    queue = {"cc_queue": "support@default", "cc_agent": "1001@default"}
    agents = {**queue, "cc_side": "agent", "cc_member_session_uuid": "m"}
    found = calls(
        tmp_path,
        leg("a1", "outbound", PHONE, 2, **agents, originate_disposition="NO_ANSWER"),
        leg("a2", "outbound", PHONE, 20, **agents, bridge_epoch=30, bridge_channel=ADAS),
        leg("m", "inbound", ADAS, 0, **queue, cc_queue_joined_epoch=1,
            cc_queue_answered_epoch=30, bridge_epoch=30, bridge_channel=PHONE),
    )  # fmt: skip
    assert list(found) == ["m"]
    assert (found["m"]["wait_ms"], found["m"]["talk_ms"]) == (29_000, 60_000)
    assert found["m"]["flags"] == []


def test_a_phone_that_rings_for_a_caller_who_still_waits_is_no_call_either(tmp_path: Path) -> None:
    ring = leg("a", "outbound", PHONE, 2, cc_side="agent", cc_member_session_uuid="m")
    assert calls(tmp_path, ring) == {}


def test_what_freeswitch_places_itself_did_not_come_in(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        leg("customer-first", "outbound", ADAS, 0),
        leg("agent-first", "outbound", PHONE, 0, bridge_epoch=9, bridge_channel=ADAS),
    )
    assert {call["direction"] for call in found.values()} == {"outbound"}


def contact(name: str, way: str, begins: int, ends: int, **more: Any) -> dict[str, Any]:
    """A contact of Amazon Connect that belongs to the call c."""
    began, ended = ((NINE + timedelta(seconds=s)).isoformat() for s in (begins, ends))
    return {
        "ContactId": name,
        "InitialContactId": None if name == "c" else "c",
        "InitiationMethod": way,
        "InitiationTimestamp": began,
        "ConnectedToSystemTimestamp": began,
        "LastUpdateTimestamp": ended,
        "DisconnectTimestamp": ended,
        "CustomerEndpoint": {"Address": ADA},
        **more,
    }


def agent(name: str, second: int, spoken: int) -> dict[str, Any]:
    taken = (NINE + timedelta(seconds=second)).isoformat()
    return {
        "Username": name,
        "ConnectedToAgentTimestamp": taken,
        "AgentInteractionDuration": spoken,
    }


def test_a_call_ends_with_its_last_contact_not_with_a_consultation(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        contact("c", "INBOUND", 0, 300, Agent=agent("ann", 20, 280)),
        contact("d", "EXTERNAL_OUTBOUND", 100, 130, ConnectedToSystemTimestamp=None),
    )
    assert found["c"]["ended_at"] == "2026-11-02T09:05:00Z"


def test_who_listens_to_a_talk_does_not_talk(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        contact("c", "INBOUND", 0, 300, Agent=agent("ann", 20, 280)),
        contact("d", "MONITOR", 100, 290, Agent=agent("sam", 100, 190)),
    )
    assert (found["c"]["talk_ms"], found["c"]["people"]) == (280_000, 1)


def test_a_customer_whose_phone_was_never_connected_was_not_reached(tmp_path: Path) -> None:
    placed = contact("c", "OUTBOUND", 0, 25, ConnectedToSystemTimestamp=None)
    call = calls(tmp_path, placed | {"Agent": agent("ann", 1, 0)})["c"]
    assert (call["outcome"], call["talk_ms"]) == ("no_answer", None)


def test_a_call_from_a_web_page_came_in(tmp_path: Path) -> None:
    assert calls(tmp_path, contact("c", "WEBRTC_API", 0, 25))["c"]["direction"] == "inbound"
