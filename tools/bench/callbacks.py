"""How long the inbox takes with ten thousand open promises: `callbacks.py [--page docs/benchmarks.md]`.

It ends with 1 where the processor alone takes longer than a goal allows. With `--page` the section Callbacks of that page is written anew.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

os.environ["EVERYCALL_DATA"] = tempfile.mkdtemp(prefix="everycall-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "everycall.web.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from everycall.records.models import Person, Promise  # noqa: E402
from everycall.records.stored_promises import StoredPromises  # noqa: E402

OPEN = 10_000


def fill() -> Client:
    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS = ["testserver"]
    who = Person.objects.create_user("amy@example.org", None, name="Amy", role="agent")
    now, hour = timezone.now(), timedelta(hours=1)
    Promise.objects.bulk_create(
        Promise(
            caller=f"+4930231{n:05}",
            client="shop",
            queue="sales",
            reason="caller_left_in_queue",
            made_at=now,
            missed_at=now,
            due_business=now + hour * (n % 7) + timedelta(seconds=n),
            due_clock=now + hour * (n % 5) + timedelta(seconds=n),
            due_pure=now + hour,
            misses=1 + n % 3,
            first_call=f"c{n}",
        )
        for n in range(OPEN)
    )
    client = Client()
    client.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@dataclass(frozen=True)
class Taken:
    """Medians in milliseconds, by the clock and of the processor."""

    clock: float
    processor: float


def taken(work: Callable[[], object], times: int = 15) -> Taken:
    work()
    clock, processor = [], []
    for _ in range(times):
        began, spent = time.perf_counter(), time.process_time()
        work()
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - spent) * 1000)
    return Taken(statistics.median(clock), statistics.median(processor))


def measured() -> dict[str, tuple[Taken, float | None]]:
    """Return what each thing takes, and the goal where there is one."""
    client, store = fill(), StoredPromises()
    first = Promise.objects.order_by("due_clock")[0]
    part = {"X-Part": "inbox"}
    return {
        "the inbox's page": (taken(lambda: client.get("/callbacks/")), 200),
        "the inbox, renewed": (taken(lambda: client.get("/callbacks/", headers=part)), 200),
        "next to do": (taken(lambda: store.next_one(timezone.now(), lambda owed: owed)), 20),
        "the page that leads to it": (taken(lambda: client.get("/callbacks/next/")), None),
        "a caller's card": (taken(lambda: client.get(f"/callbacks/{first.pk}/")), None),
        "what may be called by itself": (
            taken(lambda: list(store.waiting(timezone.now()))), None,
        ),
    }  # fmt: skip


def table(found: dict[str, tuple[Taken, float | None]]) -> str:
    """Write what was measured as a table."""
    rows = [
        f"| {name} | {one.clock:.1f} | {one.processor:.1f} | {goal or '-'} |"
        for name, (one, goal) in found.items()
    ]
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    head = (
        f"{OPEN:,} open promises on SQLite, medians of 15, in milliseconds. {os.cpu_count()} cores, load "
        f"average {load}; the\nprocessor's time is what a calm machine takes. Measured "
        "by `tools/bench/callbacks.py`."
    )
    columns = "| of an agent | by the clock | processor | goal |\n|---|---:|---:|---:|"
    return "\n".join((head, "", columns, *rows))


def put(page: Path, said: str) -> None:
    """Write the section of a page anew."""
    before, _, rest = page.read_text(encoding="utf-8").partition("\n## Callbacks\n")
    after = rest.partition("\n## ")
    tail = f"\n## {after[2]}" if after[1] else ""
    page.write_text(f"{before.rstrip()}\n\n## Callbacks\n\n{said}\n{tail}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, help="the page whose section is written anew")
    options = parser.parse_args()
    found = measured()
    print(table(found))
    if options.page:
        put(options.page, table(found))
    sys.exit(any(goal is not None and one.processor > goal for one, goal in found.values()))


if __name__ == "__main__":
    main()
