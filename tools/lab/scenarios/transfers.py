"""Callers who are handed on: blind, attended, blonde, parked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.story import inbound, story

if TYPE_CHECKING:
    from lab.leg import Leg
    from lab.phone import Phone
    from lab.stage import Stage

ENTERS = "ADDMEMBER DID ENTERQUEUE CONNECT"


async def talking(stage: Stage, agent: Phone, caller: Phone, talk_s: float) -> tuple[Leg, Leg]:
    """The caller reached the sales agent, who answered after 1 s and has talked for a while."""
    call = await caller.call("5001")
    talk = await agent.picks_up(after=1)
    await stage.wait(talk_s)
    return call, talk


@story(inbound("answered"), queue_log=f"{ENTERS} BLINDTRANSFER", cdr="ANSWERED, ANSWERED")
async def s15_blind_transfer(stage: Stage) -> None:
    """After 4 s 1001 hands the caller on to 1003 by REFER, who answers after 2 s; 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    target = await stage.agent("1003")
    caller = await stage.caller("+441632960115", "Otto Lange")
    call, talk = await talking(stage, agent, caller, 4)
    await talk.transfer("1003")
    await target.picks_up(after=2)
    await stage.wait(5)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=(
        "ADDMEMBER ADDMEMBER DID ENTERQUEUE CONNECT BLINDTRANSFER ENTERQUEUE CONNECT COMPLETEAGENT"
    ),
    cdr="ANSWERED, ANSWERED",
)
async def s16_blind_transfer_to_queue(stage: Stage) -> None:
    """After 4 s 1001 hands the caller on to the support queue; 1002 answers after 2 s; 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    second = await stage.agent("1002", "support")
    caller = await stage.caller("+441632960116", "Petra Hume")
    call, talk = await talking(stage, agent, caller, 4)
    await talk.transfer("5002")
    second_talk = await second.picks_up(after=2)
    await stage.wait(5)
    await second_talk.hang_up()
    await call.over()


@story(inbound("answered"), queue_log=f"{ENTERS} BLINDTRANSFER", cdr="ANSWERED, ANSWERED")
async def s17_blind_transfer_by_manager(stage: Stage) -> None:
    """After 4 s the agent's desktop hands the caller on to 1003, who answers after 2 s; 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    target = await stage.agent("1003")
    caller = await stage.caller("+441632960117", "Rory Finch")
    call, talk = await talking(stage, agent, caller, 4)
    channel = stage.channel("1001")
    await stage.manager.do("BlindTransfer", Channel=channel, Context="internal", Exten="1003")
    talk.away()
    await target.picks_up(after=2)
    await stage.wait(5)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS} ATTENDEDTRANSFER",
    cdr=", ".join(["ANSWERED"] * 7),
)
async def s18_attended_transfer_by_manager(stage: Stage) -> None:
    """After 4 s 1001 consults 1003 by the desktop and leaves 3 s after 1003 answered; 7 s of talk."""
    agent = await stage.agent("1001", "sales")
    target = await stage.agent("1003")
    caller = await stage.caller("+441632960118", "Sami Berg")
    call, talk = await talking(stage, agent, caller, 4)
    channel = stage.channel("1001")
    await stage.manager.do("Atxfer", Channel=channel, Context="internal", Exten="1003")
    talk.away()
    consulted = await target.picks_up(after=2)
    consulted.away()
    await stage.wait(3)
    await talk.hang_up()
    consulted.back()
    await stage.wait(7)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS} ATTENDEDTRANSFER",
    cdr=", ".join(["ANSWERED"] * 4),
)
async def s19_attended_transfer_by_phone(stage: Stage) -> None:
    """1001 holds the caller, talks 3 s with 1003, joins them by REFER with Replaces; 6 s of talk."""
    agent = await stage.agent("1001", "sales")
    target = await stage.agent("1003")
    caller = await stage.caller("+441632960119", "Tara Quill")
    call, talk = await talking(stage, agent, caller, 4)
    await talk.hold()
    consult = await agent.dial("1003")
    consulted = await target.picks_up(after=2)
    consulted.away()
    await stage.wait(3)
    await talk.transfer_to(consult)
    consulted.back()
    await stage.wait(6)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS} COMPLETEAGENT",
    cdr="BUSY, BUSY, ANSWERED",
)
async def s20_consultation_refused(stage: Stage) -> None:
    """1001 holds the caller for 2 s, is refused by 1003 with 486, comes back, hangs up 3 s later."""
    agent = await stage.agent("1001", "sales")
    target = await stage.agent("1003")
    caller = await stage.caller("+441632960120", "Udo Stahl")
    call, talk = await talking(stage, agent, caller, 3)
    await talk.hold()
    consult = await agent.dial("1003")
    await target.refuses(486, after=1)
    await consult.over()
    await stage.wait(1)
    await talk.resume()
    await stage.wait(3)
    await talk.hang_up()
    await call.over()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS} ATTENDEDTRANSFER",
    cdr=", ".join(["ANSWERED"] * 7),
)
async def s37_blonde_transfer(stage: Stage) -> None:
    """1001 rings 1003 by the desktop and leaves while it rings; 1003 answers 3 s later; 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    target = await stage.agent("1003")
    caller = await stage.caller("+441632960137", "Lars Ekman")
    call, talk = await talking(stage, agent, caller, 4)
    channel = stage.channel("1001")
    await stage.manager.do("Atxfer", Channel=channel, Context="internal", Exten="1003")
    talk.away()
    ring = await target.rings()
    await stage.wait(2)
    await talk.hang_up()
    await stage.wait(3)
    await ring.answer()
    await stage.wait(5)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS} BLINDTRANSFER",
    cdr=", ".join(["ANSWERED"] * 4),
)
async def s57_parked_and_fetched(stage: Stage) -> None:
    """1001 parks the caller by REFER to 700; 1002 fetches the call at 701 after 4 s; 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    colleague = await stage.agent("1002")
    caller = await stage.caller("+441632960158", "Kira Boyle")
    call, talk = await talking(stage, agent, caller, 4)
    await talk.transfer("700")
    await stage.wait(4)
    stage.joins(await colleague.call("701"))
    await stage.wait(5)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS} BLINDTRANSFER",
    cdr=", ".join(["ANSWERED"] * 3),
)
async def s58_parked_and_returned(stage: Stage) -> None:
    """1001 parks the caller, nobody fetches, after 8 s it rings at 1001 again; 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960159", "Levi Stone")
    call, talk = await talking(stage, agent, caller, 3)
    await talk.transfer("700")
    await agent.picks_up(after=2)
    await stage.wait(5)
    await call.hang_up()


@story(inbound("answered"), queue_log=f"{ENTERS} BLINDTRANSFER", cdr="ANSWERED, ANSWERED")
async def s59_transfer_to_outside(stage: Stage) -> None:
    """1001 hands the caller on to a number outside by REFER, answered there after 3 s; 6 s of talk."""
    agent = await stage.agent("1001", "sales")
    partner = await stage.customer("493023125459", "Partner")
    caller = await stage.caller("+441632960160", "Mina Roth")
    call, talk = await talking(stage, agent, caller, 4)
    await talk.transfer("0493023125459")
    await partner.picks_up(after=3)
    await stage.wait(6)
    await call.hang_up()


@story(
    inbound("transfer_unanswered"),
    queue_log=f"{ENTERS} BLINDTRANSFER",
    cdr="ANSWERED, NO ANSWER",
)
async def s66_blind_transfer_not_answered(stage: Stage) -> None:
    """1001 hands the caller on to 1003, who does not answer; the caller gives up after 10 s."""
    agent = await stage.agent("1001", "sales")
    target = await stage.agent("1003")
    caller = await stage.caller("+441632960166", "Nina Sorrel")
    call, talk = await talking(stage, agent, caller, 4)
    await talk.transfer("1003")
    await target.rings()
    await stage.wait(10)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log=f"{ENTERS} BLINDTRANSFER",
    cdr="NO ANSWER, ANSWERED, ANSWERED",
)
async def s75_blonde_transfer_by_phone(stage: Stage) -> None:
    """1001 holds and rings 1003; handing on, the phone takes back that ring and sends a REFER."""
    agent = await stage.agent("1001", "sales")
    target = await stage.agent("1003")
    caller = await stage.caller("+441632960175", "Olga Brand")
    call, talk = await talking(stage, agent, caller, 4)
    await talk.hold()
    consult = await agent.dial("1003")
    await target.rings()
    await stage.wait(2)
    await consult.hang_up()
    await talk.transfer("1003")
    await target.picks_up(after=3)
    await stage.wait(5)
    await call.hang_up()


@story(
    inbound("transfer_unanswered"),
    queue_log=("ADDMEMBER ADDMEMBER PAUSE DID ENTERQUEUE CONNECT BLINDTRANSFER ENTERQUEUE ABANDON"),
    cdr="ANSWERED, ANSWERED",
)
async def s77_transfer_to_queue_abandoned(stage: Stage) -> None:
    """1001 hands the caller on to the support queue, where nobody is free; the caller leaves after 7 s."""
    agent = await stage.agent("1001", "sales")
    await stage.resting_agent("1002", "support")
    caller = await stage.caller("+441632960177", "Pell Norden")
    call, talk = await talking(stage, agent, caller, 4)
    await talk.transfer("5002")
    await stage.wait(7)
    await call.hang_up()
