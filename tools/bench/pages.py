"""How soon each page answers over a large history: the first byte, and the whole of it.

    python tools/bench/pages.py DATA [--page docs/benchmarks.md]

DATA is a data directory with calls in it; it is copied, so nothing in it is changed. Beside each page
stands whether it reached its goal.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

AGAIN = 5
"""So often a page is asked for after the first time; the middle one counts."""

GOAL = 200
"""Milliseconds until the first byte of every page."""

REPORT_GOAL = 1000
"""Milliseconds until the last byte of a report over a year."""

HEADING = "## Pages"

MAKE = """
import time
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from everycall.app.history.asking import Filter
from everycall.records.models import Person, Promise, SavedView, Token, Wall
from everycall.web.work.ahead import Ahead
from everycall.web.reading import site_reader
from everycall.web.reports.making import last_days
with site_reader().asking() as asking:
    [call] = asking.calls(Filter(limit=1, newest_first=True), evidence=False)
    [old] = list(asking.calls(Filter(limit=1, skip=1_200_000), evidence=False)) or [call]
    agents = asking.rows("SELECT agent FROM talks WHERE NOT agent IS NULL LIMIT 1")
    (total,), = asking.rows("SELECT COUNT(*) FROM counted")
    _, newest = last_days(asking)
ada = Person.objects.create_user("ada@example.org", "a tall tree by the sea", name="Ada", role="owner", agent=agents[0][0])
now = timezone.now()
Promise.objects.create(caller=call["caller"] or "+493023125001", reason="timed_out", made_at=now, missed_at=now,
    due_clock=now, due_pure=now, first_call=call["call_id"], queue=call["first_queue"] or "")
view = SavedView.objects.create(person=ada, name="mine", address="?direction=all&outcome=answered&queue=" + (call["first_queue"] or ""))
wall = Wall.objects.create(name="bench")
began = time.perf_counter()
Ahead(site_reader()).make(ada, newest)
print(call["call_id"], old["call_id"], newest, call["first_queue"], call["caller_raw"], view.address, wall.secret,
    total, time.perf_counter() - began, Token.issue("bench", ["calls:read", "metrics:read"])[1])
"""
"""Makes what people would have made, and what is made ahead after an import; prints what is known of it."""

PAGES = {
    "Now": "/now/",
    "My day": "/me/",
    "Callbacks": "/callbacks/",
    "One callback, with the calls of its number": "/callbacks/1/",
    "What became of the promises": "/callbacks/ledger/",
    "Calls, the newest": "/calls/",
    "Calls, page 50": "/calls/?page=50",
    "Calls, page 9,000": "/calls/?page=9000",
    "Calls of an outcome, by queue": "/calls/?outcome=caller_left_in_queue&queue={queue}",
    "The same, page 3": "/calls/?outcome=caller_left_in_queue&queue={queue}&page=3",
    "Calls that rang at somebody": "/calls/?agent=Agent+7",
    "Calls of one day": "/calls/?from={day}&to={day}",
    "Calls of one number": "/calls/?number={number}&direction=all",
    "A saved view": "/calls/{view}",
    "One call": "/calls/{call}/",
    "One call of half a year before": "/calls/{old}/",
    "Calls of one day, taken away": "/calls/file/?from={day}&to={day}",
    "Alerts": "/alerts/",
    "Report, the last 30 days": "/report/",
    "Report, a year": "/report/?from={year}&to={day}",
    "Report of a year as a table for programs": "/report/file/csv/?from={year}&to={day}",
    "Report never asked before": "/report/?from={year}&to={before}",
    "Calls behind a number of a year": "/report/calls/?from={year}&to={day}&calls=arrived%3Dyes%26spoke%3Dno",
    "A wallboard": "/wall/{wall}/",
    "Set-up": "/setup/site/",
    "Queues and people found": "/setup/found/",
    "Targets": "/setup/targets/",
    "Audit trail": "/setup/trail/",
    "Interface: calls": "/api/v1/calls",
    "Interface: calls, the second page": "/api/v1/calls?cursor={cursor}",
    "Interface: calls by queue, the newest days": "/api/v1/calls?queue={queue}&since={before}T00:00:00Z",
    "Interface: one call": "/api/v1/calls/{call}",
    "Interface: metrics of a month by queue and day": "/api/v1/metrics/values?metric=arrived&metric=answered"
    "&by=queue&by=day&since={month}T00:00:00Z",
}

WHOLE = ("Report, a year",)
"""Pages of which the last byte has a goal too."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one page took, in milliseconds: its first byte the first time, then usually, and all of it.

    Attributes:
        work: processor time of the server for it, usually.
        made: until a report that was never asked before stood there.
    """

    name: str
    first: float
    usual: float
    whole: float
    work: float
    made: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the goal was reached, the first time too."""
        whole = self.whole if self.name in WHOLE else 0.0
        return max(self.first, self.usual) <= GOAL and whole <= REPORT_GOAL

    def row(self) -> str:
        """Return it as a row of the table."""
        made = "–" if self.made is None else f"{self.made / 1000:,.1f} s"
        goal = "reached" if self.reached else "**not reached**"
        return (
            f"| {self.name} | {self.first:,.0f} | {self.usual:,.0f} | {self.whole:,.0f} | "
            f"{self.work:,.0f} | {made} | {goal} |"
        )


@dataclass(frozen=True, slots=True)
class Server:
    """The server that is asked, its process known."""

    client: httpx.Client
    process: int

    def worked(self) -> float:
        """Return the processor time of the server, in milliseconds."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def asked(client: httpx.Client, path: str) -> tuple[float, float, str]:
    """Ask for a page; return when its first byte came, when its last, and the page."""
    began = time.perf_counter()
    with client.stream("GET", path) as answer:
        first = (time.perf_counter() - began) * 1000
        text = answer.read().decode(errors="replace")  # a file may be no text
    if answer.status_code != 200:
        sys.exit(f"{path} answered {answer.status_code}")
    return first, (time.perf_counter() - began) * 1000, text


def rest(server: Server) -> None:
    """Wait until the server has done what it does first after it began."""
    for _ in range(120):
        before = server.worked()
        time.sleep(1)
        if server.worked() - before < 100:
            return


def measured(server: Server, name: str, path: str) -> Found:
    client = server.client
    first, _, text = asked(client, path)
    made = until_made(client, path) if 'data-again="from=' in text else None
    before = server.worked()
    more = [asked(client, path) for _ in range(AGAIN)]
    work = (server.worked() - before) / AGAIN
    usual = statistics.median(one[0] for one in more)
    return Found(name, first, usual, statistics.median(one[1] for one in more), work, made)


def until_made(client: httpx.Client, path: str) -> float:
    """Ask for a report as its page does; return for how long it was in the making."""
    began = time.perf_counter()
    while client.get(path, headers={"X-Part": "report"}).status_code == 202:
        pass
    return (time.perf_counter() - began) * 1000


def log_in(client: httpx.Client) -> None:
    page = client.get("/account/login/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        sys.exit("there is no form to log in by")
    given = {"login": "ada@example.org", "password": "a tall tree by the sea"}
    client.post("/account/login/", data={**given, "csrfmiddlewaretoken": token[1]})


def serve(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-m", "everycall", "serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    return process, f"http://127.0.0.1:{port}"


def wait_for(client: httpx.Client) -> None:
    for _ in range(3000):
        try:
            if client.get("/ready/").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    sys.exit("the server did not start")


def known_of(data: Path) -> dict[str, str]:
    """Make what people would have made; return what addresses are filled with."""
    given = {
        **os.environ,
        "EVERYCALL_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "everycall.web.settings",
    }
    done = subprocess.run([sys.executable, "-c", MAKE], env=given, check=True, capture_output=True)
    names = ["call", "old", "day", "queue", "number", "view", "wall", "total", "ahead", "key"]
    # the engine may show its progress before
    known = dict(zip(names, done.stdout.decode().splitlines()[-1].split(), strict=True))
    day = date.fromisoformat(known["day"])
    known["year"] = f"{day - timedelta(days=364)}"
    known["before"] = f"{day - timedelta(days=1)}"
    known["month"] = f"{day - timedelta(days=29)}"
    return known


def run(data: Path) -> tuple[dict[str, str], list[Found]]:
    """Serve a history and ask for every page of it."""
    known = known_of(data)
    process, base = serve(data)
    key = {"Authorization": f"Bearer {known['key']}"}
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=600) as client:
            wait_for(client)
            log_in(client)
            asked(client, "/account/password/change/")  # templates are read once
            rest(Server(client, process.pid))
            known["cursor"] = client.get("/api/v1/calls", headers=key).json()["next"]
            found = []
            for name, path in PAGES.items():
                client.headers = httpx.Headers(key if path.startswith("/api/") else {})
                one = measured(Server(client, process.pid), name, path.format_map(known))
                found.append(one)
                print(one.row(), flush=True)
    finally:
        process.terminate()
        process.wait(60)
    return known, found


def section(known: dict[str, str], found: list[Found]) -> Iterator[str]:
    """Yield the lines of the page."""
    load, reached = os.getloadavg()[0], sum(one.reached for one in found)
    yield HEADING
    yield ""
    yield f"Each page over {int(known['total']):,} calls, in milliseconds until its first byte: asked for the first time"
    yield f"after the server began, and the middle of {AGAIN} times after that; then until its last byte, and the processor"
    yield f"time of the server. The goal is {GOAL} ms until the first byte, and {REPORT_GOAL} ms until the last byte of a report over a"
    yield f"year: {reached} of {len(found)} pages reach it. Reports of 30 days, of the month and of a year were made ahead, as a server"
    yield f"does after an import ({float(known['ahead']):,.0f} s). Made by `tools/bench/pages.py` on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores at a load of {load:.1f}."
    yield ""
    yield "| page | first byte, first time | first byte | last byte | processor | report made in | goal |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    yield from (one.row() for one in found)
    yield ""


def written(page: Path, lines: list[str]) -> None:
    """Put the section into a page, in the place of the one that was there."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(f"\n{HEADING}\n")
    after = re.split(r"\n(?=## )", rest, maxsplit=1)[1:] if rest else []
    parts = [before.rstrip() + "\n", "\n".join(lines), *after]
    page.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("data", type=Path)
    words.add_argument("--page", type=Path)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as home:
        data = Path(home) / "data"
        shutil.copytree(given.data, data)
        known, found = run(data)
    lines = list(section(known, found))
    print("\n".join(lines))
    if given.page:
        written(given.page, lines)


if __name__ == "__main__":
    main()
