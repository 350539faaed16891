"""How long the inbox takes with ten thousand open promises, and fifty call backs at once.

python tools/bench/callbacks.py
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

os.environ["EVERYCALL_DATA"] = tempfile.mkdtemp(prefix="everycall-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "everycall.web.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from everycall.records.models import Person, Promise  # noqa: E402
from everycall.records.promises import StoredPromises  # noqa: E402

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


def median_ms(work: Callable[[], object], times: int = 15) -> float:
    work()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def main() -> None:
    client, store = fill(), StoredPromises()
    page = median_ms(lambda: client.get("/callbacks/"))
    first = median_ms(lambda: store.next_one(timezone.now(), lambda owed: owed))
    print(f"{OPEN} open promises, median of 15:")
    print(f"  the inbox's page  {page:7.1f} ms  (goal 200)")
    print(f"  next to do        {first:7.1f} ms  (goal 20)")


if __name__ == "__main__":
    main()
