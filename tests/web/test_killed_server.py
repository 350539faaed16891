"""kill -9 of the whole server under load: what it acknowledged is history, once; what it did not is sent again."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from everycall.app.history.asking import Asking
from everycall.history import History
from web.serving import free_port, serving, started, wait_for

SENDERS = 3
CALLS = 20
CHANCE = random.Random(7)
TIMES = max(1, int(os.environ.get("KILLS", "12")) // 8)


@dataclass
class Sender:
    """Posts batches of calls until the server dies; begins again with the last that it was told of.

    Attributes:
        acknowledged: so many batches were answered by 200.
        known: so many calls the server said it had known before.
    """

    name: str
    acknowledged: int = 0
    sent: int = 0
    known: int = 0

    def batch(self, number: int) -> list[dict[str, Any]]:
        began = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return [
            {"at": (began + timedelta(seconds=second)).isoformat(), "call_id": call, **said}
            for call in self.calls(number)
            for second, said in (
                (0, {"kind": "call.arrived", "direction": "inbound", "caller": "+493023125001"}),
                (1, {"kind": "queue.entered", "queue": "sales"}),
                (9, {"kind": "queue.left", "queue": "sales", "reason": "caller"}),
                (9, {"kind": "call.ended", "reason": "caller"}),
            )
        ]

    def calls(self, number: int) -> list[str]:
        return [f"{self.name}-{number}-{call}" for call in range(CALLS)]

    def send(self, base: str, headers: dict[str, str], until: float = float("inf")) -> None:
        number = max(0, self.acknowledged - 1)
        with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=30) as client:
            while time.monotonic() < until:
                self.sent = max(self.sent, number + 1)
                try:
                    answer = client.post("/api/v1/events", json={"events": self.batch(number)})
                except httpx.TransportError:
                    return
                if answer.status_code == 429:
                    time.sleep(0.2)
                    continue
                assert answer.status_code == 200
                number += 1
                self.acknowledged = max(self.acknowledged, number)
                self.known += answer.json()["known"]


def load(
    senders: list[Sender], base: str, headers: dict[str, str], until: float
) -> list[threading.Thread]:
    threads = [
        threading.Thread(target=sender.send, args=(base, headers, until)) for sender in senders
    ]
    for thread in threads:
        thread.start()
    return threads


def killed(
    process: "subprocess.Popen[str]", senders: list[Sender], base: str, headers: dict[str, str]
) -> None:
    """Kill a server at some moment after it has acknowledged something of each sender."""
    before = [sender.acknowledged for sender in senders]
    threads = load(senders, base, headers, time.monotonic() + 60)
    latest = time.monotonic() + 60
    while any(one.acknowledged <= was for one, was in zip(senders, before, strict=True)):
        assert time.monotonic() < latest
        time.sleep(0.01)
    time.sleep(CHANCE.uniform(0.0, 0.7))
    process.kill()
    process.wait(30)
    ended(threads)


def alive(data: Path) -> "tuple[subprocess.Popen[str], str]":
    port = free_port()
    process, base = started(data, port), f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base, trust_env=False) as client:
        wait_for(client)
    return process, base


def ended(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


@pytest.mark.kill
def test_a_killed_server_loses_no_call_that_it_acknowledged_and_doubles_none(
    tmp_path: Path,
) -> None:
    senders = [Sender(f"s{number}") for number in range(SENDERS)]
    with serving(tmp_path) as first:
        headers = first.headers
        killed(first.process, senders, str(first.client.base_url), headers)
    for _ in range(TIMES - 1):
        process, base = alive(tmp_path)
        killed(process, senders, base, headers)
    process, base = alive(tmp_path)
    try:
        ended(load(senders, base, headers, time.monotonic() + 2))
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
    finally:
        process.kill()
        process.wait(30)
    assert_right(senders, tmp_path)


def assert_right(senders: list[Sender], data: Path) -> None:
    with Asking(History(data)) as asking:
        found = asking.rows("SELECT call_id, outcome, wait_ms FROM calls")
        events = dict(asking.rows("SELECT call_id, COUNT(*) FROM events GROUP BY call_id"))
    acknowledged = {
        call for one in senders for n in range(one.acknowledged) for call in one.calls(n)
    }
    sent = {call for one in senders for n in range(one.sent) for call in one.calls(n)}
    assert acknowledged
    assert {Counter(call for call, *_ in found)[call] for call in acknowledged} == {1}
    assert {call for call, *_ in found} <= sent
    assert {tuple(rest) for _, *rest in found} == {("caller_left_in_queue", 8_000)}
    assert set(events.values()) == {4}
    assert sum(one.known for one in senders) >= CALLS
