"""Recordings of a real Asterisk that lie outside the project: their files, and what the phones saw.

Each holds when every phone was invited, answered and was done, and its SIP messages. What became of
a call, which no single message tells, stands in `STORIES`, taken from what was done.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from truth.comparing import UNSEEN, Ring, Seen

SHARED = Path(os.environ.get("EVERYCALL_SHARED") or Path(__file__).parents[3] / "shared")
FOLDER = SHARED / "data" / "asterisk_gold"
ALL = tuple(sorted(path for path in FOLDER.glob("s*_*") if path.is_dir()))
QUEUE_LOG, CDR, CEL, AMI = "queue_log", "Master.csv", "cel.csv", "ami.jsonl"

STORIES: dict[str, tuple[tuple[str, str], ...]] = {
    "s02": (("answered", "agent"),),
    "s04": (("caller_left_in_queue", "caller"),),
    "s06": (("answered", "caller"),),
    "s08": (("voicemail_left", "caller"),),
    "s10": (("answered", "caller"),),
    "s12": (("dropped_in_talk", "network"),),
    "s14": (("dropped_in_talk", "network"),),
    "s16": (("answered", "agent"),),
    "s18": (("answered", "caller"),),
    "s20": (("answered", "agent"),),
    "s22": (("reached", "caller"),),
    "s24": (("busy", "caller"),),
    "s26": (("reached", "caller"),),
    "s28": (("answered", "agent"), ("answered", "agent")),
    "s30": (),
    "s32": (("failed_before_ring", "system"),),
    "s34": (("caller_left_in_queue", "caller"),),
    "s36": (("dropped_in_talk", "system"),),
    "s38": (("caller_left_in_queue", "caller"),),
}
"""What became of each call, and who ended it: `caller` is the customer, also where we called."""

CONSULTED = {"s18": 4.0}
"""After how many seconds of talk the manager had an agent consult; no phone's messages show it."""

_ID = re.compile(r"\b\d{10}\.\d+\b")
_RESULTS = {"486": "rejected", "603": "rejected", "CANCEL": "no_answer"}


@dataclass(frozen=True)
class Leg:
    """One phone's part in a call; moments in seconds since 1970.

    Attributes:
        kind: agent, caller or customer.
        heard_at: from when it could hear the other side of the call.
        away: when it could not: held, consulting, or handed on.
    """

    kind: str
    number: str
    invited_at: float
    answered_at: float | None
    heard_at: float | None
    ended_at: float
    ended_with: str
    away: tuple[float, float] | None


def short(folder: Path) -> str:
    """Return the name of a recording as its story begins: 's02'."""
    return folder.name.partition("_")[0]


def files(folders: Sequence[Path], names: Sequence[str]) -> list[Path]:
    """Return the files of recordings in which something stands."""
    found = (folder / name for folder in folders for name in names)
    return [path for path in found if path.stat().st_size > 60]


@cache
def owners() -> dict[str, Path]:
    """Return the recording of every channel id; no id comes twice in the collection."""
    return {
        found: folder
        for folder in ALL
        for name in (QUEUE_LOG, CEL, CDR)
        for found in _ID.findall((folder / name).read_text(encoding="utf-8"))
    }


def seen(folder: Path) -> list[Seen]:
    """Return the calls of a recording as the phones saw them, in the order in which they began."""
    legs = sorted(_legs(folder), key=lambda leg: leg.invited_at)
    story = STORIES[short(folder)]
    names = [f"/{i}" for i in range(1, len(story) + 1)] if len(story) > 1 else [""]
    customers = [leg for leg in legs if leg.kind != "agent"]
    return [
        _seen(short(folder) + name, customer, _share(legs, customer, customers), *told)
        for name, customer, told in zip(names, customers, story, strict=False)
    ]


def _share(legs: Sequence[Leg], customer: Leg, customers: Sequence[Leg]) -> list[Leg]:
    """Return the agents' legs of one call; of several calls each had one."""
    agents = [leg for leg in legs if leg.kind == "agent"]
    return agents if len(customers) == 1 else [agents[customers.index(customer)]]


def _legs(folder: Path) -> list[Leg]:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    legs = [_leg(leg, truth["start"], truth["sip"][leg["who"]]) for leg in truth["legs"]]
    if short(folder) not in CONSULTED:
        return legs
    first, second = (leg for leg in legs if leg.kind == "agent")
    left_at = (first.answered_at or 0.0) + CONSULTED[short(folder)]
    first = replace(first, away=(left_at, first.ended_at))
    return [
        first,
        replace(second, heard_at=first.ended_at),
        *(g for g in legs if g.kind != "agent"),
    ]


def _leg(leg: dict[str, Any], start: float, messages: Sequence[Any]) -> Leg:
    kind = leg["who"].rstrip("0123456789_")
    answered, ended = leg["ans"], start + leg["end"]
    return Leg(
        kind=kind,
        number=leg["who"].removeprefix(kind).partition("_")[0],
        invited_at=start + leg["inv"],
        answered_at=None if answered is None else start + answered,
        heard_at=None if answered is None else start + answered,
        ended_at=ended,
        ended_with=leg["kind"],
        away=_away(messages, ended),
    )


def _away(messages: Sequence[Any], ended_at: float) -> tuple[float, float] | None:
    """Return when an agent who was called held the caller, or from when the caller was handed on."""
    if messages[0][1] == "S":
        return None
    left = [at for at, way, text in messages if way == "S" and text.startswith(("INVITE", "REFER"))]
    handed_on = any(text.startswith("REFER") for _, _, text in messages)
    return (left[0], ended_at if handed_on else left[-1]) if left else None


def _seen(name: str, customer: Leg, agents: Sequence[Leg], outcome: str, ended_by: str) -> Seen:
    ours = customer.kind == "customer"
    talks = [talk for agent in agents for talk in _talks(customer, agent)]
    answered_at = min((began for began, _ in talks), default=None)
    arrived_at = min(leg.invited_at for leg in (customer, *agents))
    return Seen(
        name=name,
        direction="callback" if ours else "inbound",
        outcome=outcome,
        arrived_at=arrived_at,
        answered_at=answered_at,
        ended_at=customer.ended_at,
        ended_by=ended_by,
        talk=sum(ended - began for began, ended in talks) if talks else None,
        hold=_hold(name, talks, agents),
        rings=tuple(_ring(leg, outcome) for leg in agents),
        wait=_wait(outcome, customer, arrived_at, answered_at) if not ours else UNSEEN,
    )


def _hold(name: str, talks: Sequence[object], agents: Sequence[Leg]) -> Any:
    """Return for how long the caller was on hold; who is handed on by REFER is not."""
    if not talks or name in CONSULTED:
        return UNSEEN
    return float(sum(a.away[1] - a.away[0] for a in agents if a.away and a.away[1] < a.ended_at))


def _wait(outcome: str, customer: Leg, arrived_at: float, answered_at: float | None) -> Any:
    """Return for how long the caller waited: these stories lead to a queue without a menu."""
    if outcome == "caller_left_in_queue":
        return customer.ended_at - arrived_at
    return UNSEEN if answered_at is None else answered_at - arrived_at


def _talks(customer: Leg, agent: Leg) -> Iterator[tuple[float, float]]:
    """Yield when the two heard one another."""
    if customer.answered_at is None or agent.heard_at is None:
        return
    began = max(customer.answered_at, agent.heard_at)
    ended = min(customer.ended_at, agent.ended_at)
    left, back = agent.away or (ended, ended)
    yield from ((a, b) for a, b in ((began, min(left, ended)), (max(back, began), ended)) if a < b)


def _ring(leg: Leg, outcome: str) -> Ring:
    stopped = leg.answered_at or leg.ended_at
    result = "answered" if leg.answered_at else _RESULTS[leg.ended_with]
    if outcome == "caller_left_in_queue" and result == "no_answer":
        result = "cancelled"
    return Ring(leg.number, leg.invited_at, stopped - leg.invited_at, result)
