"""Callers and agents in a queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.story import inbound, internal, story

if TYPE_CHECKING:
    from lab.stage import Stage

ENTERS = "ADDMEMBER DID ENTERQUEUE"
ENTERS_OF_TWO = "ADDMEMBER ADDMEMBER DID ENTERQUEUE"
ENTERS_RESTING = "ADDMEMBER PAUSE DID ENTERQUEUE"


@story(inbound("answered"), queue_log=f"{ENTERS} CONNECT COMPLETECALLER", cdr="ANSWERED")
async def s01_caller_hangs_up(stage: Stage) -> None:
    """Agent 1001 answers after 2 s; the caller hangs up after 8 s of talk."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960101", "Ada Fisk")
    call = await caller.call("5001")
    await agent.picks_up(after=2)
    await stage.wait(8)
    await call.hang_up()


@story(inbound("answered"), queue_log=f"{ENTERS} CONNECT COMPLETEAGENT", cdr="ANSWERED")
async def s02_agent_hangs_up(stage: Stage) -> None:
    """Agent 1001 answers after 3 s and hangs up after 7 s of talk."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960102", "Ben Okoro")
    call = await caller.call("5001")
    talk = await agent.picks_up(after=3)
    await stage.wait(7)
    await talk.hang_up()
    await call.over()


@story(inbound("caller_left_in_queue"), queue_log=f"{ENTERS_RESTING} ABANDON", cdr="ANSWERED")
async def s04_abandon_5s(stage: Stage) -> None:
    """The only agent is on a break; the caller gives up after 5 s in the queue."""
    await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+441632960104", "Dora Lind")
    call = await caller.call("5001")
    await stage.wait(5)
    await call.hang_up()


@story(
    inbound("caller_left_in_queue"),
    queue_log=f"{ENTERS} RINGNOANSWER RINGNOANSWER RINGNOANSWER RINGCANCELED ABANDON",
    cdr="NO ANSWER, NO ANSWER, NO ANSWER, NO ANSWER",
)
async def s05_abandon_while_ringing_35s(stage: Stage) -> None:
    """Agent 1001 does not answer three rings of 8 s; the caller gives up during the fourth."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+493023125105", "Emil Brandt")
    call = await caller.call("5001")
    for _ in range(3):
        ring = await agent.rings()
        await ring.over()
    await agent.rings()
    await stage.wait(7.7)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS_OF_TWO} RINGNOANSWER CONNECT COMPLETECALLER",
    cdr="NO ANSWER, ANSWERED",
)
async def s06_no_answer_then_other(stage: Stage) -> None:
    """1001 rings 8 s in vain, then 1002 answers after 2 s; the caller hangs up after 6 s of talk."""
    first = await stage.agent("1001", "sales")
    second = await stage.agent("1002", "sales")
    caller = await stage.caller("+441632960106", "Femi Adair")
    call = await caller.call("5001")
    await (await first.rings()).over()
    await second.picks_up(after=2)
    await stage.wait(6)
    await call.hang_up()


@story(inbound("voicemail_left"), queue_log=f"{ENTERS_RESTING} EXITWITHTIMEOUT", cdr="ANSWERED")
async def s07_queue_timeout_voicemail(stage: Stage) -> None:
    """Nobody is free for 12 s, the queue gives up, the caller leaves a message of 5 s."""
    await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+441632960107", "Gwen Tarr")
    call = await caller.call("5011")
    await stage.wait(12 + 5.5)
    await call.hang_up()


@story(inbound("voicemail_left"), queue_log="DID", cdr="ANSWERED")
async def s08_join_empty(stage: Stage) -> None:
    """Nobody is signed in: refused at the queue's door, the caller leaves a message of 3 s."""
    caller = await stage.caller("+441632960108", "Hal Nunes")
    call = await caller.call("5001")
    await stage.wait(4)
    await call.hang_up()


@story(
    inbound("voicemail_no_message"),
    queue_log=f"{ENTERS_RESTING} REMOVEMEMBER EXITEMPTY",
    cdr="ANSWERED",
)
async def s09_last_agent_leaves(stage: Stage) -> None:
    """The last agent signs out after 6 s, the queue sends the caller to voicemail, who hangs up."""
    agent = await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+493023125109", "Ilse Kranz")
    call = await caller.call("5001")
    await stage.wait(6)
    await stage.sign_out(agent, "sales")
    await stage.wait(1.5)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS_OF_TWO} RINGNOANSWER CONNECT COMPLETECALLER",
    cdr="NO ANSWER, ANSWERED",
)
async def s10_reject_486(stage: Stage) -> None:
    """1001 refuses with 486 after 1 s, 1002 answers after 2 s; the caller leaves after 6 s of talk."""
    first = await stage.agent("1001", "sales")
    second = await stage.agent("1002", "sales")
    caller = await stage.caller("+441632960110", "Joan Petrie")
    call = await caller.call("5001")
    await first.refuses(486, after=1)
    await second.picks_up(after=2)
    await stage.wait(6)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS_OF_TWO} RINGNOANSWER CONNECT COMPLETECALLER",
    cdr="NO ANSWER, ANSWERED",
)
async def s11_reject_603(stage: Stage) -> None:
    """1001 declines with 603 after 1 s, 1002 answers after 2 s; the caller leaves after 6 s of talk."""
    first = await stage.agent("1001", "sales")
    second = await stage.agent("1002", "sales")
    caller = await stage.caller("+441632960111", "Kit Sandoval")
    call = await caller.call("5001")
    await first.refuses(603, after=1)
    await second.picks_up(after=2)
    await stage.wait(6)
    await call.hang_up()


@story(
    inbound("callback_requested"),
    queue_log=f"{ENTERS_RESTING} EXITWITHKEY CALLBACKREQUEST",
    cdr="ANSWERED",
)
async def s21_exit_key_callback(stage: Stage) -> None:
    """After 4 s in the queue the caller presses 9, hears that we call back, and is let go."""
    await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+441632960121", "Una Welles")
    call = await caller.call("5001")
    await stage.wait(4)
    await call.press("9")
    await call.over()


@story(
    inbound("answered"),
    queue_log="ADDMEMBER ADDMEMBER ENTERQUEUE CONNECT COMPLETECALLER",
    cdr="NO ANSWER, ANSWERED",
)
async def s27_ring_all(stage: Stage) -> None:
    """1001 and 1002 ring together, 1002 answers after 3 s; the caller hangs up after 5 s of talk."""
    first = await stage.agent("1001", "support")
    second = await stage.agent("1002", "support")
    caller = await stage.caller("+441632960127", "Abel Roux")
    call = await caller.call("5002")
    await first.rings()
    await second.picks_up(after=3)
    await stage.wait(5)
    await call.hang_up()


@story(
    inbound("answered"),
    inbound("answered"),
    queue_log="ADDMEMBER ENTERQUEUE CONNECT ENTERQUEUE COMPLETEAGENT CONNECT COMPLETEAGENT",
    cdr="ANSWERED, ANSWERED",
)
async def s28_wrap_up_second_call(stage: Stage) -> None:
    """Two callers, one agent: the second waits for the end of the first talk and 5 s of wrap-up."""
    agent = await stage.agent("1001", "support")
    first = await stage.caller("+441632960128", "Bea Morley")
    second = await stage.caller("+493023125128", "Carl Voss")
    await first.call("5002")
    talk = await agent.picks_up(after=1)
    await stage.wait(1)
    await second.call("5002")
    await stage.wait(3)
    await talk.hang_up()
    talk = await agent.picks_up(after=1)
    await stage.wait(4)
    await talk.hang_up()


@story(inbound("answered"), queue_log=f"{ENTERS} CONNECT COMPLETEAGENT", cdr="ANSWERED")
async def s29_hold(stage: Stage) -> None:
    """1001 answers after 1 s, talks 3 s, holds the caller for 2 s, talks 3 s more, hangs up."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960129", "Della Quist")
    call = await caller.call("5001")
    talk = await agent.picks_up(after=1)
    await stage.wait(3)
    await talk.hold()
    await stage.wait(2)
    await talk.resume()
    await stage.wait(3)
    await talk.hang_up()
    await call.over()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS_OF_TWO} RINGNOANSWER CONNECT COMPLETECALLER",
    cdr="NO ANSWER, ANSWERED",
)
async def s33_phone_unreachable(stage: Stage) -> None:
    """The phone of 1001 is unplugged, 8 s pass, then 1002 answers after 2 s; 5 s of talk."""
    unplugged = await stage.agent("1001", "sales")
    unplugged.deaf = True
    second = await stage.agent("1002", "sales")
    caller = await stage.caller("+441632960133", "Hugo Stern")
    call = await caller.call("5001")
    await second.picks_up(after=2)
    await stage.wait(5)
    await call.hang_up()


@story(inbound("caller_left_in_queue"), queue_log=f"{ENTERS} RINGCANCELED ABANDON", cdr="NO ANSWER")
async def s34_abandon_while_ringing_4s(stage: Stage) -> None:
    """The caller hangs up after 4 s, while 1001 rings for the first time."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960134", "Ida Fenwick")
    call = await caller.call("5001")
    await agent.rings()
    await stage.wait(4)
    await call.hang_up()


@story(
    inbound("answered"),
    inbound("caller_left_in_queue"),
    queue_log=f"{ENTERS_RESTING} DID ENTERQUEUE UNPAUSE CONNECT ABANDON COMPLETECALLER",
    cdr="ANSWERED, ANSWERED",
)
async def s35_two_callers(stage: Stage) -> None:
    """The second of two waiting callers moves up when the first is answered; gives up after 12 s."""
    agent = await stage.resting_agent("1001", "sales")
    first = await stage.caller("+441632960135", "Jules Amory")
    second = await stage.caller("+493023125135", "Kai Lorenz")
    talk = await first.call("5001")
    await stage.wait(1)
    waiting = await second.call("5001")
    await stage.wait(4)
    await stage.unpause(agent, "sales")
    await agent.picks_up(after=1)
    await stage.wait_since(waiting, 12)
    await waiting.hang_up()
    await stage.wait(2)
    await talk.hang_up()


@story(inbound("answered"), queue_log=f"{ENTERS} CONNECT COMPLETECALLER", cdr="ANSWERED")
async def s39_odd_caller_name(stage: Stage) -> None:
    """The caller's name has umlauts, a comma, quotes and a pipe; answered after 1 s, 4 s of talk."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+493023125139", 'Zoë Brönner, "Köln" | Büro')
    call = await caller.call("5001")
    await agent.picks_up(after=1)
    await stage.wait(4)
    await call.hang_up()


@story(
    inbound("caller_left_in_queue"),
    inbound("queue_full"),
    queue_log="ADDMEMBER PAUSE ENTERQUEUE ABANDON",
    cdr="ANSWERED, ANSWERED",
)
async def s56_queue_full(stage: Stage) -> None:
    """The queue has room for one: the second caller is refused at its door while the first waits."""
    await stage.resting_agent("1001", "tiny")
    first = await stage.caller("+441632960156", "Lena Marsh")
    second = await stage.caller("+441632960157", "Milo Hart")
    waiting = await first.call("5012")
    await stage.wait(2)
    refused = await second.call("5012")
    await refused.over()
    await stage.wait(2)
    await waiting.hang_up()


@story(
    internal("answered"),
    queue_log="ADDMEMBER DID ENTERQUEUE CONNECT COMPLETECALLER",
    cdr="ANSWERED",
)
async def s65_internal_call_to_queue(stage: Stage) -> None:
    """A colleague at 1004 dials the sales queue; 1001 answers after 2 s; 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    colleague = await stage.agent("1004")
    call = stage.principal(await colleague.dial("5001"))
    await agent.picks_up(after=2)
    await stage.wait(5)
    await call.hang_up()


@story(
    inbound("caller_left_in_queue"),
    inbound("caller_left_in_queue"),
    inbound("answered"),
    queue_log=(
        "ADDMEMBER PAUSE DID ENTERQUEUE ABANDON DID ENTERQUEUE ABANDON "
        "UNPAUSE DID ENTERQUEUE CONNECT COMPLETECALLER"
    ),
    cdr="ANSWERED, ANSWERED, ANSWERED",
)
async def s68_same_caller_three_times(stage: Stage) -> None:
    """One caller gives up after 4 s, again after 6 s, and is answered at the third try."""
    agent = await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+441632960168", "Nell Osman")
    for patience in (4, 6):
        call = await caller.call("5001")
        await stage.wait(patience)
        await call.hang_up()
        await stage.wait(2)
    await stage.unpause(agent, "sales")
    call = await caller.call("5001")
    await agent.picks_up(after=1)
    await stage.wait(4)
    await call.hang_up()


@story(inbound("caller_left_in_queue"), queue_log=f"{ENTERS_RESTING} ABANDON", cdr="ANSWERED")
async def s73_withheld_number(stage: Stage) -> None:
    """A caller who hides the number gives up after 5 s in the queue."""
    await stage.resting_agent("1001", "sales")
    caller = await stage.caller("anonymous", "Anonymous")
    call = await caller.call("5001")
    await stage.wait(5)
    await call.hang_up()


@story(inbound("answered"), queue_log=f"{ENTERS} CONNECT COMPLETECALLER", cdr="ANSWERED")
async def s74_left_on_hold(stage: Stage) -> None:
    """1001 answers after 1 s, puts the caller on hold after 3 s; the caller leaves 6 s later."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960174", "Otis Vane")
    call = await caller.call("5001")
    talk = await agent.picks_up(after=1)
    await stage.wait(3)
    await talk.hold()
    await stage.wait(6)
    await call.hang_up()
