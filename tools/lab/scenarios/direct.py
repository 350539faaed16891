"""Numbers that ring one person, or a group of phones, without a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.story import inbound, story

if TYPE_CHECKING:
    from lab.stage import Stage


@story(inbound("answered"), cdr="ANSWERED")
async def s40_direct_answered(stage: Stage) -> None:
    """A number of one person: 1001 answers after 3 s; the caller hangs up after 6 s of talk."""
    person = await stage.agent("1001")
    caller = await stage.caller("+441632960140", "Anya Frost")
    call = await caller.dial("5101")
    await person.picks_up(after=3)
    await stage.wait(6)
    await call.hang_up()


@story(inbound("rang_out"), cdr="NO ANSWER, NO ANSWER")
async def s41_direct_rings_out(stage: Stage) -> None:
    """A number of one person: 1001 rings for 12 s, nobody answers, the phone system ends it."""
    person = await stage.agent("1001")
    caller = await stage.caller("+441632960141", "Bram Kelso")
    call = await caller.dial("5101")
    await person.rings()
    await call.over()


@story(inbound("busy"), cdr="BUSY, BUSY")
async def s42_direct_busy(stage: Stage) -> None:
    """A number of one person whose phone is in use: it answers 486 without ringing."""
    person = await stage.agent("1001")
    caller = await stage.caller("+441632960142", "Cora Dunn")
    call = await caller.dial("5101")
    (await person.incoming()).reject(486)
    await call.over()


@story(inbound("rejected"), cdr="NO ANSWER, NO ANSWER")
async def s43_direct_rejected(stage: Stage) -> None:
    """A number of one person: 1001 looks at the phone for 3 s and declines with 603."""
    person = await stage.agent("1001")
    caller = await stage.caller("+441632960143", "Dean Holt")
    call = await caller.dial("5101")
    await person.refuses(603, after=3)
    await call.over()


@story(inbound("caller_left_while_ringing"), cdr="NO ANSWER")
async def s44_direct_caller_gives_up(stage: Stage) -> None:
    """A number of one person: the caller hangs up after 5 s, while 1001 rings."""
    person = await stage.agent("1001")
    caller = await stage.caller("+441632960144", "Edda Blum")
    call = await caller.dial("5101")
    ring = await person.rings()
    await stage.wait(5)
    await call.hang_up()
    await ring.over()


@story(inbound("unreachable"), cdr="FAILED")
async def s45_direct_not_registered(stage: Stage) -> None:
    """A number of one person whose phone never registered: refused at once."""
    caller = await stage.caller("+441632960145", "Finn Aske")
    call = await caller.dial("5109")
    await call.over()


@story(inbound("unreachable"), cdr="NO ANSWER, NO ANSWER")
async def s46_direct_phone_unplugged(stage: Stage) -> None:
    """A number of one person whose phone is unplugged: 12 s of nothing, never a ring."""
    person = await stage.agent("1001")
    person.deaf = True
    caller = await stage.caller("+441632960146", "Gail Munro")
    call = await caller.dial("5101")
    await call.over()


@story(inbound("answered"), cdr="NO ANSWER, ANSWERED")
async def s47_ring_group_answered(stage: Stage) -> None:
    """1001 and 1002 ring together without a queue; 1002 answers after 3 s; 5 s of talk."""
    first = await stage.agent("1001")
    second = await stage.agent("1002")
    caller = await stage.caller("+441632960147", "Hope Radley")
    call = await caller.dial("5110")
    await first.rings()
    await second.picks_up(after=3)
    await stage.wait(5)
    await call.hang_up()


@story(inbound("rang_out"), cdr="NO ANSWER, NO ANSWER, NO ANSWER")
async def s48_ring_group_rings_out(stage: Stage) -> None:
    """1001 and 1002 ring together for 12 s without a queue, nobody answers."""
    first = await stage.agent("1001")
    second = await stage.agent("1002")
    caller = await stage.caller("+441632960148", "Igor Penn")
    call = await caller.dial("5110")
    await first.rings()
    await second.rings()
    await call.over()


@story(inbound("rejected"), cdr="BUSY, BUSY")
async def s76_direct_rejected_with_486(stage: Stage) -> None:
    """A number of one person: 1001 rings 3 s and presses the red key; this phone then says 486."""
    person = await stage.agent("1001")
    caller = await stage.caller("+441632960176", "June Alder")
    call = await caller.dial("5101")
    await person.refuses(486, after=3)
    await call.over()


@story(inbound("answered"), cdr="ANSWERED")
async def s86_forwarded_outside(stage: Stage) -> None:
    """A number that rings a mobile outside: answered there after 4 s; 6 s of talk."""
    mobile = await stage.customer("493023125486", "Mobile")
    caller = await stage.caller("+441632960186", "Zita Arden")
    call = await caller.dial("5120")
    await mobile.picks_up(after=4)
    await stage.wait(6)
    await call.hang_up()


@story(inbound("answered"), cdr="NO ANSWER, ANSWERED, ANSWERED")
async def s87_picked_up_by_colleague(stage: Stage) -> None:
    """1001 rings and nobody is there; 1002 picks the call up by *8 after 4 s; 5 s of talk."""
    absent = await stage.agent("1001")
    colleague = await stage.agent("1002")
    caller = await stage.caller("+441632960187", "Alma Birch")
    call = await caller.dial("5101")
    await absent.rings()
    await stage.wait(4)
    stage.joins(await colleague.call("*81001"))
    await stage.wait(5)
    await call.hang_up()


@story(inbound("voicemail_left"), cdr="NO ANSWER, ANSWERED")
async def s88_direct_then_voicemail(stage: Stage) -> None:
    """1001 rings for 10 s in vain, then the caller leaves a message of 6 s."""
    person = await stage.agent("1001")
    caller = await stage.caller("+441632960188", "Bert Coyle")
    call = await caller.dial("5130")
    await (await person.rings()).over()
    await stage.wait(6.5)
    await call.hang_up()


@story(inbound("voicemail_no_message"), cdr="BUSY, ANSWERED")
async def s89_busy_then_voicemail_no_message(stage: Stage) -> None:
    """1001 is on the phone (486), voicemail answers, the caller hangs up at the beep."""
    person = await stage.agent("1001")
    caller = await stage.caller("+441632960189", "Cass Dorn")
    call = await caller.dial("5130")
    (await person.incoming()).reject(486)
    await call.answered()
    await stage.wait(1)
    await call.hang_up()
