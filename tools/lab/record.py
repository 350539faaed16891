"""Play scenarios against a real Asterisk and keep what it wrote: `record.py [NAME...]`."""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it runs as a plain file

from lab import scenarios  # noqa: F401  # fills the list of stories
from lab.leg import RefusedError
from lab.manager import ManagerError
from lab.node import NodeError, installed_prefix, is_installed
from lab.stage import Stage, StageError
from lab.story import STORIES
from lab.truth import describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.manager import Event
    from lab.story import Story

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "scenarios"
TRIES = 3

_NOISE = {"TestEvent", "RTCPSent", "RTCPReceived", "DeviceStateChange", "SuccessfulAuth"}
_VARIABLES = {
    "QUEUESTATUS",
    "DIALSTATUS",
    "VMSTATUS",
    "ABANDONED",
    "MEMBERINTERFACE",
    "HANGUPCAUSE",
    "BRIDGEPEER",
}
# What Asterisk calls an ERROR though the story wants it, or nothing is wrong.
_HARMLESS = (
    "channel.c: name must be provided",  # a blind transfer into a queue
    "Could not create dialog to invalid URI '1009'",  # the phone that never registers
    "Failed to create outgoing session to endpoint '1009'",
)
_FAULTS = (StageError, NodeError, ManagerError, RefusedError, TimeoutError, OSError, ValueError)


def main() -> int:
    """Record the named scenarios, or all."""
    options = _options()
    if options.list:
        print("\n".join(_table()))
        return 0
    if not is_installed(installed_prefix()):
        print(f"no Asterisk in {installed_prefix()}: run tools/lab/fetch.sh")
        return 1
    names = options.names or sorted(STORIES)
    unknown = [name for name in names if name not in STORIES]
    if unknown:
        print(f"no such scenario: {', '.join(unknown)}")
        return 1
    failed = _record_all(names, options.out, options.jobs)
    while names and not failed and (names := sorted(sharing_ids(options.out))):
        failed = _record_all(names, options.out, jobs=1)
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--out", type=Path, default=SAMPLES, help="(%(default)s)")
    parser.add_argument("--jobs", type=int, default=3, help="scenarios at a time (%(default)s)")
    parser.add_argument("--list", action="store_true", help="print the scenarios as a table")
    return parser.parse_args()


def _table() -> Iterable[str]:
    """The scenarios as Markdown."""
    yield "| scenario | what happens | what became of it |"
    yield "|---|---|---|"
    for name in sorted(STORIES):
        results = [f"{call.direction} `{call.outcome or 'none'}`" for call in STORIES[name].calls]
        yield f"| {name} | {STORIES[name].text} | {', '.join(results) or 'no call'} |"


def _record_all(names: list[str], out: Path, jobs: int) -> list[str]:
    """Record some scenarios at a time; return those that would not come right."""
    failed = []
    with ProcessPoolExecutor(jobs) as pool:
        results = pool.map(_record, names, [out] * len(names))
        for name, trouble in zip(names, results, strict=True):
            print(f"{name:40} {trouble or 'ok'}", flush=True)
            failed += [name] if trouble else []
    return failed


def _record(name: str, out: Path) -> str:
    """Play one scenario until its recording is right; return what stayed wrong."""
    trouble = ""
    for _ in range(TRIES):
        try:
            files, troubles = asyncio.run(play(STORIES[name]))
        except _FAULTS as error:
            trouble = f"{type(error).__name__}: {error}"
            continue
        trouble = "; ".join(troubles)
        if not troubles:
            _write(out / name, files)
            break
    return trouble


async def play(story: Story) -> tuple[dict[str, str], list[str]]:
    """Play a scenario; return the files of its recording and what is wrong with them."""
    async with Stage() as stage:
        await story.play(stage)
        await stage.quiet()
        truth = describe(story, stage)
        files = {name: stage.node.log(name) for name in ("queue_log", "Master.csv", "cel.csv")}
        files["queue_log"] = _without_start(files["queue_log"])
        files["ami.jsonl"] = "".join(_lines([*stage.events, *stage.manager.events]))
        files["truth.json"] = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
        return files, [*_differences(story, files, truth), *_troubles(stage)]


def _without_start(queue_log: str) -> str:
    """The log without the line that our own fresh start wrote."""
    first, _, rest = queue_log.partition("\n")
    return rest if first.endswith("|QUEUESTART|") else queue_log


def _lines(events: Iterable[Event]) -> Iterable[str]:
    for event in events:
        if event["Event"] in _NOISE:
            continue
        if event["Event"] == "VarSet" and event["Variable"] not in _VARIABLES:
            continue
        yield json.dumps(event) + "\n"


def _troubles(stage: Stage) -> list[str]:
    lines = stage.node.troubles()
    return [line for line in lines if not any(harmless in line for harmless in _HARMLESS)]


def _differences(story: Story, files: dict[str, str], truth: dict[str, Any]) -> list[str]:
    """Where the logs are not what the story declares."""
    verbs = [line.split("|")[4] for line in files["queue_log"].splitlines()]
    results = [row[14] for row in csv.reader(files["Master.csv"].splitlines())]
    found = []
    if sorted(verbs) != sorted(story.queue_log):  # lines of one moment come in any order
        found.append(f"queue_log has {' '.join(verbs)}")
    if sorted(results) != sorted(story.cdr):
        found.append(f"Master.csv has {', '.join(results)}")
    return found + [fault for call in truth["calls"] for fault in _contradictions(call)]


def _contradictions(call: dict[str, Any]) -> Iterable[str]:
    """Where the declared outcome is not what the phones saw."""
    spoken = call["outcome"] in {"answered", "dropped_in_talk", "transfer_unanswered", "reached"}
    if call["outcome"] and spoken != bool(call["talks"]):
        yield f"declared {call['outcome']}, talks: {call['talks']}"
    if call["outcome"] and call["outcome"].startswith("caller_left") and not _left(call):
        yield f"declared {call['outcome']}, ended by {call['ended_by']}"
    if call["ended_at"] is None:
        yield "a phone is still on the line"


def _left(call: dict[str, Any]) -> bool:
    return bool(call["ended_by"] == "caller" or call["outcome"] == "caller_left_closed")


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if name == "ami.jsonl":
            packed = gzip.compress(text.encode(), mtime=0)
            (folder / "ami.jsonl.gz").write_bytes(packed)
        else:
            (folder / name).write_text(text)


def sharing_ids(out: Path) -> set[str]:
    """Recordings with a channel id that an earlier one has: read together, they would be one call."""
    owners: dict[str, str] = {}
    sharing = set()
    for path in sorted(out.glob("*/cel.csv")):
        name = path.parent.name
        for row in csv.reader(path.read_text().splitlines()):
            if owners.setdefault(row[12], name) != name:
                sharing.add(name)
    return sharing


if __name__ == "__main__":
    sys.exit(main())
