"""One call as one phone sees it: its SIP dialog, and the time of every message."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from lab import sip
from lab.audio import SILENCE, TONE, Speaker

if TYPE_CHECKING:
    from lab.phone import Phone

_ALLOW = "INVITE, ACK, BYE, CANCEL, INFO, REFER, NOTIFY, UPDATE"
_REASONS = {
    180: "Ringing",
    200: "OK",
    404: "Not Found",
    480: "Temporarily Unavailable",
    486: "Busy Here",
    487: "Request Terminated",
    503: "Service Unavailable",
    603: "Decline",
}


class RefusedError(Exception):
    """The other side did not take the call; the only argument is its SIP status."""


class Leg:
    """One call as one phone sees it, from the first INVITE to the end."""

    def __init__(self, phone: Phone, call_id: str, local: str, remote: str) -> None:
        self.phone = phone
        self.call_id = call_id
        self.local = local
        self.remote = remote
        self.target = ""
        self.dialled = ""
        self.incoming: sip.Message | None = None
        self.speaker: Speaker | None = None
        self.invited_at: float | None = None
        self.ringing_at: float | None = None
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self.ended_by = ""
        self.away_spells: list[list[float]] = []
        self.messages: list[tuple[float, str, str]] = []
        self._cseq = 0
        self._invite: sip.Message | None = None
        self._reply: sip.Message | None = None
        self._answers: dict[int, asyncio.Future[sip.Message]] = {}
        self._over = asyncio.Event()
        self._letting_go: asyncio.Task[None] | None = None
        self._transferred: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    # ---- what a person does with it

    async def answered(self, within: float = 40) -> Leg:
        """Wait until the other side answers our call."""
        if not self._invite:
            raise RuntimeError("only a call that this phone placed can be waited for")
        answer = await asyncio.wait_for(self._answers[self._invite.cseq[0]], within)
        if answer.status >= 300:
            raise RefusedError(answer.status)
        return self

    async def over(self, within: float = 60) -> Leg:
        """Wait until the call has ended, whoever ends it."""
        await asyncio.wait_for(self._over.wait(), within)
        return self

    def ring(self) -> None:
        """Let a call that came in ring."""
        self.ringing_at = self._respond(180)

    async def answer(self, *, silent: bool = False) -> Leg:
        """Pick up a call that came in."""
        invite = self._came_in()
        self.speaker = await Speaker.open(self.phone.address[0], mute=self.phone.mute)
        self.speaker.frame = SILENCE if silent else TONE
        self.answered_at = self._respond(200, body=self._session())
        self.speaker.speak_to(sip.audio_address(invite.body))
        return self

    def reject(self, status: int = 486) -> None:
        """Refuse a call that came in."""
        self._end(self._respond(status), f"rejected {status}")

    async def hang_up(self, reason: str = "") -> Leg:
        """End the call, with an optional Reason header; before it is answered, give up."""
        if self._over.is_set():
            return self
        if self.answered_at is None:
            self._cancel()
            return self
        bye = self._request("BYE", Reason=reason) if reason else self._request("BYE")
        self._end(self.messages[-1][0], "self")
        await self._final(bye)
        return self

    async def press(self, keys: str) -> None:
        """Press keys, one SIP INFO each."""
        for key in keys:
            body = f"Signal={key}\r\nDuration=160\r\n"
            info = self._request("INFO", body, **{"Content-Type": "application/dtmf-relay"})
            await self._final(info)
            await asyncio.sleep(0.1)

    async def hold(self) -> None:
        """Put the other side on hold."""
        await self._reinvite("sendonly")
        self.away()

    async def resume(self) -> None:
        """Take the other side back from hold."""
        await self._reinvite("sendrecv")
        self.back()

    async def transfer(self, number: str) -> None:
        """Hand the other side on to a number; the phone hangs up by itself soon after."""
        await self._refer(f"<{self.phone.address_of(number)}>")

    async def transfer_to(self, other: Leg) -> None:
        """Join the other side with the far end of another call of this phone."""
        dialog = f"{other.call_id};to-tag={sip.tag(other.remote)};from-tag={sip.tag(other.local)}"
        escaped = dialog.replace("@", "%40").replace(";", "%3B").replace("=", "%3D")
        await self._refer(f"<{sip.uri(other.remote)}?Replaces={escaped}>")

    def away(self) -> None:
        """Note that from now on this phone is not talking with the customer."""
        if not self.is_away:
            self.away_spells.append([_now()])

    def back(self) -> None:
        """Note that this phone talks with the customer again, or for the first time."""
        if self.is_away:
            self.away_spells[-1].append(_now())

    @property
    def is_away(self) -> bool:
        """On hold, parked, or busy with a consultation."""
        return bool(self.away_spells) and len(self.away_spells[-1]) == 1

    def hush(self) -> None:
        """Say nothing from now on, but keep sending audio."""
        if self.speaker:
            self.speaker.frame = SILENCE

    # ---- placing a call

    async def invite(self, number: str) -> Leg:
        """Dial; the answer comes later."""
        self.speaker = await Speaker.open(self.phone.address[0], mute=self.phone.mute)
        self.dialled = number
        self.target = self.phone.address_of(number)
        self._invite = self._request("INVITE", self._session())
        self.invited_at = self.messages[-1][0]
        return self

    def _cancel(self) -> None:
        if not self._invite:
            raise RuntimeError("a call that came in is rejected, not hung up")
        headers = dict(self._invite.headers)
        headers["CSeq"] = f"{self._invite.cseq[0]} CANCEL"
        del headers["Contact"], headers["Allow"], headers["Content-Type"]
        cancel = sip.Message(f"CANCEL {self._invite.uri} SIP/2.0", tuple(headers.items()))
        self._end(self._send(cancel), "self")

    # ---- requests

    def _session(self, direction: str = "sendrecv") -> str:
        if not self.speaker:
            raise RuntimeError("no audio before the call is placed or answered")
        version = len(self.messages) + 1
        return sip.session(self.phone.address[0], self.speaker.port, version, direction)

    def _message(
        self, method: str, number: int, branch: str, body: str, **more: str
    ) -> sip.Message:
        host, port = self.phone.address
        headers = {
            "Via": f"SIP/2.0/UDP {host}:{port};branch={branch};rport",
            "From": self.local,
            "To": self.remote,
            "Call-ID": self.call_id,
            "CSeq": f"{number} {method}",
            "Max-Forwards": "70",
            "Contact": self.phone.contact,
            "Allow": _ALLOW,
        }
        if body and "Content-Type" not in more:
            headers["Content-Type"] = "application/sdp"
        headers |= more
        return sip.Message(f"{method} {self.target} SIP/2.0", tuple(headers.items()), body)

    def _request(self, method: str, body: str = "", **more: str) -> sip.Message:
        self._cseq += 1
        request = self._message(method, self._cseq, f"z9hG4bK{sip.token()}", body, **more)
        self._answers[self._cseq] = asyncio.get_running_loop().create_future()
        self._send(request)
        return request

    async def _final(self, request: sip.Message, within: float = 10) -> sip.Message:
        return await asyncio.wait_for(self._answers[request.cseq[0]], within)

    async def _reinvite(self, direction: str) -> None:
        answer = await self._final(self._request("INVITE", self._session(direction)))
        if answer.status != 200:
            raise RefusedError(answer.status)

    async def _refer(self, target: str) -> None:
        headers = {"Refer-To": target, "Referred-By": self.phone.contact}
        answer = await self._final(self._request("REFER", **headers))
        if answer.status >= 300:
            raise RefusedError(answer.status)
        self.away()
        self._letting_go = asyncio.get_running_loop().create_task(self._let_go())

    async def _let_go(self) -> None:
        """Hang up when the transfer has worked; without word of it after a while, all the same."""
        try:
            status = await asyncio.wait_for(self._transferred, 1.5)
        except TimeoutError:
            status = 200
        if status < 300:
            await self.hang_up()
        else:
            self.back()

    # ---- what comes in

    def receive(self, message: sip.Message) -> None:
        """Take a message of this call from the wire."""
        self._note("received", message)
        if message.status:
            self._on_response(message)
        else:
            self._on_request(message)

    def _on_response(self, message: sip.Message) -> None:
        number, method = message.cseq
        if message.status < 200:
            if method == "INVITE" and message.status > 100:
                self.ringing_at = self.ringing_at or self.messages[-1][0]
            return
        if method == "INVITE":
            self._on_invite_answer(message)
        future = self._answers.get(number)
        if future and method != "CANCEL" and not future.done():
            future.set_result(message)

    def _on_invite_answer(self, message: sip.Message) -> None:
        at = self.messages[-1][0]
        self.remote = message["To"]
        if message.status >= 300:
            self._send(self._acknowledge(message, sip.branch(message)))
            if self.answered_at is None:
                self._end(at, f"rejected {message.status}")
            return
        self.target = sip.uri(message["Contact"])
        self._send(self._acknowledge(message, f"z9hG4bK{sip.token()}"))
        self.answered_at = self.answered_at or at
        if self.speaker and not self._over.is_set():
            self.speaker.speak_to(sip.audio_address(message.body))

    def _acknowledge(self, message: sip.Message, branch: str) -> sip.Message:
        return self._message("ACK", message.cseq[0], branch, "")

    def _on_request(self, message: sip.Message) -> None:
        if message.method == "ACK":
            return
        if message.method == "INVITE":
            self._on_invite(message)
            return
        self._send(self._response(200, message))
        if message.method == "BYE":
            self._end(self.messages[-2][0], "far end")
        elif message.method == "CANCEL":
            self._on_cancel()
        elif message.method == "NOTIFY":
            self._on_notify(message)

    def _on_invite(self, message: sip.Message) -> None:
        if self.incoming is None:
            self.incoming = message
            self.dialled = sip.user(message["To"])
            self.target = sip.uri(message["Contact"])
            self.invited_at = self.messages[-1][0]
        elif message.cseq == self.incoming.cseq and self._reply:
            self._send(self._reply)  # said again, so answered again
        elif self.speaker:
            self._send(self._response(200, message, self._session()))

    def _on_notify(self, message: sip.Message) -> None:
        """Asterisk tells with a status line in the body how a transfer goes."""
        status = int(message.body.split(" ")[1])
        if status >= 200 and not self._transferred.done():
            self._transferred.set_result(status)

    def _on_cancel(self) -> None:
        at = self.messages[-2][0]
        if self.answered_at is None and not self._over.is_set():
            self._respond(487)
            self._end(at, "cancelled")

    # ---- answers

    def _came_in(self) -> sip.Message:
        if self.incoming is None:
            raise RuntimeError("this phone placed the call itself")
        return self.incoming

    def _respond(self, status: int, body: str = "") -> float:
        self._reply = self._response(status, self._came_in(), body)
        return self._send(self._reply)

    def _response(self, status: int, request: sip.Message, body: str = "") -> sip.Message:
        to = request["To"] if sip.tag(request["To"]) else self.local
        headers = [("Via", value) for value in request.every("Via")]
        headers += [(name, request[name]) for name in ("From", "Call-ID", "CSeq")]
        headers += [("To", to), ("Contact", self.phone.contact), ("Allow", _ALLOW)]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        start = f"SIP/2.0 {status} {_REASONS.get(status, 'Whatever')}"
        return sip.Message(start, tuple(headers), body)

    # ---- the record

    def _send(self, message: sip.Message) -> float:
        self.phone.send(message)
        return self._note("sent", message)

    def _note(self, way: str, message: sip.Message) -> float:
        at = _now()
        text = message.short + (f" ({message['Reason']})" if message["Reason"] else "")
        self.messages.append((at, way, text))
        return at

    def _end(self, at: float, by: str) -> None:
        if self._over.is_set():
            return
        self.ended_at, self.ended_by = at, by
        if self.speaker:
            self.speaker.close()
        self._over.set()

    def kill(self) -> None:
        """The phone has gone: no more audio, no word to anybody."""
        self._end(_now(), "killed")

    def record(self) -> dict[str, Any]:
        """The facts of this leg, for `truth.json`."""
        return {
            "way": "in" if self.incoming else "out",
            "other_number": sip.user(self.remote),
            "invited_at": self.invited_at,
            "ringing_at": self.ringing_at,
            "answered_at": self.answered_at,
            "ended_at": self.ended_at,
            "ended_by": self.ended_by or None,
            "away": self.away_spells,
            "messages": [f"{at:.3f} {way} {text}" for at, way, text in self.messages],
        }


def _now() -> float:
    return round(time.time(), 3)
