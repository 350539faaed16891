"""A phone system that goes on talking, whoever listens: recorded calls, told again as if they were on now.

It speaks by a manager interface and writes a queue_log, both of the same calls, and answers what
goes on at present to whoever asks.
"""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from wire.fake_pbx import FakePbx, recorded
from wire.threaded import Pbx

SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
STORIES = {"s01_caller_hangs_up": "answered", "s04_abandon_5s": "caller_left_in_queue"}
PEOPLE = 20
NOT_OF_A_CALL = (
    "FullyBooted",
    "QueueMemberAdded",
    "QueueMemberPause",
    "QueueMemberStatus",
    "VarSet",
    "Cdr",
)


@dataclass
class Told:
    """A call as it was, whoever heard of it."""

    call_id: str
    outcome: str
    began: float = 0.0
    joined: float = 0.0
    answered: float | None = None
    ended: float | None = None

    @property
    def wait(self) -> float:
        until = self.answered or self.ended
        assert until is not None
        return until - self.joined

    @property
    def talk(self) -> float | None:
        return self.ended - self.answered if self.answered and self.ended else None


@dataclass
class Script:
    """A recorded call: what is said, and after which share of its length."""

    outcome: str
    steps: list[tuple[float, dict[str, Any]]]
    names: list[str]

    @classmethod
    def of(cls, story: str) -> "Script":
        events = [
            event
            for event in recorded(SCENARIOS / story / "ami.jsonl.gz")
            if event["Event"] not in NOT_OF_A_CALL
        ]
        first, last = events[0]["_recv"], events[-1]["_recv"]
        steps = [((event["_recv"] - first) / (last - first), event) for event in events]
        names = sorted({str(event["Uniqueid"]) for event in events if "Uniqueid" in event})
        return cls(STORIES[story], steps, names)

    def again(self, number: int) -> Iterator[tuple[float, dict[str, Any]]]:
        """Yield the steps as those of a call of its own."""
        second, person = int(time.time()), f"{1001 + number % PEOPLE}"
        swaps = {old: f"{second}.{10 * number + i}" for i, old in enumerate(self.names)}
        swaps |= {f"1001-{old:08x}": f"{person}-{10 * number + old:08x}" for old in range(9)}
        swaps |= {f"trunk-{old:08x}": f"trunk-{10 * number + old:08x}" for old in range(9)}
        swaps |= {"PJSIP/1001": f"PJSIP/{person}", "Agent 1": f"Agent {person}"}
        swaps |= {'"1001"': f'"{person}"', "+44163296": f"+44207{number:03}"}
        for bridge in {e["BridgeUniqueid"] for _, e in self.steps if "BridgeUniqueid" in e}:
            swaps[bridge] = f"bridge-{number}"
        for at, event in self.steps:
            text = json.dumps({k: v for k, v in event.items() if k != "_recv"})
            for old, new in swaps.items():
                text = text.replace(old, new)
            yield at, json.loads(text)


@dataclass
class Talker:
    """Says call after call; `log` is the queue_log that it writes."""

    log: Path
    every: float = 0.12
    pbx: Pbx = field(default_factory=Pbx)
    calls: dict[str, Told] = field(default_factory=dict)
    _channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    _waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    _stop: bool = False
    _chance: random.Random = field(default_factory=lambda: random.Random(11))

    def __enter__(self) -> Self:
        self.log.touch()
        self._now_on()
        self._talking = asyncio.run_coroutine_threadsafe(self._talk(), self.pbx.loop)
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()
        self.pbx.stop()

    def finish(self) -> None:
        """Begin no more calls, and wait until those that are on are over."""
        self._stop = True
        self._talking.result(60)

    @property
    def fake(self) -> FakePbx:
        return self.pbx.fake

    def listened_to(self) -> float:
        """Wait until somebody has logged in; returns from when on they hear everything."""
        latest = time.monotonic() + 60
        while not self.fake.logins:
            assert time.monotonic() < latest, "nobody listens"
            time.sleep(0.05)
        return time.time() + 0.2

    # ---- calls

    async def _talk(self) -> None:
        scripts = [Script.of(story) for story in STORIES]
        going, number = set(), 0
        while not self._stop:
            script = scripts[number % len(scripts)]
            going.add(asyncio.create_task(self._call(script, number)))
            number += 1
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * self.every)
        await asyncio.gather(*going)

    async def _call(self, script: Script, number: int) -> None:
        began, length = time.time(), self._length()
        told: Told | None = None
        for at, event in script.again(number):
            await asyncio.sleep(max(0.0, began + at * length - time.time()))
            moment = time.time()
            event["Timestamp"] = f"{moment:.6f}"
            if told is None:
                told = Told(event["Uniqueid"], script.outcome, moment)
                self.calls[told.call_id] = told
            self._write(told, event, moment)
            self._goes_on(event, moment)
            await self.fake.say([event])

    def _length(self) -> float:
        """Return how long a call lasts: some of them longer than a server takes to begin anew."""
        return self._chance.uniform(1.0, 5.0) * (5.0 if self._chance.random() < 0.25 else 1.0)

    def _write(self, told: Told, event: dict[str, Any], moment: float) -> None:
        """Write what a queue_log says of a step."""
        name, person = event["Event"], f"Agent {str(event.get('Interface', ''))[6:]}"
        if name == "QueueCallerJoin":
            told.joined = moment
            self._line(told, "NONE", "DID", "5001")
            self._line(told, "NONE", "ENTERQUEUE", "", event["CallerIDNum"], "1")
        elif name == "AgentConnect":
            told.answered = moment
            waited = int(moment) - int(told.joined)
            self._line(told, person, "CONNECT", str(waited), event["DestUniqueid"], str(waited))
        elif name in ("AgentComplete", "QueueCallerAbandon"):
            told.ended = moment
            talked = int(moment) - int(told.answered or told.joined)
            waited = int(told.answered or moment) - int(told.joined)
            if name == "AgentComplete":
                self._line(told, person, "COMPLETECALLER", str(waited), str(talked), "1")
            else:
                self._line(told, "NONE", "ABANDON", "1", "1", str(waited))

    def _line(self, told: Told, person: str, verb: str, *data: str) -> None:
        words = (str(int(time.time())), told.call_id, "sales", person, verb, *data)
        with self.log.open("a") as file:
            file.write("|".join(words) + "\n")

    # ---- what is on at present

    def _goes_on(self, event: dict[str, Any], moment: float) -> None:
        name, channel = event["Event"], str(event.get("Uniqueid", ""))
        if name == "Newchannel":
            self._channels[channel] = {"began": moment, "BridgeId": ""}
        if name == "Hangup":
            self._channels.pop(channel, None)
        if channel in self._channels:
            kept = self._channels[channel]
            kept |= {k: v for k, v in event.items() if k not in ("Event", "Timestamp")}
            if name == "Newexten":
                kept |= {"Application": event["Application"], "ApplicationData": event["AppData"]}
            if name in ("BridgeEnter", "BridgeLeave"):
                kept["BridgeId"] = event["BridgeUniqueid"] if name == "BridgeEnter" else ""
        if name == "QueueCallerJoin":
            self._waiting[channel] = {"since": moment}
        if name in ("QueueCallerLeave", "QueueCallerAbandon", "Hangup"):
            self._waiting.pop(channel, None)
        self._now_on()

    def _now_on(self) -> None:
        now = time.time()
        self.fake.lists["CoreShowChannels"] = [
            {**kept, "Event": "CoreShowChannel", "Duration": _clock(now - kept["began"])}
            for kept in self._channels.values()
        ]
        self.fake.lists["QueueStatus"] = [
            *(_member(number) for number in range(1001, 1001 + PEOPLE)),
            *(
                {
                    "Event": "QueueEntry", "Queue": "sales", "Uniqueid": channel,
                    "Wait": str(int(now - kept["since"])),
                }
                for channel, kept in self._waiting.items()
            ),
        ]  # fmt: skip


def _member(number: int) -> dict[str, Any]:
    phone = f"PJSIP/{number}"
    return {
        "Event": "QueueMember", "Queue": "sales", "Name": f"Agent {number}", "Interface": phone,
        "StateInterface": phone, "Location": phone, "Status": "1", "Paused": "0",
    }  # fmt: skip


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
