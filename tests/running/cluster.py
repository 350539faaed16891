"""A PostgreSQL of our own for a few seconds: made, started and thrown away."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REQUIRED = "POSTGRES_REQUIRED"


def program(name: str) -> str:
    """Return where one of PostgreSQL's programs lies; without it the test is skipped."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([*map(str, homes), os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    if found is None:
        sentence = f"PostgreSQL is not on this machine: there is no program '{name}'"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of a database that nobody else uses."""
    initdb, server, ready = map(program, ("initdb", "postgres", "pg_isready"))
    home = Path(tempfile.mkdtemp(prefix="everycall-pg-", dir="/tmp"))
    # PostgreSQL refuses to run as root
    who: dict[str, str] = {"user": "nobody"} if os.geteuid() == 0 else {}
    if who:
        shutil.chown(home, who["user"])
    port = _port()
    try:
        made = [initdb, "-D", str(home / "data"), "-U", "everycall", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*made, "--no-sync"], cwd=home, check=True, capture_output=True, **who)
        options = ["-p", str(port), "-k", str(home), "-h", "127.0.0.1", "-F"]
        running = subprocess.Popen(
            [server, "-D", str(home / "data"), *options],
            cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who,
        )  # fmt: skip
        try:
            _wait(ready, port)
            yield f"postgresql://everycall@127.0.0.1:{port}/postgres"
        finally:
            running.terminate()
            running.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(ready: str, port: int) -> None:
    for _ in range(200):
        asked = [ready, "-h", "127.0.0.1", "-p", str(port), "-t", "1", "-q"]
        if subprocess.run(asked, check=False).returncode == 0:
            return
    raise TimeoutError("PostgreSQL did not start")
