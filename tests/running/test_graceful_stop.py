"""SIGTERM in the middle of everything: it ends in its time with 0, nothing is half done, and what waited is done once."""

import http.server
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from everycall.app.history.asking import Asking
from everycall.history import History
from everycall.web import rounds
from everycall.web.commands import serve
from everycall.web.commands.server import LATEST
from web.postbox import Postbox, posting
from web.serving import Server, environment, free_port, started, wait_for
from web.serving import serving as served

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))
SLOW = 8.0
CALLS = 300

PLANS = """
import django, sys; django.setup()
from datetime import UTC, datetime
from everycall.records.alerts import Channel
from everycall.records.hooks import Hook, tell
from everycall.records.models import Person
from everycall.records.report_plans import ReportPlan
mail = Channel(name="Office", kind="mail")
mail.keep({"to": "boss@example.org", "sender": "e@example.org", "host": "127.0.0.1",
           "port": int(sys.argv[1]), "tls": False})
mail.save()
ReportPlan.objects.create(name="Daily", every="day", at="00:00", to=["ann@example.org"],
                          channel=mail, kind="csv", made_by=Person.objects.get())
ReportPlan.objects.update(made_at=datetime(2026, 1, 1, tzinfo=UTC))
hook = Hook(name="CRM", kinds=["call.ended"])
hook.keep({"url": f"http://127.0.0.1:{sys.argv[2]}/", "inside": True})
hook.save()
tell(hook, "test", "one telling", {"says": "once"})
"""


class Hanging(http.server.ThreadingHTTPServer):
    """Takes a request and does not answer it, until it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Told)
        self.asked = threading.Event()
        self.answers = threading.Event()
        self.taken: list[str] = []


class Told(http.server.BaseHTTPRequestHandler):
    server: Hanging

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.set()
        if not self.server.answers.is_set():
            self.server.answers.wait(120)
            return
        self.server.taken.append(self.headers["webhook-id"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hanging() -> Iterator[Hanging]:
    with Hanging() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.answers.set()
            server.shutdown()
            thread.join()


def history_of_yesterday(data: Path, folder: Path) -> None:
    at = int((datetime.now(UTC) - timedelta(days=1)).replace(hour=10).timestamp())
    log = folder / "queue_log"
    log.write_text(
        f"{at}|{at}.1|sales|NONE|ENTERQUEUE||+4930231250{at % 100:02}|1\n"
        f"{at + 9}|{at}.1|sales|NONE|ABANDON|1|1|9\n"
    )
    command = [sys.executable, "-m", "everycall", "import", str(log), "--data", str(data)]
    subprocess.run(command, check=True, capture_output=True, env=environment(data))


def streams(server: Server, count: int = 20) -> list[socket.socket]:
    """Open screens, and hear the first picture on each."""
    address = ("127.0.0.1", server.client.base_url.port or 0)
    found = [socket.create_connection(address, 30) for _ in range(count)]
    for one in found:
        one.sendall(f"GET /wall/{server.wall}/stream HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    for one in found:
        heard = b""
        while b"event: board" not in heard:
            heard += one.recv(65536)
    return found


def calls(number: int) -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(seconds=30)).isoformat()
    said = ({"kind": "call.arrived", "direction": "inbound"}, {"kind": "call.ended"})
    names = (f"c{number * 10 + n}" for n in range(10))
    return {"events": [{"at": at, "call_id": name, **one} for name in names for one in said]}


def until(true: Any, seconds: float = 120) -> None:
    latest = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < latest
        time.sleep(0.1)


@pytest.mark.kill
def test_a_server_that_is_told_to_end_in_the_middle_of_everything(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    history_of_yesterday(data, tmp_path)
    with posting() as box, hanging() as hook:
        box.slow = SLOW
        with served(data) as server:
            ports = [str(box.port), str(hook.server_address[1])]
            subprocess.run([sys.executable, "-c", PLANS, *ports], env=environment(data), check=True)
            screens = streams(server)
            hook.asked.wait(60)
            until(lambda: box.begun)
            for number in range(CALLS // 10):
                posted = server.client.post(
                    "/api/v1/events", json=calls(number), headers=server.headers
                )
                assert posted.status_code == 200
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(LATEST + 5) == 0
            assert time.monotonic() - began < LATEST
        assert all(ended(screen) for screen in screens)
        with Asking(History(data)) as asking:
            sealed = asking.rows("SELECT COUNT(*) FROM calls WHERE call_id LIKE 'c%'")
        assert sealed == [(CALLS,)]
        assert not list(data.rglob("*.new")), "something is half written"
        hook.answers.set()
        after(data, box, hook)


def after(data: Path, box: Postbox, hook: Hanging) -> None:
    """Start it again: what was interrupted is done, and what was done is not done again."""
    port = free_port()
    process = started(data, port)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            wait_for(client)
        until(lambda: box.sent and hook.taken)
        time.sleep(3)
        process.terminate()
        assert process.wait(LATEST) == 0
    finally:
        process.kill()
        process.communicate()
    assert len(box.sent) == 1
    assert len(hook.taken) == 1


def ended(screen: socket.socket) -> bool:
    """Tell whether the other side has ended a stream, in the way of a stream that is whole."""
    with screen:
        while part := screen.recv(65536):
            last = part
        return last.endswith(b"0\r\n\r\n") or not part


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_waits_for_longer_than_a_process_takes_to_end(unit: Path) -> None:
    given = re.search(r"TimeoutStopSec=(\d+)", unit.read_text())
    assert given is not None
    assert serve.FAREWELL + rounds.PATIENCE < LATEST < int(given[1])


def test_a_process_that_hangs_at_its_end_is_gone_all_the_same(tmp_path: Path) -> None:
    program = (
        "import threading; from everycall.web.commands.server import end_within; end_within(0.5);"
        "threading.Thread(target=threading.Event().wait).start()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, timeout=60, check=False, env=environment(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0
    assert "still at work" in done.stderr
