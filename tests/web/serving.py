"""A real server in a process of its own, for tests that need one."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

MAKE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from everycall.records.models import Person, Token, Wall
Person.objects.create_user("ada@example.org", "a tall tree by the sea", name="Ada", role="owner")
print(Wall.objects.create(name="Kitchen").secret)
print(Token.issue("test", ["events:write", "calls:read"])[1])
"""

CONNECTED = """
from everycall.records.connections import Connection
log = Connection(name="log", kind="queue_log")
log.keep({"path": "/no/queue_log/yet"})
log.save()
"""
"""What makes a phone system of which nothing is heard yet."""


@dataclass
class Server:
    """A server that runs: where, and the keys to it."""

    client: httpx.Client
    process: subprocess.Popen[str]
    wall: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def environment(data: Path) -> dict[str, str]:
    more = {"EVERYCALL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "everycall.web.settings"}
    return {**os.environ, **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(data: Path, port: int) -> "subprocess.Popen[str]":
    """Start a server; what it says is in a file, for a pipe that nobody reads would stop it."""
    command = [sys.executable, "-m", "everycall", "serve", "--data", str(data), "--port", str(port)]
    with log_of(data, port).open("w", encoding="utf-8") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, text=True, env=environment(data)
        )


def log_of(data: Path, port: int) -> Path:
    """Return the file with everything that a server said."""
    return data.with_name(f"{data.name}-{port}.log")


def wait_for(client: httpx.Client, address: str = "/ready/") -> None:
    latest = time.monotonic() + 120
    while time.monotonic() < latest:
        try:
            if client.get(address).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the server did not start within two minutes")


@contextmanager
def serving(data: Path, more: str = "") -> Iterator[Server]:
    """Make an owner, a screen, a key and what else is said; run a server over a data directory."""
    made = subprocess.run(
        [sys.executable, "-c", MAKE + more],
        env=environment(data), capture_output=True, text=True, check=True,
    )  # fmt: skip
    wall, key = made.stdout.split()
    port = free_port()
    process = started(data, port)
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
            wait_for(client)
            yield Server(client, process, wall, key)
    finally:
        process.kill()
        process.communicate()
