"""The recorded scenarios: their files, and what the phones saw of each call."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from truth.comparing import UNSEEN, Ring, Seen

FOLDER = Path(__file__).parents[2] / "samples" / "scenarios"
ALL = tuple(sorted(path for path in FOLDER.iterdir() if path.is_dir()))
QUEUE_LOG, CDR, CEL, AMI = "queue_log", "Master.csv", "cel.csv", "ami.jsonl.gz"

HELD = {
    "s18": 5.19,
    "s19": 5.01,
    "s20": 2.01,
    "s29": 2.0,
    "s37": 2.19,
    "s57": 4.0,
    "s58": 8.0,
    "s74": 6.0,
    "s75": 2.01,
}
"""For how long callers were on hold or parked, by what each story says that was done."""

_ID = re.compile(r"\b\d{10}\.\d+\b")


def short(folder: Path) -> str:
    """Return the name of a scenario as its story begins: 's01'."""
    return folder.name.partition("_")[0]


def files(folders: tuple[Path, ...], names: tuple[str, ...]) -> list[Path]:
    """Return the files of scenarios in which Asterisk wrote something."""
    found = (folder / name for folder in folders for name in names)
    return [path for path in found if path.stat().st_size > 60]


def seen(folder: Path) -> list[Seen]:
    """Return the calls of a scenario as the phones saw them, in the order in which they began."""
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    calls, phones = told["calls"], told["phones"]
    name = short(folder)
    names = [name] if len(calls) == 1 else [f"{name}/{i}" for i in range(1, len(calls) + 1)]
    customers = {phone["number"] for phone in phones if phone["who"] == "customer"}
    return [_seen(call, one, name, customers) for call, one in zip(calls, names, strict=True)]


def _seen(call: dict[str, Any], name: str, story: str, customers: set[str]) -> Seen:
    ours = call["direction"] in ("outbound", "callback")
    # the customer of a call that we make is no attempt: nobody of ours was rung
    rings = [one for one in call["attempts"] if not (ours and one["who"] in customers)]
    return Seen(
        name=name,
        direction=call["direction"],
        outcome=call["outcome"] or UNSEEN,
        arrived_at=call["arrived_at"],
        answered_at=call["answered_at"],
        ended_at=call["ended_at"],
        ended_by=_ended_by(call),
        talk=call["talk_s"],
        hold=HELD.get(story, 0.0) if call["talk_s"] else UNSEEN,
        rings=tuple(_ring(one) for one in rings),
    )


def _ended_by(call: dict[str, Any]) -> str:
    """Return who ended a call: `caller` is the customer, also where we called them.

    The phones say only what kind of phone ended it. A colleague who calls is the caller.
    """
    if call["direction"] == "internal" and call["ended_by"] == "agent":
        return "caller"
    return {"customer": "caller"}.get(call["ended_by"], call["ended_by"])


def _ring(attempt: dict[str, Any]) -> Ring:
    lasted = UNSEEN if attempt["ring_s"] is None else attempt["ring_s"]
    return Ring(attempt["who"], attempt["at"], lasted, attempt["result"])


@cache
def owners() -> dict[str, Path]:
    """Return the scenario of every channel id; no id comes twice in the collection."""
    return {found: folder for folder in ALL for found in _ids(folder)}


def _ids(folder: Path) -> Iterator[str]:
    for name in (QUEUE_LOG, CEL, CDR):
        yield from _ID.findall((folder / name).read_text(encoding="utf-8"))
