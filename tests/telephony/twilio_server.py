"""Twilio without telephones: its interface for calls, and what it posts while a call goes on.

It refuses what the real one refuses: a wrong token, a body that is no form, an unknown call. People
answer as they were told, within moments: a second of ringing takes a hundredth.
"""

import base64
import itertools
import json
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from everycall.telephony.fake import Reply
from everycall.wire.twilio import signature

ACCOUNT, TOKEN, NUMBER = "AC0123456789", "the-token", "+441632960000"
BRAND = "+441632960555"
RING = 0.01
"""A second of ringing takes so long here."""

_ENDS = {
    Reply.NO_ANSWER: ("no-answer", "487"),
    Reply.BUSY: ("busy", "486"),
    Reply.REFUSES: ("busy", "603"),
    Reply.UNREACHABLE: ("failed", "404"),
}


def parsed(twiml: str) -> ET.Element:
    """Return what Twilio is told to do; what is no markup is refused as Twilio does: it hangs up."""
    try:
        return ET.fromstring(twiml)  # noqa: S314 - it is our own
    except ET.ParseError:
        return ET.fromstring("<Response><Hangup/></Response>")  # noqa: S314


@dataclass
class Call:
    """One leg, and what may happen to it from outside."""

    sid: str
    to: str
    caller: str
    made_at: str
    parent: str = ""
    status: str = "queued"
    began_at: str = ""
    ended_at: str = ""
    up_at: float = 0
    duration: int = 0
    told: tuple[str, tuple[str, ...]] = ("", ())
    picks_up: threading.Event = field(default_factory=threading.Event)
    ends: threading.Event = field(default_factory=threading.Event)

    def resource(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "to": self.to,
            "from": self.caller,
            "parent_call_sid": self.parent or None,
            "status": self.status,
            "date_created": self.made_at,
            "start_time": self.began_at or None,
            "end_time": self.ended_at or None,
            "duration": str(self.duration) if self.ended_at else None,
        }


@dataclass
class TwilioServer:
    """The server, and the people behind it.

    Attributes:
        trouble: the next request to make a call is answered so: limit, refused, down (not made), lost
            (made, and the answer never comes), broken (made, and answered with 500).
        deaf: statuses that are never posted; `twice`: everything is posted twice.
    """

    phones: Mapping[str, Reply] = field(default_factory=dict)
    presses: str = "1"
    trouble: str = ""
    deaf: frozenset[str] = frozenset()
    twice: bool = False
    address: str = ""
    calls: dict[str, Call] = field(default_factory=dict)
    posted: list[dict[str, str]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    skew: float = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _client: httpx.Client = field(default_factory=httpx.Client)
    _works: list[threading.Thread] = field(default_factory=list)

    def rung(self, who: str) -> int:
        return sum(call.to == who for call in self.calls.values())

    def leg_to(self, who: str) -> Call:
        return [call for call in self.calls.values() if call.to == who][-1]

    def talk_ends(self, who: str, seconds: float = 30) -> None:
        self.skew += seconds
        self.leg_to(who).ends.set()

    # ---- the interface

    def answer(self, method: str, path: str, given: dict[str, list[str]]) -> tuple[int, Any]:
        parts = path.removeprefix(f"/2010-04-01/Accounts/{ACCOUNT}").split("/")
        if path.endswith(f"{ACCOUNT}.json"):
            return 200, {"sid": ACCOUNT, "friendly_name": "The shop", "status": "active"}
        if parts[1:] == ["IncomingPhoneNumbers.json"]:
            found = [{"phone_number": n} for n in (NUMBER, BRAND) if n in given["PhoneNumber"]]
            return 200, {"incoming_phone_numbers": found}
        if parts[1:] == ["Calls.json"]:
            return self._make(given) if method == "POST" else (200, self._list(given))
        call = self.calls.get(parts[2].removesuffix(".json")) if len(parts) == 3 else None
        if call is None:
            return 404, {"code": 20404, "message": "The requested resource was not found"}
        if method == "POST":
            if call.ended_at:
                return 400, {"code": 21220, "message": "Call is not in-progress"}
            call.ends.set()
        return 200, call.resource()

    def _list(self, given: dict[str, list[str]]) -> dict[str, Any]:
        names = {"To": "to", "From": "from", "ParentCallSid": "parent_call_sid"}
        wanted = {names[name]: given[name][0] for name in names if name in given}
        found = [c.resource() for c in reversed(self.calls.values())]
        return {"calls": [c for c in found if all(c[k] == v for k, v in wanted.items())]}

    def _make(self, given: dict[str, list[str]]) -> tuple[int, Any]:
        trouble, self.trouble = self.trouble, ""
        if trouble == "limit":
            return 429, {"code": 20429, "message": "Too Many Requests"}
        if trouble == "down":
            return 503, {}
        missing = {"To", "From", "Twiml"} - set(given)
        if missing or trouble == "refused" or given["From"][0] != NUMBER:
            return 400, {"code": 21212, "message": f"invalid From or missing {sorted(missing)}"}
        call = self._new(given["To"][0], given["From"][0])
        call.told = given.get("StatusCallback", [""])[0], tuple(given["StatusCallbackEvent"])
        timeout = float(given.get("Timeout", ["60"])[0])
        self._begin(self._agent, call, given["Twiml"][0], timeout)
        if trouble == "lost":
            return 0, {}
        return (500, {}) if trouble == "broken" else (201, call.resource())

    def _new(self, to: str, caller: str, parent: str = "") -> Call:
        with self._lock:
            sid = f"CA{next(self._ids):04}"
            self.calls[sid] = Call(sid, to, caller, self._now(), parent)
            return self.calls[sid]

    # ---- a call goes on

    def _begin(self, work: Any, *given: Any) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._works.append(thread)
        thread.start()

    def _agent(self, call: Call, twiml: str, timeout: float) -> None:
        if self._rings(call, timeout):
            gather = parsed(twiml).find("Gather")
            assert gather is not None
            machine = self.phones.get(call.to) is Reply.MACHINE
            then = self._pressed(call, gather, "" if machine else "1")
            dial = then.find("Dial")
            if dial is not None:
                self._dialled(call, dial)
        self._over(call)

    def _dialled(self, agent: Call, dial: ET.Element) -> None:
        number = dial.find("Number")
        assert number is not None
        call = self._new(number.text or "", dial.get("callerId", ""), agent.sid)
        events = tuple(number.get("statusCallbackEvent", "").split())
        call.told = number.get("statusCallback", ""), events
        if self._rings(call, float(dial.get("timeout", "30")), agent):
            asks = number.get("url")
            if asks is None or self._accepts(call, asks):
                self._talks(call, agent)
        self._over(call)

    def _accepts(self, call: Call, asks: str) -> bool:
        gather = self._post(asks, call, {}).find("Gather")
        assert gather is not None
        machine = self.phones.get(call.to) is Reply.MACHINE
        return self._pressed(call, gather, "" if machine else self.presses).find("Hangup") is None

    def _pressed(self, call: Call, gather: ET.Element, key: str) -> ET.Element:
        if not key:
            return parsed("")
        return self._post(gather.get("action", ""), call, {"Digits": key})

    def _rings(self, call: Call, timeout: float, agent: Call | None = None) -> bool:
        """Let a phone ring; True if somebody, or something, picked up."""
        self._tell(call, "initiated", "queued" if agent is None else "initiated")
        if self.phones.get(call.to) is not Reply.UNREACHABLE:
            self._tell(call, "ringing", "ringing")
        reply = self.phones.get(call.to, Reply.PICKS_UP)
        if reply in _ENDS:
            time.sleep(timeout * RING if reply is Reply.NO_ANSWER else RING)
            call.status = _ENDS[reply][0]
            return False
        if reply is Reply.LETS_RING and not self._picked_up(call, agent):
            call.status = "canceled"
            return False
        call.up_at, call.began_at = time.time() + self.skew, self._now()
        self._tell(call, "answered", "in-progress")
        return True

    def _picked_up(self, call: Call, agent: Call | None) -> bool:
        while not call.ends.is_set() and not (agent is not None and agent.ends.is_set()):
            if call.picks_up.wait(0.01):
                return True
        return False

    def _talks(self, call: Call, agent: Call) -> None:
        while not call.ends.wait(0.01) and not agent.ends.is_set():
            pass

    def _over(self, call: Call) -> None:
        if call.up_at:
            call.status, call.duration = "completed", round(time.time() + self.skew - call.up_at)
        call.ended_at = self._now()
        self._tell(call, "completed", call.status)

    def _tell(self, call: Call, event: str, status: str) -> None:
        call.status = status
        address, events = call.told
        if event not in events or status in self.deaf:
            return
        more = {"Timestamp": self._now(), "CallbackSource": "call-progress-events"}
        if event == "completed":
            code = _ENDS.get(self.phones.get(call.to, Reply.PICKS_UP), ("", "200"))[1]
            more |= {"CallDuration": str(call.duration), "SipResponseCode": code}
        for _ in range(2 if self.twice else 1):
            self._post(address, call, more)

    def _post(self, address: str, call: Call, more: dict[str, str]) -> ET.Element:
        form = {
            "AccountSid": ACCOUNT,
            "CallSid": call.sid,
            "CallStatus": call.status,
            "From": call.caller,
            "To": call.to,
            "Direction": "outbound-dial" if call.parent else "outbound-api",
            **({"ParentCallSid": call.parent} if call.parent else {}),
            **more,
        }
        self.posted.append(form)
        signed = signature(TOKEN, address, {name: [value] for name, value in form.items()})
        with suppress(httpx.HTTPError):
            answer = self._client.post(address, data=form, headers={"X-Twilio-Signature": signed})
            self.refused += [answer.status_code] if answer.status_code != 200 else []
            return parsed(answer.text)
        return parsed("")

    def _now(self) -> str:
        return format_datetime(datetime.fromtimestamp(time.time() + self.skew, UTC))

    def stop(self) -> None:
        self.stopped.set()
        for call in list(self.calls.values()):
            call.ends.set()
        for work in self._works:
            work.join(5)
        self._client.close()


class Reception(BaseHTTPRequestHandler):
    """Takes requests in, if they are the account's."""

    twilio: TwilioServer
    key = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self._say(path, parse_qs(query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        if self.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            self._write(415, {"message": "a form was wanted"})
            return
        self._say(urlsplit(self.path).path, parse_qs(body))

    def _say(self, path: str, given: dict[str, list[str]]) -> None:
        if self.headers.get("Authorization") != self.key:
            self._write(401, {"code": 20003, "message": "Authenticate"})
            return
        status, said = self.twilio.answer(self.command, path, given)
        if status:
            self._write(status, said)
        else:
            self.twilio.stopped.wait(1)

    def _write(self, status: int, said: Any) -> None:
        text = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def twilio_server(**more: Any) -> Iterator[TwilioServer]:
    """Serve Twilio's interface, and lend it."""
    twilio = TwilioServer(**more)
    with served(type("Handler", (Reception,), {"twilio": twilio})) as address:
        twilio.address = address
        try:
            yield twilio
        finally:
            twilio.stop()


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free port; yields the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
