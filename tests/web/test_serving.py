"""The real server: it starts, prints the way in, streams to a screen, and stops when told to."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

MAKE_WALL = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from everycall.records.models import Person, Wall
Person.objects.create_user("ada@example.org", "a tall tree by the sea", name="Ada", role="owner")
print(Wall.objects.create(name="Kitchen").secret)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path) -> dict[str, str]:
    more = {"EVERYCALL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "everycall.web.settings"}
    return {**os.environ, **more}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "everycall",
        "serve",
        "--data",
        str(tmp_path),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment(tmp_path)
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            if httpx.get(f"{address}/health/", trust_env=False).status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.1)
    yield address, process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_new_server_prints_the_way_in_and_shows_nothing_else(
    server: tuple[str, subprocess.Popen[str]],
) -> None:
    address, process = server
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=20)
    assert re.search(r"/setup/\?key=\S+", said)
    assert f"{address}/" in said


def test_a_screen_gets_its_stream_and_a_stranger_does_not(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-c", MAKE_WALL],
        env=environment(tmp_path), capture_output=True, text=True, check=True,
    )  # fmt: skip
    secret, port = made.stdout.strip(), free_port()
    command = [
        sys.executable,
        "-m",
        "everycall",
        "serve",
        "--data",
        str(tmp_path),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment(tmp_path))
    try:
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20)
        for _ in range(300):
            try:
                assert client.get("/ready/").json()["status"] == "ready"
                break
            except httpx.TransportError:
                time.sleep(0.1)
        with client.stream("GET", f"/wall/{secret}/stream") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert next(stream.iter_text()).startswith("retry:")
        assert client.get("/wall/guess/stream").status_code == 401
        assert client.get("/live/stream").status_code == 401
        assert client.get("/static/web/live.js").status_code == 200
        client.close()
    finally:
        process.kill()
        process.wait()
