"""Faults: phones that die, causes that are not a hang-up, a phone system that goes down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.story import inbound, story

if TYPE_CHECKING:
    from lab.stage import Stage

ENTERS = "ADDMEMBER DID ENTERQUEUE"


@story(inbound("dropped_in_talk"), queue_log=f"{ENTERS} CONNECT COMPLETEAGENT", cdr="ANSWERED")
async def s12_agent_phone_dies(stage: Stage) -> None:
    """The agent's phone loses power after 5 s of talk; Asterisk notices 6 s later."""
    agent = await stage.agent("1007", "sales")
    caller = await stage.caller("+441632960112", "Lior Blake")
    call = await caller.call("5001")
    await agent.picks_up(after=1)
    await stage.wait(5)
    agent.switch_off()
    await call.over()


@story(inbound("dropped_in_talk"), queue_log=f"{ENTERS} CONNECT COMPLETECALLER", cdr="ANSWERED")
async def s13_caller_phone_dies(stage: Stage) -> None:
    """The caller's phone loses power after 5 s of talk; Asterisk notices 6 s later."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960113", "Mona Teague")
    await caller.call("5001")
    talk = await agent.picks_up(after=1)
    await stage.wait(5)
    caller.switch_off()
    await talk.over()


@story(
    inbound("dropped_in_talk", ended_by="network"),
    queue_log=f"{ENTERS} CONNECT COMPLETEAGENT",
    cdr="ANSWERED",
)
async def s14_temporary_failure(stage: Stage) -> None:
    """After 5 s of talk the agent's side ends the call with cause 41, temporary failure."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960114", "Noel Ryder")
    call = await caller.call("5001")
    talk = await agent.picks_up(after=1)
    await stage.wait(5)
    await talk.hang_up(reason='Q.850;cause=41;text="Temporary failure"')
    await call.over()


@story(inbound("failed_before_ring"))
async def s32_unknown_number(stage: Stage) -> None:
    """The caller dials a number that we do not have: 404, and no log knows of it."""
    caller = await stage.caller("+441632960132", "Gus Pryor")
    call = await caller.dial("5999")
    await call.over()


@story(
    inbound("dropped_in_talk", ended_by="system"),
    queue_log=f"{ENTERS} CONNECT QUEUESTART",
)
async def s36_crash(stage: Stage) -> None:
    """Asterisk is killed after 5 s of talk and starts again 2 s later."""
    agent = await stage.agent("1008", "sales")
    caller = await stage.caller("+441632960136", "Kay Driscoll")
    await caller.call("5001")
    await agent.picks_up(after=1)
    await stage.wait(5)
    await stage.crash()
    await stage.wait(2)
    await stage.start_again()


@story(
    inbound("failed_waiting"), queue_log="ADDMEMBER PAUSE DID ENTERQUEUE ABANDON", cdr="ANSWERED"
)
async def s67_caller_dies_in_queue(stage: Stage) -> None:
    """The caller's phone loses power after 5 s in the queue; Asterisk notices 6 s later."""
    await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+441632960167", "Oona Byrne")
    await caller.call("5001")
    await stage.wait(5)
    caller.switch_off()
    await stage.wait(7)


@story(
    inbound("failed_waiting", ended_by="system"),
    queue_log="ADDMEMBER PAUSE DID ENTERQUEUE ABANDON QUEUESTART",
    cdr="ANSWERED",
)
async def s69_restart_while_waiting(stage: Stage) -> None:
    """Asterisk is restarted at once while a caller has waited for 5 s."""
    await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+441632960169", "Perl Archer")
    await caller.call("5001")
    await stage.wait(5)
    await stage.restart()
    await stage.wait(1)


@story(
    inbound("failed_waiting", ended_by="system"),
    queue_log="ADDMEMBER PAUSE DID ENTERQUEUE QUEUESTART",
)
async def s79_crash_while_waiting(stage: Stage) -> None:
    """Asterisk is killed while a caller has waited for 5 s, and starts again 2 s later."""
    await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+441632960179", "Rex Yardley")
    await caller.call("5001")
    await stage.wait(5)
    await stage.crash()
    await stage.wait(2)
    await stage.start_again()


@story(
    inbound("dropped_in_talk", ended_by="system"),
    queue_log=f"{ENTERS} CONNECT COMPLETECALLER QUEUESTART",
    cdr="ANSWERED",
)
async def s80_restart_while_talking(stage: Stage) -> None:
    """Asterisk is restarted at once after 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960180", "Suri Daly")
    await caller.call("5001")
    await agent.picks_up(after=1)
    await stage.wait(5)
    await stage.restart()
    await stage.wait(1)
