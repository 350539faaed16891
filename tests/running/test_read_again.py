"""What could not be read is on the running wallboard, and owed a call, once it was read again."""

import json
import subprocess
import sys
from pathlib import Path

from web.serving import environment

PROGRAM = """
import asyncio
import json
from datetime import UTC, datetime, timedelta

import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.conf import settings

from everycall.app.site.site_writing import change
from everycall.app.intake.unread import Replayer
from everycall.clock import to_micros
from everycall.records.models import Promise
from everycall.sources import everycall_events
from everycall.web.phones import connecting
from everycall.web.phones.connecting import live
from everycall.web.work.timetable import Keeper
from everycall.web.reading import site_reader

READ = everycall_events.read_event
NOW = datetime.now(UTC)


def event(ago, kind, call, **more):
    at = (NOW - timedelta(seconds=ago)).isoformat()
    return json.dumps({"at": at, "kind": kind, "call_id": call, **more})


def without_texts(given):
    if "text" in given:
        raise ValueError("no texts yet")
    return READ(given)


TOLD = [
    event(50, "call.arrived", "w", direction="inbound", caller="+493023125001"),
    event(40, "queue.entered", "w", queue="sales", text="said"),
    event(50, "call.arrived", "m", direction="inbound", caller="+493023125002"),
    event(40, "queue.entered", "m", queue="sales"),
    event(30, "queue.left", "m", queue="sales", reason="caller", text="said"),
    event(30, "call.ended", "m", reason="caller", text="said"),
]


async def until(what):
    for _ in range(200):
        if what():
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"it did not happen: {live.trouble} {live.watch and seen()}")


def owed():
    Keeper(site_reader()).round()
    return list(Promise.objects.values_list("caller", flat=True))


def seen():
    return [live.watch.picture.unread.count, len(live.watch.board.waiting())]


async def story():
    told, connecting.LOOK = {}, 0.2
    everycall_events.read_event = without_texts
    task = asyncio.create_task(live.run())
    await until(lambda: live.watch is not None)
    feed = live.watch.posted["post-everycall_events"]
    entries = list(feed.entries(TOLD, to_micros(NOW)))
    await asyncio.wrap_future(live.watch.take(entries))
    await until(lambda: live.watch.picture.unread.count == 3)
    await live.watch.seal()
    told["before"] = [*seen(), await asyncio.to_thread(owed)]
    live.watch.need_help("Ann", wanted=True)
    everycall_events.read_event = READ
    await asyncio.sleep(1)
    told["nothing read again"] = seen()
    await asyncio.to_thread(Replayer(site_reader().history, site_reader().settings()).replay)
    await until(lambda: live.watch is not None and seen() == [0, 1])
    told["after"] = [*seen(), await asyncio.to_thread(owed), *live.watch.picture.helps.asked()]
    change(settings.DATA, settings.SITE, {("help", "long_talk"): "7 min"})
    limits = lambda: live.watch and live.watch.picture.helps.usual.long_talk.total_seconds()
    await until(lambda: limits() == 420)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    print(json.dumps(told))


asyncio.run(story())
"""


def test_it_reaches_the_wallboard_and_the_promises_without_a_restart(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment(data), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "before": [3, 1, []],
        "nothing read again": [3, 1],
        "after": [0, 1, ["+493023125002"], "Ann"],
    }
