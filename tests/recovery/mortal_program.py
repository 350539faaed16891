"""A program that calls one caller back, and is killed (kill -9) at the step that it is told.

    python mortal_program.py DATA HOST AT     AT: die before this step; 0: live to the end
    python mortal_program.py DATA HOST again  go on with what a dead program left

Each step is one word with the database or the phone system. Says on its last line how many it took.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

DATA, HOST, AT = sys.argv[1:4]
os.environ["EVERYCALL_DATA"] = DATA
os.environ["DJANGO_SETTINGS_MODULE"] = "everycall.web.settings"
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

from everycall.app.recovery.dialling import Dialler, Wish  # noqa: E402
from everycall.records.promises import Promise  # noqa: E402
from everycall.records.stored_promises import StoredPromises  # noqa: E402
from everycall.records.tries import StoredTries  # noqa: E402
from everycall.recovery import Deadline, Move, Owed, OwingSettings  # noqa: E402
from everycall.recovery.promises import Step  # noqa: E402
from everycall.telephony.ami import AmiPhoneSystem  # noqa: E402
from everycall.web.phones.calling import in_thread  # noqa: E402
from everycall.wire.ami import Pbx  # noqa: E402
from everycall.wire.ami_link import Item, Link, Snapshot  # noqa: E402
from everycall.wire.inbox import Inbox  # noqa: E402
from lab.node import MANAGER_USER, SECRET  # noqa: E402

CALLER = "+441632960101"
TERMS = OwingSettings(gap=timedelta(hours=1), quiet=None)
STORE = StoredPromises()


class Life:
    """Counts steps, and ends at one of them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.taken = 0

    def step(self) -> None:
        self.taken += 1
        if self.taken == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class Phones:
    """The phone system, each word with it a step."""

    def __init__(self, phones: AmiPhoneSystem, life: Life) -> None:
        self._phones, self._life = phones, life
        self.name, self.abilities = phones.name, phones.abilities

    async def carry_out(self, command: Any) -> None:
        self._life.step()
        await self._phones.carry_out(command)
        self._life.step()

    async def follow(self, dial_id: str) -> Any:
        async for step in self._phones.follow(dial_id):
            self._life.step()
            yield step

    async def on_the_line(self, dial_id: str) -> Any:
        return await self._phones.on_the_line(dial_id)

    async def forbid(self, dial_id: str, asked_at: int | None = None) -> bool:
        return await self._phones.forbid(dial_id, asked_at)


async def connected() -> Link:
    link = Link("pbx", Pbx(HOST, MANAGER_USER, SECRET), Inbox[Item]())
    there = asyncio.Event()
    link.listen(lambda item: there.set() if isinstance(item, Snapshot) else None)
    WORKS.append(asyncio.create_task(link.run()))
    await asyncio.wait_for(there.wait(), 20)
    return link


WORKS: list["asyncio.Task[None]"] = []


def owe() -> None:
    """Owe a call, once."""
    now = datetime.now(UTC)
    due = Deadline(None, now, now)
    if not Promise.objects.exists():
        STORE.make(Owed("m1", CALLER, "shop", now, "x", requested=True, joins=True), due, now)


def claimed() -> Any:
    now = datetime.now(UTC)
    found = STORE.find_open(CALLER, "shop")
    step = Step(Move.CLAIM, "Ann", "", lease_until=now + timedelta(minutes=5), owner="Ann")
    if found is None or found.doubt or not STORE.move(found, step, now):
        return None
    return STORE.find_open(CALLER, "shop")


async def main() -> None:
    link = await connected()
    life = Life(0 if AT == "again" else int(AT))

    async def run(work: Any, /, *args: Any, **more: Any) -> Any:
        life.step()
        found = await in_thread(work, *args, **more)
        life.step()
        return found

    again = AT == "again"
    phones = Phones(AmiPhoneSystem(link), life)
    # whoever begins anew takes over at once: the lease of the dead is over
    dialler = Dialler(
        phones, STORE, StoredTries(STORE), TERMS, run=run, renew=3600,
        lease=timedelta(seconds=-1) if not again else timedelta(seconds=60),
    )  # fmt: skip
    await (goes_on(dialler) if again else dials(dialler))
    sys.stdout.write(f"{life.taken}\n")


async def dials(dialler: Dialler) -> None:
    promise = await in_thread(claimed)
    one = await dialler.dial(promise, Wish("PJSIP/1001", "Ann", ring_agent_s=8, ring_s=8))
    if one is not None:
        await dialler.follow(one)


async def goes_on(dialler: Dialler) -> None:
    """Go on with what is on the line; then call again by itself whoever is still owed a call."""
    for one in await dialler.resume():
        await dialler.follow(one)
    promise = await in_thread(claimed_if_untried)
    if promise is not None:
        one = await dialler.dial(promise, Wish("PJSIP/1001", "Ann", ring_agent_s=8, ring_s=8))
        if one is not None:
            await dialler.follow(one)


def claimed_if_untried() -> Any:
    found = STORE.find_open(CALLER, "shop")
    if found is None or found.next_at is not None:
        return None
    return claimed()


call_command("migrate", verbosity=0, interactive=False)
owe()
asyncio.run(main())
