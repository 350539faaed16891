"""kill -9 of the whole server while a phone system talks on: every call once, and nothing made up."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from everycall.app.history.asking import Asking
from everycall.history import History
from running.talking import Talker, Told
from web.serving import environment, free_port, started, wait_for
from wire.fake_pbx import SECRET, USER

TIMES = max(2, int(os.environ.get("KILLS", "12")) // 6)
NEAR = 1.1
"""A log tells whole seconds."""

LISTED = 2.5
"""The list of who waits tells whole seconds, too, and is as old as it took to come."""

MAKE = """
import django, sys, json; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from everycall.records.connections import Connection
from everycall.records.models import Person, Token
Person.objects.create_user("ada@example.org", "a tall tree by the sea", name="Ada", role="owner")
for name, kind, given in json.loads(sys.argv[1]):
    row = Connection(name=name, kind=kind)
    row.keep(given)
    row.save()
print(Token.issue("test", ["live:read"])[1])
"""


@dataclass
class Server:
    """A server that is killed again and again, over the same data."""

    data: Path
    headers: Mapping[str, str]
    process: "subprocess.Popen[str] | None" = None
    base: str = ""

    def begin(self) -> None:
        port = free_port()
        self.process, self.base = started(self.data, port), f"http://127.0.0.1:{port}"

    def wait(self) -> None:
        with httpx.Client(base_url=self.base, trust_env=False) as client:
            wait_for(client)

    def draws(self) -> None:
        """Wait for the picture: before it is there, what a manager connection says waits in memory."""
        until = time.monotonic() + 60
        while not self.board():
            assert time.monotonic() < until, "there is no picture"
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def end(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(90)

    def board(self) -> dict[str, Any]:
        address = f"{self.base}/api/v1/live"
        answer = httpx.get(address, headers=dict(self.headers), trust_env=False, timeout=30)
        found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
        return found


def made(data: Path, talker: Talker, feeds: Sequence[str]) -> Server:
    """Make records with a phone system in them."""
    ami = {"host": "127.0.0.1", "port": talker.fake.port, "user": USER, "secret": SECRET}
    known = {"ami": ["pbx", "ami", ami], "log": ["log", "queue_log", {"path": str(talker.log)}]}
    told = subprocess.run(
        [sys.executable, "-c", MAKE, json.dumps([known[name] for name in feeds])],
        env=environment(data), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Server(data, {"Authorization": f"Bearer {told.stdout.strip()}"})


def killed_again_and_again(server: Server, chance: random.Random) -> None:
    """Kill it while it hears, and now and then while it begins."""
    for turn in range(TIMES):
        if turn % 3 == 2:
            time.sleep(chance.uniform(0.5, 4.0))
        else:
            server.wait()
            server.draws()
            time.sleep(chance.uniform(0.5, 3.5))
        server.kill()
        time.sleep(chance.uniform(0.0, 1.5))
        server.begin()


def when_all_is_over(server: Server, until: float) -> dict[str, Any]:
    """Return the picture once everything that was said is in it and no call is on."""
    before: dict[str, Any] = {}
    while time.monotonic() < until:
        board = server.board()
        outcomes = {one["outcome"]: one["calls"] for one in board.get("outcomes", ())}
        if outcomes and outcomes == before and not outcomes.get("pending"):
            return outcomes
        before = outcomes
        time.sleep(1.5)
    raise TimeoutError(f"still on: {before}")


def same_day() -> None:
    """Skip where midnight is near: a picture shows the outcomes of its own day."""
    left = 86_400 - time.time() % 86_400
    if left < 600:
        pytest.skip("it is a few minutes to midnight UTC, and the picture begins a new day then")


@pytest.mark.kill
@pytest.mark.parametrize("feeds", [("ami",), ("log",), ("ami", "log")], ids="-".join)
def test_a_server_killed_while_it_listens(feeds: tuple[str, ...], tmp_path: Path) -> None:
    same_day()
    data = tmp_path / "data"
    data.mkdir()
    with Talker(tmp_path / "queue_log") as talker:
        server = made(data, talker, feeds)
        try:
            server.begin()
            server.wait()
            heard_from = talker.listened_to() if "ami" in feeds else 0.0
            killed_again_and_again(server, random.Random("-".join(feeds)))
            server.wait()
            time.sleep(2)
            talker.finish()
            shown = when_all_is_over(server, time.monotonic() + 60)
            assert server.end() == 0
        finally:
            server.kill()
    found = Found.of(data)
    found.gaps.append((0.0, heard_from))
    assert sum(found.outcomes.values()) == len(found.calls), "a call is there twice"
    assert shown == found.outcomes, "the picture and history differ"
    found.hold_against(talker.calls, feeds)


@dataclass
class Found:
    """What history tells."""

    calls: dict[str, tuple[Any, ...]]
    outcomes: dict[str, int]
    gaps: list[tuple[float, float]]

    @classmethod
    def of(cls, data: Path) -> "Found":
        with Asking(History(data)) as asking:
            rows = asking.rows(
                "SELECT call_id, outcome, wait_ms, talk_ms, arrived_at, ended_at FROM calls"
            )
            gaps = asking.rows(
                """SELECT "at", value FROM events WHERE kind = 'source.gap' AND reason = 'away'"""
            )
        outcomes = Counter(str(row[1]) for row in rows)
        return cls(
            {row[0]: row[1:] for row in rows},
            dict(outcomes),
            [(at / 1e6 - value / 1e3, at / 1e6) for at, value in gaps],
        )

    def whole(self, told: Told) -> bool:
        """Tell whether somebody listened from a call's beginning to its end."""
        assert told.ended is not None
        return not any(
            told.began - 0.1 < until and since < told.ended + 0.1 for since, until in self.gaps
        )

    def hold_against(self, told: Mapping[str, Told], feeds: Sequence[str]) -> None:
        assert set(self.calls) <= set(told), "a call was made up"
        if "ami" in feeds:
            assert len(self.gaps) > TIMES - TIMES // 3
        wrong = [
            (told[call], row)
            for call, row in self.calls.items()
            if not right(told[call], row, whole=self.whole(told[call]), logged="log" in feeds)
        ]
        assert not wrong, "\n".join(map(str, wrong))
        missing = {
            call
            for call, one in told.items()
            if call not in self.calls and ("log" in feeds or self.whole(one))
        }
        assert not missing


def right(told: Told, row: tuple[Any, ...], *, whole: bool, logged: bool) -> bool:
    """Tell whether history says of a call what it was; or, where nobody heard all of it, nothing else."""
    outcome, wait_ms, talk_ms, *_ = row
    known, within = whole or logged, NEAR if whole else LISTED
    if outcome != told.outcome and (known or outcome != "unknown"):
        return False
    waited = near(wait_ms, told.wait, within, known=known)
    return waited and near(talk_ms, told.talk, within, known=known)


def near(given_ms: int | None, truth: float | None, within: float, *, known: bool) -> bool:
    if given_ms is None or truth is None:
        return not known or ((given_ms or 0) == 0 and truth is None)
    return abs(given_ms / 1000 - truth) <= within
