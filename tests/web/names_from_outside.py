"""A program of its own: a day of calls whose every name is an attack, and what each page makes of it."""

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from everycall.app.intake.importing import Importer  # noqa: E402
from everycall.app.site.sitefile import SiteFile  # noqa: E402
from everycall.history import History  # noqa: E402
from everycall.records.models import Person, Team  # noqa: E402
from everycall.web.reports import awaiting  # noqa: E402
from web.addresses import addresses  # noqa: E402

NAMES = ("caller", "called", "trunk", "client", "menu", "queue", "agent", "tag", "id")
RUNS = re.compile(rb"<script>run|<img src=run|<svg onload=run|\]\]><script")


def evil(name: str) -> str:
    return f"{name}\"><script>run()</script><img src=run onerror=run()>'<svg onload=run>{{{{7*7}}}}"


def told(number: int, began: datetime) -> list[dict[str, object]]:
    at = began + timedelta(minutes=7 * number)
    call = f"c{number}{evil('id')}"
    who = evil("caller") if number % 3 == 0 else f"+4930231250{number:02}"
    arrived = {"direction": "inbound", "caller_raw": who, "called": evil("called")}
    arrived |= {"trunk": evil("trunk"), "client": evil("client")}
    queue = {"queue": evil("queue")}
    agent = {"agent": evil("agent"), "agent_kind": "person"}
    steps: list[tuple[int, str, dict[str, str]]] = [
        (0, "call.arrived", arrived),
        (1, "menu.entered", {"text": evil("menu")}),
        (2, "queue.entered", queue),
        (5, "agent.rang", queue | agent),
    ]
    if number % 2:
        steps += [(9, "agent.stopped", queue | agent | {"reason": "answered"})]
        steps += [(9, "talk.started", queue | agent), (60, "talk.ended", agent)]
        steps += [(61, "call.tagged", {"text": evil("tag")})]
    else:
        steps += [(30, "queue.left", queue | {"reason": "caller"})]
    steps += [(62, "call.ended", {})]
    return [
        {"at": (at + timedelta(seconds=after)).isoformat(), "call_id": call, "kind": kind, **more}
        for after, kind, more in steps
    ]


def taken_in() -> None:
    began = datetime.now(UTC) - timedelta(days=2)
    lines = [json.dumps(event) for number in range(30) for event in told(number, began)]
    path = Path(settings.DATA) / "evil.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    Importer(History(settings.DATA), SiteFile()).take([path])


def main() -> None:
    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS.append("testserver")
    awaiting.PATIENCE = 300.0
    taken_in()
    owner = Person.objects.create_user(
        "o@example.org", "a tall tree by the sea", name=evil("me"), role="owner", agent=evil("agent")
    )  # fmt: skip
    Team.objects.create(name=evil("team"), queues=[evil("queue")])
    client = Client()
    client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])
    found, shown, seen = [], 0, []
    ledger = client.get("/calls/").content.decode()
    calls = [unescape(one) for one in re.findall(r'href="(/calls/c\d[^"]*)"', ledger)][:2]
    files = [f"/report/file/{kind}/" for kind in ("html", "pdf")]
    for path in (*(one.path for one in addresses()), *calls, *files):
        if path.endswith("/stream"):
            continue
        answer = client.get(path)
        body = b"".join(answer) if answer.streaming else answer.content
        shown += body.count(b"script&gt;run")
        kind = answer.headers.get("Content-Type", "")
        seen.append((path, answer.status_code))
        if not kind.startswith("text/csv") and RUNS.search(body):
            found.append(path)
    json.dump({"found": found, "shown": shown, "calls": len(calls), "seen": seen}, sys.stdout)


main()
