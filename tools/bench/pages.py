"""How soon each page answers over a large history: the first byte, and the whole of it.

    python tools/bench/pages.py DATA [--page docs/benchmarks.md]

DATA is a data directory with calls in it; it is copied, so nothing in it is changed.
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
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

AGAIN = 5
"""So often a page is asked for after the first time; the middle one counts."""

HEADING = "## Pages"

MAKE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from datetime import timedelta
from django.utils import timezone
from everycall.app.asking import Filter
from everycall.records.models import Person, Promise, Token
from everycall.web.pages import site_reader
with site_reader().asking() as asking:
    [call] = asking.calls(Filter(limit=1, newest_first=True), evidence=False)
    agents = asking.rows("SELECT agent FROM talks WHERE NOT agent IS NULL LIMIT 1")
    (total,), = asking.rows("SELECT COUNT(*) FROM counted")
Person.objects.create_user("ada@example.org", "a tall tree by the sea", name="Ada", role="owner", agent=agents[0][0])
now = timezone.now()
Promise.objects.create(caller=call["caller"] or "+493023125001", reason="timed_out", made_at=now, missed_at=now,
    due_clock=now, due_pure=now, first_call=call["call_id"], queue=call["first_queue"] or "")
print(call["call_id"], call["arrived_at"][:10], call["first_queue"], total, Token.issue("bench", ["calls:read", "metrics:read"])[1])
"""

PAGES = {
    "Now": "/now/",
    "My day": "/me/",
    "Callbacks": "/callbacks/",
    "One callback, with the calls of its number": "/callbacks/1/",
    "What became of the promises": "/callbacks/ledger/",
    "Calls, the newest": "/calls/",
    "Calls of an outcome, by queue": "/calls/?outcome=caller_left_in_queue&queue={queue}",
    "Calls of one day": "/calls/?from={day}&to={day}",
    "Calls, page 50": "/calls/?page=50",
    "One call": "/calls/{call}/",
    "Alerts": "/alerts/",
    "Report, the last 30 days": "/report/",
    "Report, the whole year": "/report/?from={year}&to={day}",
    "Set-up": "/setup/site/",
    "Queues and people found": "/setup/found/",
    "Targets": "/setup/targets/",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one page took, in milliseconds: its first byte the first time, then usually, and all of it."""

    name: str
    first: float
    usual: float
    whole: float
    made: float | None = None

    def row(self) -> str:
        """Return it as a row of the table."""
        made = "–" if self.made is None else f"{self.made / 1000:,.1f} s"
        return (
            f"| {self.name} | {self.first:,.0f} | {self.usual:,.0f} | {self.whole:,.0f} | {made} |"
        )


def asked(client: httpx.Client, path: str) -> tuple[float, float, str]:
    """Ask for a page; return when its first byte came, when its last, and the page."""
    began = time.perf_counter()
    with client.stream("GET", path) as answer:
        first = (time.perf_counter() - began) * 1000
        text = answer.read().decode()
    if answer.status_code != 200:
        sys.exit(f"{path} answered {answer.status_code}")
    return first, (time.perf_counter() - began) * 1000, text


def measured(client: httpx.Client, name: str, path: str) -> Found:
    first, _, text = asked(client, path)
    made = until_made(client, path) if 'data-again="from=' in text else None
    more = [asked(client, path) for _ in range(AGAIN)]
    usual = statistics.median(one[0] for one in more)
    return Found(name, first, usual, statistics.median(one[1] for one in more), made)


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


def run(data: Path) -> tuple[int, list[Found]]:
    """Serve a history and ask for every page of it."""
    given = {
        **os.environ,
        "EVERYCALL_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "everycall.web.settings",
    }
    told = subprocess.run(
        [sys.executable, "-c", MAKE], env=given, check=True, capture_output=True, text=True
    ).stdout
    call, day, queue, total = told.splitlines()[-1].split()[
        :4
    ]  # the engine may show its progress before
    known = {"call": call, "day": day, "queue": queue, "year": f"{int(day[:4]) - 1}{day[4:]}"}
    process, base = serve(data)
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=600) as client:
            wait_for(client)
            log_in(client)
            asked(client, "/account/password/change/")  # templates are read once
            found = []
            for name, path in PAGES.items():
                found.append(measured(client, name, path.format_map(known)))
                print(found[-1].row(), flush=True)
    finally:
        process.terminate()
        process.wait(60)
    return int(total), found


def section(total: int, found: list[Found]) -> Iterator[str]:
    """Yield the lines of the page."""
    load = os.getloadavg()[0]
    yield HEADING
    yield ""
    yield f"Each page over {total:,} calls, in milliseconds until its first byte: asked for the first time after the"
    yield f"server began, and the middle of {AGAIN} times after that; then until its last byte. Made by `tools/bench/pages.py`"
    yield f"on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores at a load of {load:.1f}."
    yield ""
    yield "| page | first byte, first time | first byte | whole page | report made in |"
    yield "|---|---:|---:|---:|---:|"
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
        total, found = run(data)
    lines = list(section(total, found))
    print("\n".join(lines))
    if given.page:
        written(given.page, lines)


if __name__ == "__main__":
    main()
