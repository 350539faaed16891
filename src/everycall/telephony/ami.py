"""Asterisk, driven by its manager interface."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from everycall.clock import Clock, system_clock, to_micros
from everycall.events.origins import HERE, Origin
from everycall.telephony.ami_tries import AmiTry, Told, action_id, channel_id
from everycall.telephony.commands import (
    Command,
    Dial,
    Ear,
    HangUp,
    JoinQueue,
    LeaveQueue,
    ListenIn,
    Pause,
    Resume,
    SetPenalty,
    TakeCaller,
    checked_id,
)
from everycall.telephony.homes import own_command, told_progress
from everycall.telephony.port import PhoneSystemError, UnsureError
from everycall.telephony.progress import Progress, Result, Stage
from everycall.wire.ami import AmiError, AmiUnsureError
from everycall.wire.ami_link import Heard, Item, Snapshot, Tap

PERMITS, DIALLED = "everycall", "everycall-dialled"
"""The families of Asterisk's own database: what may be dialled, and what was."""

NO_ENTRY = "not found"
"""What Asterisk says, in part, of a key that its database has not."""

MOMENT = 0.5
"""After so many seconds a customer's channel is there that was about to be made."""

BOOT_SLACK = 2_000_000
"""Asterisk says in whole seconds how long it has been running."""

KEPT = 1000
"""So many tries that are over are remembered."""

_EARS = {Ear.LISTEN: "qES", Ear.WHISPER: "qESw", Ear.BARGE: "qESB"}
"""ChanSpy's options: quiet, over when the talk is over; whispering; speaking with both."""


class Manager(Protocol):
    """A manager connection that mends itself."""

    feed: str
    booted_at: int | None

    async def act(self, action: str, **fields: str | int) -> dict[str, Any]:
        """Carry out an action and return its answer."""
        ...

    async def listing(self, action: str, **fields: str | int) -> list[dict[str, Any]]:
        """Carry out an action that is answered with a list."""
        ...

    def listen(self, tap: Tap) -> Callable[[], None]:
        """Let somebody hear everything from now on."""
        ...


class AmiPhoneSystem:
    """Asterisk by one manager connection; `extensions_everycall.conf` has to be in its dialplan."""

    def __init__(
        self, manager: Manager, clock: Clock = system_clock, origin: Origin = HERE
    ) -> None:
        self.origin = origin
        self._manager = manager
        self._clock = clock
        self._tries: dict[str, Told] = {}
        self._acts: dict[type, Callable[[Any], Awaitable[None]]] = {
            Dial: self._dial,
            HangUp: self._hang_up,
            Pause: self._pause,
            Resume: self._resume,
            JoinQueue: self._join,
            LeaveQueue: self._leave,
            SetPenalty: self._penalty,
            TakeCaller: self._take,
            ListenIn: self._listen,
        }
        self.stop = manager.listen(self._hear)

    @property
    def name(self) -> str:
        """The connection's name."""
        return self._manager.feed

    @property
    def abilities(self) -> frozenset[type]:
        """It can do everything."""
        return frozenset(self._acts)

    async def knows(self, phone: str) -> bool:
        """Ask for the state of the phone; one that is not there has none."""
        if not self.origin.has(phone):
            return False
        state = f"DEVICE_STATE({self.origin.plain(phone)})"
        try:
            said = await self._manager.act("Getvar", Variable=state)
        except AmiError as error:
            raise PhoneSystemError(str(error)) from None
        return said.get("Value") not in ("INVALID", None)

    async def carry_out(self, command: Command) -> None:
        """Carry a command out; see the port."""
        await self._acts[type(command)](own_command(command, self.origin))

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
        had = await self._take_back(checked_id(dial_id))
        if self._began_after(asked_at):
            # its database forgets the last second before a crash
            return False
        if had and await self._channels(dial_id):
            # the permit may have been read in the very moment in which it was taken back
            await asyncio.sleep(MOMENT)
            return not await self._has_customer(dial_id)
        return had or not await self._has(DIALLED, dial_id)

    def _began_after(self, asked_at: int | None) -> bool:
        booted_at = self._manager.booted_at
        return asked_at is not None and (booted_at is None or booted_at > asked_at - BOOT_SLACK)

    # ---- tries

    async def _dial(self, dial: Dial) -> None:
        if dial.id in self._tries or await self._was_begun(dial.id):
            return
        await self._ask("DBPut", Family=PERMITS, Key=dial.id, Val=dial.number)
        self._forget_the_oldest()
        begun = Progress(dial.id, self._now(), Stage.ASKED, agent=dial.agent, number=dial.number)
        kept = self._tries[dial.id] = Told(AmiTry(_known(begun), dial.press_one))
        kept.add(kept.one.progress)
        try:
            await self._send("Originate", **_originate(dial))
        except PhoneSystemError:
            del self._tries[dial.id]
            raise

    async def _hang_up(self, command: HangUp) -> None:
        await self._take_back(checked_id(command.id))
        channels = await self._channels(command.id)
        # the person's own takes the customer's along; ended from both sides it looks like no answer
        own = [c for c in channels if c.get("Uniqueid") == c.get("Linkedid")]
        for channel in own or channels:
            await self._ask("Hangup", Channel=str(channel["Channel"]), unless="No such channel")

    async def _was_begun(self, dial_id: str) -> bool:
        return await self._has(DIALLED, dial_id) or bool(await self._channels(dial_id))

    async def _take_back(self, dial_id: str) -> bool:
        """Take a permit back; False if there is none any more."""
        try:
            return await self._ask("DBDel", Family=PERMITS, Key=dial_id, unless=NO_ENTRY)
        except PhoneSystemError:
            # Asterisk says the same of what is not there and of what cannot be deleted
            if await self._has(PERMITS, dial_id):
                raise
            return False

    async def _has(self, family: str, dial_id: str) -> bool:
        try:
            await self._manager.listing("DBGet", Family=family, Key=dial_id)
        except AmiUnsureError as error:
            raise PhoneSystemError(str(error)) from None
        except AmiError as error:
            if NO_ENTRY in str(error):
                return False
            raise PhoneSystemError(str(error)) from None
        return True

    def _hear(self, item: Item) -> None:
        if isinstance(item, Heard):
            kept = self._tries.get(_try_of(item.fields))
            if kept is not None:
                kept.add(kept.one.hear(item.fields, _at(item)))
        elif isinstance(item, Snapshot):
            for kept in self._tries.values():
                kept.add(kept.one.see(item.channels, item.at))

    async def _found(self, dial_id: str) -> Told | None:
        """Return a try that is on the line, as the list of channels tells it."""
        channels = await self._channels(dial_id)
        kept = self._tries.get(dial_id)
        if not channels:
            return None
        if kept is None or kept.one.progress.is_over:
            begun = _known(Progress(dial_id, self._now(), Stage.ASKED))
            kept = self._tries[dial_id] = Told(AmiTry(begun))
        kept.add(kept.one.see(channels, self._now()))
        return kept

    async def _has_customer(self, dial_id: str) -> bool:
        """Tell whether more than the person's channel is there."""
        return len(await self._channels(dial_id)) > 1

    async def _channels(self, dial_id: str) -> list[dict[str, Any]]:
        found = await self._list("CoreShowChannels")
        return [c for c in found if c.get("Linkedid") == channel_id(dial_id)]

    def _forget_the_oldest(self) -> None:
        over = [name for name, kept in self._tries.items() if kept.one.progress.is_over]
        for name in over[: max(0, len(over) - KEPT)]:
            del self._tries[name]

    # ---- people and queues

    async def _pause(self, command: Pause) -> None:
        where = {"Queue": command.queue} if command.queue else {}
        reason = {"Reason": command.reason} if command.reason else {}
        phone = {"Interface": command.phone}
        await self._ask("QueuePause", **phone, Paused="true", **where, **reason)

    async def _resume(self, command: Resume) -> None:
        where = {"Queue": command.queue} if command.queue else {}
        await self._ask("QueuePause", Interface=command.phone, Paused="false", **where)

    async def _join(self, command: JoinQueue) -> None:
        name = {"MemberName": command.name} if command.name else {}
        where = {"Queue": command.queue, "Interface": command.phone}
        await self._ask(
            "QueueAdd", **where, **name, Penalty=command.penalty, unless="Already there"
        )

    async def _leave(self, command: LeaveQueue) -> None:
        where = {"Queue": command.queue, "Interface": command.phone}
        await self._ask("QueueRemove", **where, unless="Not there")

    async def _penalty(self, command: SetPenalty) -> None:
        where = {"Queue": command.queue, "Interface": command.phone}
        await self._ask("QueuePenalty", **where, Penalty=command.penalty)

    async def _take(self, command: TakeCaller) -> None:
        waiting = await self._list("QueueStatus")
        ids = await self._ids_of(command.call_id)
        entry = next(
            (e for e in waiting if e.get("Event") == "QueueEntry" and e.get("Uniqueid") in ids),
            None,
        )
        if entry is None:
            raise PhoneSystemError("this caller does not wait any more")
        channel = str(entry["Channel"])
        words = {"TO": command.phone, "RING": str(command.ring_s), "QUEUE": str(entry["Queue"])}
        for name, value in words.items():
            await self._ask("Setvar", Channel=channel, Variable=f"EVERYCALL_{name}", Value=value)
        place = {"Context": "everycall-take", "Exten": "s", "Priority": "1"}
        await self._ask("Redirect", Channel=channel, **place)

    async def _ids_of(self, call_id: str) -> set[str]:
        """Return the channels of a call: the caller's own may not be its first."""
        channels = await self._list("CoreShowChannels")
        return {str(c["Uniqueid"]) for c in channels if c.get("Linkedid") == call_id} | {call_id}

    async def _listen(self, command: ListenIn) -> None:
        channels = await self._list("CoreShowChannels")
        talking = (str(c.get("Channel", "")) for c in channels if c.get("ChannelStateDesc") == "Up")
        heard = next((c for c in talking if c.rpartition("-")[0] == command.talking), None)
        if heard is None:
            raise PhoneSystemError(f"{command.talking} does not talk now")
        spy = {"Application": "ChanSpy", "Data": f"{heard},{_EARS[command.ear]}"}
        who = f"{command.ear.value} <{command.talking.partition('/')[2]}>"
        place = {"Channel": command.phone, "CallerID": who, "Timeout": "15000", "Async": "true"}
        await self._send("Originate", **place, **spy)

    # ---- speaking with Asterisk

    async def _send(self, action: str, **fields: str | int) -> None:
        """Carry out an action that cannot simply be repeated."""
        try:
            await self._manager.act(action, **fields)
        except AmiUnsureError as error:
            raise UnsureError(str(error)) from None
        except AmiError as error:
            raise PhoneSystemError(str(error)) from None

    async def _ask(self, action: str, unless: str = "", **fields: str | int) -> bool:
        """Carry out an action that may be repeated; False if there was nothing to do any more."""
        try:
            await self._manager.act(action, **fields)
        except AmiError as error:
            if unless and unless.lower() in str(error).lower():
                return False
            raise PhoneSystemError(str(error)) from None
        return True

    async def _list(self, action: str) -> list[dict[str, Any]]:
        try:
            return await self._manager.listing(action)
        except AmiError as error:
            raise PhoneSystemError(str(error)) from None

    def _now(self) -> int:
        return to_micros(self._clock())


def _known(progress: Progress) -> Progress:
    return replace(progress, call_id=channel_id(progress.id))


def _originate(dial: Dial) -> dict[str, str | int]:
    """Return what Originate is given: the person's phone rings, and goes on to the snippet."""
    words = {
        "ID": dial.id,
        "RING": dial.ring_s,
        "SHOWN": dial.shown or "",
        "SAY": dial.sound,
        "LANGUAGE": dial.language or "",
        "PRESS_ONE": int(dial.press_one),
    }
    return {
        "ActionID": action_id(dial.id),
        "Channel": dial.agent,
        "ChannelId": channel_id(dial.id),
        "Context": "everycall-dial",
        "Exten": "s",
        "Priority": 1,
        "CallerID": f"Callback <{dial.number}>",
        "Timeout": dial.ring_agent_s * 1000,
        "Async": "true",
        "Variable": ",".join(f"EVERYCALL_{name}={value}" for name, value in words.items()),
    }


def _try_of(fields: Mapping[str, Any]) -> str:
    """Return the id of the try that an event is of; empty if it is of none."""
    action = str(fields.get("ActionID", ""))
    if action.startswith(action_id("")):
        return action.removeprefix(action_id(""))
    linked = str(fields.get("Linkedid") or fields.get("DestLinkedid") or "")
    return linked.removeprefix(channel_id("")) if linked.startswith(channel_id("")) else ""


def _at(item: Heard) -> int:
    """Return when an event happened; received is the next best."""
    stamp = str(item.fields.get("Timestamp") or "")
    try:
        return round(float(stamp) * 1_000_000)
    except ValueError:
        return item.at
