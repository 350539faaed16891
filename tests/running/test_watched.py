"""Whoever runs it sees how it goes, and no caller's number stands in any log."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from everycall.cli import COMMANDS
from everycall.web.logs import Lines, without_numbers
from web.serving import MAKE, environment, free_port, log_of, started, wait_for

CALLER, OTHER = "+493023125001", "+4917612345678"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Run a server through good and bad requests that hold numbers; returns its figures and log."""
    data = tmp_path_factory.mktemp("data")
    made = MAKE.replace('"calls:read"]', '"calls:read", "monitor"]')
    told = subprocess.run(
        [sys.executable, "-c", made],
        env=environment(data), capture_output=True, text=True, check=True,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {told.stdout.split()[1]}"}
    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "EVERYCALL_LOG", "info")
        process = started(data, port)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60
        ) as client:
            wait_for(client)
            talk(client, headers)
            figures = drawn(client, headers)
            assert client.get("/metrics/").status_code == 401
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    finally:
        process.kill()
    return figures, log_of(data, port).read_text(encoding="utf-8")


def drawn(client: httpx.Client, headers: dict[str, str]) -> str:
    """Return the figures once there is a picture: what is posted is taken before."""
    until = time.monotonic() + 60
    while True:
        figures = client.get("/metrics/", headers=headers).text
        if "everycall_picture_age_seconds" in figures or time.monotonic() > until:
            return figures
        time.sleep(0.2)


def talk(client: httpx.Client, headers: dict[str, str]) -> None:
    since = datetime.now(UTC) - timedelta(seconds=20)
    arrived = {"at": since.isoformat(), "kind": "call.arrived", "call_id": CALLER}
    batch = {"events": [{**arrived, "direction": "inbound", "caller": CALLER, "called": OTHER}]}
    assert client.post("/api/v1/events", json=batch, headers=headers).status_code == 200
    client.post("/api/v1/events", json={"events": [{"caller": CALLER}]}, headers=headers)
    client.post("/api/v1/events", content=f'{{"events": ["{CALLER}"', headers=headers)
    client.get("/api/v1/calls", params={"caller": CALLER}, headers=headers)
    client.get(f"/api/v1/calls/{CALLER}", headers=headers)
    client.get(f"/calls/{OTHER}/")
    client.get(f"/{CALLER}")
    client.post("/account/login/", data={"login": f"{CALLER}@example.org"})
    time.sleep(1.0)


def test_every_line_of_the_log_is_json_and_none_holds_a_number(run: tuple[str, str]) -> None:
    lines = [line for line in run[1].splitlines() if not line.startswith("Everycall is at")]
    told = [json.loads(line) for line in lines]
    assert len([line for line in told if line["logger"] == "everycall.requests"]) > 5
    for number in (CALLER, OTHER):
        assert number.removeprefix("+") not in run[1]
        assert number[-6:] not in run[1]
    assert any(line.get("route") == "api/v1/calls" for line in told)


@pytest.mark.parametrize(
    "name",
    [
        "everycall_info", "everycall_records_taken_total", "everycall_requests_total",
        "everycall_request_seconds_bucket", "everycall_picture_age_seconds", "everycall_jobs_due",
        "everycall_viewers", "everycall_refuses",
    ],
)  # fmt: skip
def test_the_figures_tell_how_it_goes(name: str, run: tuple[str, str]) -> None:
    assert re.search(rf"^{name}[ {{]", run[0], re.MULTILINE), run[0]


def test_the_figures_are_right(run: tuple[str, str]) -> None:
    assert "everycall_records_taken_total 1.0" in run[0]
    assert "everycall_refuses 0.0" in run[0]
    assert CALLER.removeprefix("+") not in run[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call from +49 30 2312-5001 ended", "call from [number] ended"),
        ("caller=+493023125001&x", "caller=[number]&x"),
        ("?caller=%2B493023125001", "?caller=[number]"),
        ("'004930231250'", "'[number]'"),
        ("ann@example.org tried", "[address] tried"),
        ("took 12345 ms on port 8440", "took 12345 ms on port 8440"),
        ("at 2026-11-22T10:15:30.123Z", "at 2026-11-22T10:15:30.123Z"),
        ("id 1700000000.12", "id 1700000000.12"),
    ],
)
def test_numbers_are_taken_out_of_texts(text: str, shown: str) -> None:
    assert without_numbers(text) == shown


def test_a_traceback_holds_no_number_either() -> None:
    try:
        int(CALLER + "?")
    except ValueError:
        record = logging.LogRecord("x", 40, "f", 1, "%s broke", (CALLER,), sys.exc_info())
    told = json.loads(Lines().format(record))
    assert told["says"] == "[number] broke"
    assert CALLER not in told["traceback"]
    assert "ValueError" in told["traceback"]


def test_the_units_begin_what_there_is() -> None:
    home = Path(__file__).parents[2] / "deploy" / "systemd"
    commands = [
        line.split()[-1]
        for path in home.glob("*.service")
        for line in path.read_text().splitlines()
        if line.startswith("ExecStart=")
    ]
    assert sorted(commands) == ["ingest", "serve", "web", "work"]
    assert set(commands) <= set(COMMANDS)
