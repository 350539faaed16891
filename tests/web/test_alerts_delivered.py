"""From the end of a call to the message on the other side: with real servers, and a clock."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from web.serving import Server, environment, serving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

MAKE = """
import sys
import django; django.setup()
from everycall.records.models import AlertRule, Channel
for number, port in enumerate(sys.argv[1:]):
    hook = Channel(name=f"Hook {number}", kind="webhook")
    hook.keep({"url": f"http://127.0.0.1:{port}/", "secret": "SECRET", "inside": True})
    hook.save()
    rule = AlertRule.objects.create(name="Missed call", measure="missed_call")
    rule.channels.add(hook)
""".replace("SECRET", SECRET)


class Receiver(ThreadingHTTPServer):
    """The other side: it notes when something came, and may refuse for a while."""

    heard: list[tuple[float, dict[str, Any], str]]
    refuse = 0


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 200
        if self.server.refuse > 0:
            self.server.refuse -= 1
            status = 503
        else:
            told = time.monotonic(), json.loads(body), self.headers["webhook-id"]
            self.server.heard.append(told)
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def receivers() -> Iterator[tuple[Receiver, Receiver]]:
    made = []
    for _ in range(2):
        receiver = Receiver(("127.0.0.1", 0), _Handler)
        receiver.heard = []
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        made.append(receiver)
    yield made[0], made[1]
    for receiver in made:
        receiver.shutdown()
        receiver.server_close()


@pytest.fixture
def server(tmp_path: Path, receivers: tuple[Receiver, Receiver]) -> Iterator[Server]:
    with serving(tmp_path) as found:
        ports = [str(receiver.server_port) for receiver in receivers]
        subprocess.run([sys.executable, "-c", MAKE, *ports], env=environment(tmp_path), check=True)
        yield found


def post(server: Server, *events: dict[str, Any]) -> None:
    answer = server.client.post(
        "/api/v1/events", json={"events": list(events)}, headers=server.headers
    )
    assert answer.status_code == 200, answer.text


def event(kind: str, call: str, ago: float = 0.0, **more: Any) -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(seconds=ago)).isoformat()
    return {"at": at, "kind": kind, "call_id": call, **more}


def arrives(call: str, caller: str, ago: float = 20) -> list[dict[str, Any]]:
    called = "+493023125100"
    return [
        event("call.arrived", call, ago, caller=caller, called=called, direction="inbound"),
        event("queue.entered", call, ago * 0.9, queue="sales"),
    ]


def gives_up(call: str) -> list[dict[str, Any]]:
    return [
        event("queue.left", call, queue="sales", reason="caller"),
        event("call.ended", call, reason="caller"),
    ]


def heard(receiver: Receiver, many: int, within: float = 30) -> list[tuple[float, Any, str]]:
    until = time.monotonic() + within
    while len(receiver.heard) < many and time.monotonic() < until:
        time.sleep(0.02)
    return receiver.heard


def test_a_missed_caller_is_told_within_five_seconds_once_and_closed_when_helped(
    server: Server, receivers: tuple[Receiver, Receiver]
) -> None:
    good, ill = receivers
    ill.refuse = 2
    callers = [f"+4930231250{n:02}" for n in range(5)]
    for number, caller in enumerate(callers):
        post(server, *arrives(f"c{number}", caller))
    time.sleep(1)
    ended = time.monotonic()
    for number in range(len(callers)):
        post(server, *gives_up(f"c{number}"))
    told = heard(good, len(callers))
    assert len(told) == len(callers)
    slowest = max(at for at, _, _ in told) - ended
    if "EVERYCALL_TIMING" in os.environ:
        print(f"\nslowest of {len(callers)} missed-call messages: {slowest:.2f} s")  # noqa: T201
    assert slowest < 5, f"the last message came {slowest:.1f} s after the end of the calls"
    assert {body["type"] for _, body, _ in told} == {"opened"}
    assert all("Missed call: ••••" in body["title"] for _, body, _ in told)
    assert len({name for _, _, name in told}) == len(callers)

    # who rings again and is answered is helped, and that is said; two calls at once would be of two
    time.sleep(0.5)
    post(
        server,
        *arrives("d0", callers[0], 0.3),
        event("queue.left", "d0", 0.1, queue="sales", reason="answered", agent="Ann"),
        event("talk.started", "d0", 0.1, agent="Ann"),
    )
    post(server, event("talk.ended", "d0", agent="Ann"), event("call.ended", "d0", reason="agent"))
    closed = heard(good, len(callers) + 1)
    assert [body["type"] for _, body, _ in closed].count("closed") == 1

    # the other side that was ill gets everything, too, later
    assert len(heard(ill, len(callers), within=60)) >= len(callers)
    names = [name for _, _, name in ill.heard]
    assert len(names) == len(set(names))
