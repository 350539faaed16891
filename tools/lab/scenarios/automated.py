"""Callers and machines: menus, announcements, voicemail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.story import inbound, story

if TYPE_CHECKING:
    from lab.stage import Stage


@story(inbound("caller_left_in_menu"), cdr="ANSWERED")
async def s03_menu_hang_up(stage: Stage) -> None:
    """The caller hangs up after 3 s, while the menu is still speaking."""
    caller = await stage.caller("+441632960103", "Cleo Ward")
    call = await caller.call("5000")
    await stage.wait(3)
    await call.hang_up()


@story(inbound("voicemail_left"), cdr="ANSWERED")
async def s49_voicemail_long_message(stage: Stage) -> None:
    """A number that goes straight to voicemail; the caller speaks for 15 s."""
    caller = await stage.caller("+441632960149", "Pia Grant")
    call = await caller.call("5200")
    await stage.wait(15.5)
    await call.hang_up()


@story(inbound("voicemail_no_message"), cdr="ANSWERED")
async def s50_voicemail_no_message(stage: Stage) -> None:
    """A number that goes straight to voicemail; the caller hangs up 1 s after the beep."""
    caller = await stage.caller("+441632960150", "Quinn Abara")
    call = await caller.call("5200")
    await stage.wait(1.5)
    await call.hang_up()


@story(inbound("caller_left_closed"), cdr="ANSWERED")
async def s51_closed_heard(stage: Stage) -> None:
    """Out of hours: the caller hears the whole announcement, then the phone system hangs up."""
    caller = await stage.caller("+441632960151", "Rhea Colby")
    call = await caller.call("5300")
    await call.over()


@story(inbound("caller_left_closed"), cdr="ANSWERED")
async def s52_closed_left_early(stage: Stage) -> None:
    """Out of hours: the caller hangs up after 2 s of the announcement."""
    caller = await stage.caller("+441632960152", "Sol Havel")
    call = await caller.call("5300")
    await stage.wait(2)
    await call.hang_up()


@story(inbound("self_served"), cdr="ANSWERED")
async def s53_information_heard(stage: Stage) -> None:
    """A number that only tells the opening hours: the caller hears them to the end."""
    caller = await stage.caller("+441632960153", "Thea Ibsen")
    call = await caller.call("5400")
    await call.over()


@story(inbound("caller_left_in_menu"), cdr="ANSWERED")
async def s54_information_left_early(stage: Stage) -> None:
    """A number that only tells the opening hours: the caller hangs up after 1 s of 5 s."""
    caller = await stage.caller("+441632960154", "Ugo Santi")
    call = await caller.call("5400")
    await stage.wait(1)
    await call.hang_up()


@story(inbound("voicemail_left"), cdr="ANSWERED")
async def s55_menu_wrong_keys_voicemail(stage: Stage) -> None:
    """The caller presses wrong keys until the menu gives up, then leaves a message of 6 s."""
    caller = await stage.caller("+441632960155", "Vera Lloyd")
    call = await caller.call("5000")
    await stage.wait(2)
    await call.press("7")
    await stage.wait(5)
    await call.press("8")
    await stage.wait(2 + 1.5 + 6.5)
    await call.hang_up()


@story(
    inbound("answered"),
    queue_log="ADDMEMBER DID ENTERQUEUE CONNECT COMPLETECALLER",
    cdr="ANSWERED",
)
async def s70_menu_then_queue(stage: Stage) -> None:
    """The caller presses 1 in the menu after 3 s; 1001 answers after 2 s; 6 s of talk."""
    agent = await stage.agent("1001", "sales")
    caller = await stage.caller("+441632960170", "Wes Tolan")
    call = await caller.call("5000")
    await stage.wait(3)
    await call.press("1")
    await agent.picks_up(after=2)
    await stage.wait(6)
    await call.hang_up()


@story(inbound("callback_requested"), queue_log="CALLBACKREQUEST", cdr="ANSWERED")
async def s71_menu_callback_request(stage: Stage) -> None:
    """The caller presses 9 in the menu, hears that we call back, and is let go."""
    caller = await stage.caller("+441632960171", "Xenia Bold")
    call = await caller.call("5000")
    await stage.wait(2)
    await call.press("9")
    await call.over()


@story(inbound("voicemail_no_message"), cdr="ANSWERED")
async def s72_menu_silence_voicemail(stage: Stage) -> None:
    """The caller presses nothing; the menu gives up after two rounds; no message is left."""
    caller = await stage.caller("+441632960172", "Yves Carne")
    call = await caller.call("5000")
    call.hush()
    await stage.wait(2 * (4 + 5) + 1.2)
    await call.hang_up()
