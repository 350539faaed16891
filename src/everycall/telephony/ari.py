"""Asterisk, driven by its REST interface: dialling, for those who have no manager user.

A permit is a global variable, which an Asterisk that was restarted has not; the rest is as by AMI.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from everycall.clock import Clock, system_clock, to_micros
from everycall.events.origins import HERE, Origin
from everycall.telephony.ami_tries import AmiTry, Told, channel_id
from everycall.telephony.ari_events import as_manager_event, as_manager_list
from everycall.telephony.commands import Command, Dial, HangUp, checked_id
from everycall.telephony.homes import own_command, told_progress
from everycall.telephony.port import PhoneSystemError, UnsureError
from everycall.telephony.progress import Progress, Result, Stage
from everycall.wire.ari import Ari, AriError

APP = "everycall"
AGAIN = 1.0
"""After so many seconds a lost connection is tried again."""

MOMENT = 0.5
"""After so many seconds a customer's channel is there that was about to be made."""

GONE = (404, 409)
"""What Asterisk answers of a channel that is not there any more."""


class AriPhoneSystem:
    """Asterisk by its REST interface; `run` has to be running for anything to be followed."""

    def __init__(
        self, name: str, ari: Ari, clock: Clock = system_clock, origin: Origin = HERE
    ) -> None:
        self.name = name
        self.origin = origin
        self.connected = asyncio.Event()
        self._ari = ari
        self._clock = clock
        self._tries: dict[str, Told] = {}
        self._customers: dict[str, str] = {}

    @property
    def abilities(self) -> frozenset[type]:
        """It dials and hangs up; queues are the manager interface's."""
        return frozenset({Dial, HangUp})

    async def run(self) -> None:
        """Hear the events until cancelled."""
        while True:
            try:
                async for event in self._ari.events(APP):
                    await self._take(event)
            except AriError:
                self.connected.clear()
            await asyncio.sleep(AGAIN)

    async def knows(self, phone: str) -> bool:
        """Ask for the endpoint."""
        if not self.origin.has(phone):
            return False
        try:
            await self._ask("GET", f"/endpoints/{self.origin.plain(phone)}")
        except PhoneSystemError as error:
            if "404" in str(error) or "not found" in str(error).lower():
                return False
            raise
        return True

    async def carry_out(self, command: Command) -> None:
        """Carry a command out; see the port."""
        command = own_command(command, self.origin)
        if isinstance(command, Dial):
            await self._dial(command)
        elif isinstance(command, HangUp):
            await self._hang_up(command.id)
        else:
            raise PhoneSystemError(f"{self.name} can only dial; connect its manager interface")

    async def follow(self, dial_id: str) -> AsyncIterator[Progress]:
        """Yield how far a try is, and every step from there, until it is over."""
        found = self._tries.get(checked_id(dial_id)) or await self._found(dial_id)
        if found is None:
            yield Progress(dial_id, self._now(), Stage.OVER, Result.UNKNOWN)
            return
        async for step in found.follow():
            yield told_progress(step, self.origin)

    async def on_the_line(self, dial_id: str) -> Progress | None:
        """Return how far a try is that some phone is on the line for now."""
        found = await self._found(checked_id(dial_id))
        return told_progress(found.one.progress, self.origin) if found is not None else None

    async def forbid(self, dial_id: str, asked_at: int | None = None) -> bool:
        """Take the permit back; who used it up before has left a mark."""
        had = bool(await self._variable(f"EVERYCALL_PERMIT_{checked_id(dial_id)}"))
        await self._set(f"EVERYCALL_PERMIT_{dial_id}", "")
        if asked_at is not None and await self._booted_at() > asked_at:
            return False
        if had and await self._channels(dial_id):
            await asyncio.sleep(MOMENT)
        return not await self._variable(f"EVERYCALL_DIALLED_{dial_id}")

    # ---- tries

    async def _dial(self, dial: Dial) -> None:
        if dial.id in self._tries or await self._was_begun(dial.id):
            return
        await self._set(f"EVERYCALL_PERMIT_{dial.id}", dial.number)
        begun = Progress(dial.id, self._now(), Stage.ASKED, agent=dial.agent, number=dial.number)
        begun = replace(begun, call_id=channel_id(dial.id))
        kept = self._tries[dial.id] = Told(AmiTry(begun, dial.press_one, explained=False))
        kept.add(begun)
        try:
            await self._ari.ask("POST", f"/channels/{channel_id(dial.id)}", **_originate(dial))
        except AriError as error:
            if error.was_sent and error.status is None:
                raise UnsureError(str(error)) from None
            del self._tries[dial.id]
            raise PhoneSystemError(str(error)) from None

    async def _was_begun(self, dial_id: str) -> bool:
        marked = await self._variable(f"EVERYCALL_DIALLED_{dial_id}")
        return bool(marked) or bool(await self._channels(dial_id))

    async def _hang_up(self, dial_id: str) -> None:
        await self._set(f"EVERYCALL_PERMIT_{checked_id(dial_id)}", "")
        channels = await self._channels(dial_id)
        own = [c for c in channels if c["Uniqueid"] == channel_id(dial_id)]
        for channel in own or channels:
            try:
                await self._ari.ask("DELETE", f"/channels/{channel['Uniqueid']}")
            except AriError as error:
                if error.status not in GONE:
                    raise PhoneSystemError(str(error)) from None

    async def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "Connected":
            self.connected.set()
            for dial_id, kept in list(self._tries.items()):
                if not kept.one.progress.is_over:
                    kept.add(kept.one.see(await self._channels(dial_id), self._now()))
            return
        fields = as_manager_event(event, self._customers)
        mine = self._tries.get(str(fields.get("Try", ""))) if fields else None
        if fields is not None and mine is not None:
            mine.add(mine.one.hear(fields, _moment(event, self._now())))

    async def _found(self, dial_id: str) -> Told | None:
        channels = await self._channels(dial_id)
        if not channels:
            return None
        kept = self._tries.get(dial_id)
        if kept is None or kept.one.progress.is_over:
            begun = Progress(dial_id, self._now(), Stage.ASKED, call_id=channel_id(dial_id))
            kept = self._tries[dial_id] = Told(AmiTry(begun, explained=False))
        self._customers |= {str(c["Uniqueid"]): dial_id for c in channels[1:]}
        kept.add(kept.one.see(channels, self._now()))
        return kept

    async def _channels(self, dial_id: str) -> list[dict[str, Any]]:
        """Return the channels of a try, the person's first, as the manager interface lists them."""
        channels = await self._ask("GET", "/channels")
        bridges = await self._ask("GET", "/bridges")
        first = channel_id(dial_id)
        mine = [c for c in channels if await self._linked(str(c["id"])) == first]
        found = [as_manager_list(channel, bridges, first) for channel in mine]
        return sorted(found, key=lambda c: c["Uniqueid"] != first)

    async def _linked(self, channel: str) -> str:
        try:
            said = await self._ari.ask(
                "GET", f"/channels/{channel}/variable", variable="CHANNEL(linkedid)"
            )
        except AriError as error:
            if error.status in GONE:
                return ""
            raise PhoneSystemError(str(error)) from None
        return str(said["value"])

    # ---- speaking with Asterisk

    async def _ask(self, method: str, path: str, **query: str | int) -> Any:
        try:
            return await self._ari.ask(method, path, **query)
        except AriError as error:
            raise PhoneSystemError(str(error)) from None

    async def _variable(self, name: str) -> str:
        return str((await self._ask("GET", "/asterisk/variable", variable=name))["value"])

    async def _set(self, name: str, value: str) -> None:
        await self._ask("POST", "/asterisk/variable", variable=name, value=value)

    async def _booted_at(self) -> int:
        said = await self._ask("GET", "/asterisk/info", only="status")
        return _micros(said["status"]["startup_time"])

    def _now(self) -> int:
        return to_micros(self._clock())


def _originate(dial: Dial) -> dict[str, Any]:
    """Return what the request is given: the person's phone rings, and goes on to the snippet."""
    words = {
        "BY": "ari",
        "ID": dial.id,
        "RING": str(dial.ring_s),
        "SHOWN": dial.shown or "",
        "SAY": dial.sound,
        "LANGUAGE": dial.language or "",
        "PRESS_ONE": str(int(dial.press_one)),
    }
    return {
        "body": {"variables": {f"EVERYCALL_{name}": value for name, value in words.items()}},
        "endpoint": dial.agent,
        "context": "everycall-dial",
        "extension": "s",
        "priority": 1,
        "timeout": dial.ring_agent_s,
        "callerId": f"Callback <{dial.number}>",
    }


def _moment(event: dict[str, Any], now: int) -> int:
    stamp = event.get("timestamp")
    return _micros(stamp) if isinstance(stamp, str) else now


def _micros(stamp: str) -> int:
    return to_micros(datetime.fromisoformat(stamp))
