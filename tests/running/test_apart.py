"""The parts run apart as they do together: what is posted to one is on the screens of another."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from web.serving import MAKE, environment, free_port, wait_for

LONG = 30.0


def run(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "everycall", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment(data)
    )


@contextmanager
def part(data: Path, name: str) -> Iterator[tuple[httpx.Client, "subprocess.Popen[str]"]]:
    port = free_port()
    command = [sys.executable, "-m", "everycall", name, "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(data)
    )
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=LONG) as client:
            wait_for(client)
            yield client, process
    finally:
        process.terminate()
        process.communicate(timeout=LONG)


def until(what: Callable[[], Any]) -> Any:
    begun = time.monotonic()
    while time.monotonic() - begun < LONG:
        if found := what():
            return found
        time.sleep(0.1)
    raise TimeoutError("it did not happen")


def event(at: datetime, kind: str, call: str, **more: str) -> dict[str, str]:
    return {"at": at.isoformat(), "kind": kind, "call_id": call, **more}


def waiting(call: str) -> dict[str, Any]:
    since = datetime.now(UTC) - timedelta(seconds=20)
    return {
        "events": [
            event(since, "call.arrived", call, direction="inbound", caller="+493023125001"),
            event(since, "queue.entered", call, queue="sales"),
        ]
    }


def shown(client: httpx.Client, wall: str) -> dict[str, Any]:
    with client.stream("GET", f"/wall/{wall}/stream") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                found: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return found
    raise AssertionError("the stream ended")


def prepared(data: Path) -> tuple[str, dict[str, str]]:
    made = run(data, "migrate", "--data", str(data))
    assert made.returncode == 0, made.stderr
    command = [sys.executable, "-c", MAKE]
    told = subprocess.run(
        command, env=environment(data), capture_output=True, text=True, check=True
    )
    wall, key = told.stdout.split()
    return wall, {"Authorization": f"Bearer {key}"}


def tell_the_story(data: Path) -> None:
    """Post to one process, see it at another, stop the watching one, and lose nothing."""
    wall, headers = prepared(data)
    with ExitStack() as stack:
        pages, _ = stack.enter_context(part(data, "web"))
        stack.enter_context(part(data, "work"))
        taken = pages.post("/api/v1/events", json=waiting("early"), headers=headers)
        assert taken.json() == {"taken": 2, "known": 0}  # nobody watches yet, and it is kept
        with part(data, "ingest") as (watching, process):
            assert watching.get("/calls/").status_code == 404
            other, _ = stack.enter_context(part(data, "web"))
            assert until(lambda: shown(other, wall)["boxes"]["waiting"] == 1)
            pages.post("/api/v1/events", json=waiting("late"), headers=headers)
            assert until(lambda: shown(other, wall)["boxes"]["waiting"] == 2)
            assert pages.get("/ready/").json()["says"] == []
            process.send_signal(signal.SIGTERM)
            assert process.wait(LONG) == 0
        again = pages.post("/api/v1/events", json=waiting("last"), headers=headers)
        assert again.status_code == 200
        with part(data, "ingest"):
            assert until(lambda: shown(other, wall)["boxes"]["waiting"] == 3)
        calls = until(lambda: pages.get("/api/v1/calls", headers=headers).json().get("calls"))
        assert [call["call_id"] for call in calls] == ["early", "late", "last"]


def test_apart_on_sqlite(tmp_path: Path) -> None:
    tell_the_story(tmp_path)


@pytest.mark.postgres
def test_apart_on_postgresql(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "DATABASE_URL", database_url)
    tell_the_story(tmp_path)
    assert not (tmp_path / "records.sqlite3").exists()


@pytest.mark.parametrize("name", ["web", "ingest", "work"])
def test_a_part_refuses_records_of_another_version(name: str, tmp_path: Path) -> None:
    told = run(tmp_path, name, "--data", str(tmp_path), "--port", str(free_port()))
    assert told.returncode == 2
    assert told.stderr == (
        "everycall: the records are of another version; run first: everycall migrate\n"
    )


def test_migrations_are_told_and_made_once(tmp_path: Path) -> None:
    waiting = run(tmp_path, "migrate", "--check", "--data", str(tmp_path))
    assert waiting.returncode == 1
    assert "records 0001_first" in waiting.stdout
    assert "records 0001_first" in run(tmp_path, "migrate", "--data", str(tmp_path)).stdout
    done = run(tmp_path, "migrate", "--check", "--data", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "The records are up to date.\n")


def test_a_wrong_database_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "DATABASE_URL", "mysql://a:hidden@b/c")
    told = run(tmp_path, "migrate", "--data", str(tmp_path))
    assert told.returncode == 2
    assert told.stderr.startswith("everycall: DATABASE_URL: ")
    assert "hidden" not in told.stderr


def test_open_streams_hold_nobody_up(tmp_path: Path) -> None:
    wall, _ = prepared(tmp_path)
    with (
        part(tmp_path, "serve") as (client, process),
        client.stream("GET", f"/wall/{wall}/stream") as stream,
    ):
        next(stream.iter_bytes())
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert process.wait(LONG) == 0
        assert time.monotonic() - begun < 15


def test_a_server_that_is_told_to_end_while_it_begins_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "everycall", "serve", "--data", str(tmp_path)]
    process = subprocess.Popen(
        [*command, "--port", str(free_port())],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**environment(tmp_path), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "stop it with" in line:
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) == 0
    finally:
        process.kill()
        process.communicate()
