"""Callers whom a queue sends away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.story import inbound, story

if TYPE_CHECKING:
    from lab.stage import Stage


@story(inbound("timed_out"), queue_log="ADDMEMBER PAUSE ENTERQUEUE EXITWITHTIMEOUT", cdr="ANSWERED")
async def s81_queue_timeout_sent_away(stage: Stage) -> None:
    """Nobody is free for 15 s, the queue gives up, the caller hears so and is let go."""
    await stage.resting_agent("1001", "tiny")
    caller = await stage.caller("+441632960181", "Tess Umber")
    call = await caller.call("5012")
    await call.over()


@story(
    inbound("queue_empty"),
    queue_log="ADDMEMBER PAUSE ENTERQUEUE REMOVEMEMBER EXITEMPTY",
    cdr="ANSWERED",
)
async def s82_queue_empties_sent_away(stage: Stage) -> None:
    """The last agent signs out after 5 s; this queue has no voicemail, the caller is let go."""
    agent = await stage.resting_agent("1001", "tiny")
    caller = await stage.caller("+441632960182", "Ulla Varga")
    call = await caller.call("5012")
    await stage.wait(5)
    await stage.sign_out(agent, "tiny")
    await call.over()


@story(inbound("left_by_key"), queue_log="ADDMEMBER PAUSE ENTERQUEUE EXITWITHKEY", cdr="ANSWERED")
async def s83_left_by_key(stage: Stage) -> None:
    """After 5 s in the queue the caller presses 0 to stop waiting and is let go."""
    await stage.resting_agent("1001", "tiny")
    caller = await stage.caller("+441632960183", "Vico West")
    call = await caller.call("5012")
    await stage.wait(5)
    await call.press("0")
    await call.over()


@story(inbound("queue_unstaffed"), cdr="ANSWERED")
async def s84_refused_at_empty_queue(stage: Stage) -> None:
    """Nobody is signed in: refused at the queue's door, no voicemail, the caller is let go."""
    caller = await stage.caller("+441632960184", "Wyn Xavier")
    call = await caller.call("5012")
    await call.over()


@story(
    inbound("closed_while_waiting"),
    queue_log="ADDMEMBER PAUSE ENTERQUEUE WITHDRAW",
    cdr="ANSWERED",
)
async def s85_sent_home_at_closing_time(stage: Stage) -> None:
    """At closing time the supervisor takes the caller, who has waited for 6 s, out of the queue."""
    await stage.resting_agent("1001", "tiny")
    caller = await stage.caller("+441632960185", "Yuna Zell")
    call = await caller.call("5012")
    await stage.wait(6)
    channel = stage.channel("trunk")
    await stage.manager.do("QueueWithdrawCaller", Queue="tiny", Caller=channel)
    await call.over()
