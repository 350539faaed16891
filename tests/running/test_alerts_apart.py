"""With the parts apart, a missed caller is told of, and owed a call, as soon as the call is over."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from running.test_apart import event, part, prepared, until
from web.serving import environment
from web.test_alerts_delivered import Receiver, receivers

SOON = 5.0
"""A missed-call alert leaves within so many seconds of the end of the call."""

MAKE = """
import sys
import django; django.setup()
from everycall.records.models import AlertRule, Channel
for measure, limit, port in zip(("missed_call", "source_silent"), (0, 2), sys.argv[1:]):
    hook = Channel(name=measure, kind="webhook")
    hook.keep({"url": f"http://127.0.0.1:{port}/", "secret": "", "inside": True})
    hook.save()
    AlertRule.objects.create(name=measure, measure=measure, limit=limit).channels.add(hook)
"""

__all__ = ["receivers"]


def missed(call: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    began = now - timedelta(seconds=30)
    return {
        "events": [
            event(began, "call.arrived", call, direction="inbound", caller="+493023125001"),
            event(began, "queue.entered", call, queue="sales"),
            event(now, "queue.left", call, queue="sales", reason="caller"),
            event(now, "call.ended", call, reason="caller"),
        ]
    }


def promised(data: Path) -> list[str]:
    asked, url = "SELECT first_call FROM records_promise", os.environ.get("DATABASE_URL")
    if url:
        with psycopg.connect(url) as records:
            return [call for (call,) in records.execute(asked)]
    with closing(sqlite3.connect(data / "records.sqlite3")) as records:
        return [call for (call,) in records.execute(asked)]


def test_alerts_and_callbacks_do_not_wait_for_history(
    data: Path, receivers: tuple[Receiver, Receiver]
) -> None:
    told, silent = receivers
    _, headers = prepared(data)
    ports = [str(one.server_address[1]) for one in receivers]
    command = [sys.executable, "-c", MAKE, *ports]
    subprocess.run(command, env=environment(data), check=True)
    with part(data, "web") as (pages, _), part(data, "work"), part(data, "ingest"):
        ended = time.monotonic()
        taken = pages.post("/api/v1/events", json=missed("lost"), headers=headers)
        assert taken.json() == {"taken": 4, "known": 0}
        at, message, _ = until(lambda: told.heard[:1])[0]
        assert at - ended < SOON
        assert "missed" in str(message).lower()
        assert until(lambda: promised(data)) == ["lost"]
        assert time.monotonic() - ended < SOON
        assert not list((data / "history").glob("*/segments/*"))  # nothing was sealed yet
        assert "post-everycall_events" in str(until(lambda: silent.heard[:1]))
        assert len(told.heard) == 1
