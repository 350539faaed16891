"""Agents who sign in, take breaks, and leave; a queue that is changed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.story import inbound, internal, story

if TYPE_CHECKING:
    from lab.stage import Stage


@story(
    queue_log=(
        "ADDMEMBER ADDMEMBER PAUSEALL PAUSE PAUSE UNPAUSEALL UNPAUSE UNPAUSE "
        "REMOVEMEMBER REMOVEMEMBER"
    )
)
async def s30_pause_all(stage: Stage) -> None:
    """1001 signs in to two queues, pauses in all with a reason, comes back, signs out; no call."""
    agent = await stage.agent("1001", "sales", "support")
    await stage.wait(1)
    await stage.pause(agent, "training")
    await stage.wait(3)
    await stage.unpause(agent)
    await stage.wait(1)
    await stage.sign_out(agent, "sales")
    await stage.sign_out(agent, "support")


@story(
    internal(),
    inbound("answered"),
    internal(),
    queue_log="ADDMEMBER DID ENTERQUEUE CONNECT COMPLETECALLER REMOVEMEMBER",
    cdr="ANSWERED, ANSWERED, ANSWERED",
)
async def s31_sign_in_by_phone(stage: Stage) -> None:
    """1001 signs in by dialling *45, takes one call of 4 s, and signs out by dialling *46."""
    agent = await stage.agent("1001")
    caller = await stage.caller("+441632960131", "Faye Corrin")
    sign_in = stage.principal(await agent.dial("*45"))
    await sign_in.over()
    call = await caller.call("5001")
    await agent.picks_up(after=1)
    await stage.wait(4)
    await call.hang_up()
    await stage.wait(1)
    sign_out = stage.principal(await agent.dial("*46"))
    await sign_out.over()


@story(
    inbound("caller_left_in_queue"),
    queue_log="ADDMEMBER PAUSE DID ENTERQUEUE ABANDON",
    cdr="ANSWERED",
)
async def s38_queue_reload(stage: Stage) -> None:
    """The queues are reloaded while a caller waits, who gives up after 6 s."""
    await stage.resting_agent("1001", "sales")
    caller = await stage.caller("+441632960138", "Moss Ridley")
    call = await caller.call("5001")
    await stage.wait(3)
    await stage.manager.do("QueueReload")
    await stage.wait(3)
    await call.hang_up()
