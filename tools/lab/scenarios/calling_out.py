"""Our own calls: to customers, as call-backs, from desk phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.story import callback, internal, outbound, story

if TYPE_CHECKING:
    from lab.stage import Stage


@story(callback("reached"), cdr="ANSWERED, ANSWERED")
async def s22_callback_reached(stage: Stage) -> None:
    """1001 is rung first and answers after 2 s; the customer answers after 3 s; 6 s of talk."""
    agent = await stage.agent("1001")
    customer = await stage.customer("441632960422", "Vito Lang")
    await stage.call_back(agent, customer.number, "cb22")
    await agent.picks_up(after=2)
    call = stage.principal(await customer.picks_up(after=3))
    await stage.wait(6)
    await call.hang_up()


@story(callback("no_answer"), cdr="NO ANSWER, ANSWERED")
async def s23_callback_customer_no_answer(stage: Stage) -> None:
    """1001 answers after 1 s; the customer's phone rings for 15 s in vain."""
    agent = await stage.agent("1001")
    customer = await stage.customer("441632960423", "Wanda Ruiz")
    await stage.call_back(agent, customer.number, "cb23")
    await agent.picks_up(after=1)
    call = stage.principal(await customer.rings())
    await call.over()


@story(callback("busy"), cdr="BUSY, ANSWERED")
async def s24_callback_customer_busy(stage: Stage) -> None:
    """1001 answers after 1 s; the customer is busy (486)."""
    agent = await stage.agent("1001")
    customer = await stage.customer("441632960424", "Xaver Pohl")
    await stage.call_back(agent, customer.number, "cb24")
    await agent.picks_up(after=1)
    stage.principal(await customer.refuses(486, after=1))


@story(callback("failed"), cdr="NO ANSWER")
async def s25_callback_agent_no_answer(stage: Stage) -> None:
    """1001 rings for 10 s and does not answer, so the customer is never dialled."""
    agent = await stage.agent("1001")
    await stage.call_back(agent, "441632960425", "cb25", ring_s=10)
    call = stage.principal(await agent.rings(), dialled="441632960425")
    await call.over()


@story(
    callback("reached"),
    queue_log="ADDMEMBER CALLBACKSTART ENTERQUEUE CONNECT COMPLETECALLER",
    cdr="ANSWERED, ANSWERED, ANSWERED",
)
async def s26_callback_through_queue(stage: Stage) -> None:
    """A place in line is kept; 1001 answers after 2 s, the customer after 2 s more; 5 s of talk."""
    agent = await stage.agent("1001", "sales")
    customer = await stage.customer("441632960426", "Yara Field")
    await stage.call_back_through_queue(customer.number)
    await agent.picks_up(after=2)
    call = stage.principal(await customer.picks_up(after=2))
    await stage.wait(5)
    await call.hang_up()


@story(outbound("reached"), cdr="ANSWERED")
async def s60_agent_calls_out(stage: Stage) -> None:
    """1001 dials a customer, who answers after 4 s; the agent hangs up after 7 s of talk."""
    agent = await stage.agent("1001")
    customer = await stage.customer("441632960460", "Zack Ames")
    call = stage.principal(await agent.dial("0441632960460"))
    await customer.picks_up(after=4)
    await stage.wait(7)
    await call.hang_up()


@story(outbound("no_answer"), cdr="NO ANSWER")
async def s61_agent_calls_out_no_answer(stage: Stage) -> None:
    """1001 dials a customer and gives up after 12 s of ringing."""
    agent = await stage.agent("1001")
    customer = await stage.customer("441632960461", "Abby Klein")
    call = stage.principal(await agent.dial("0441632960461"))
    ring = await customer.rings()
    await stage.wait(12)
    await call.hang_up()
    await ring.over()


@story(outbound("failed"), cdr="CONGESTION, CONGESTION")
async def s62_trunk_says_503(stage: Stage) -> None:
    """1001 dials a customer; the telephone company has no line (503)."""
    agent = await stage.agent("1001")
    carrier = await stage.customer("441632960462", "Carrier")
    call = stage.principal(await agent.dial("0441632960462"))
    (await carrier.incoming()).reject(503)
    await call.over()


@story(outbound("invalid_number"), cdr="NO ANSWER, NO ANSWER")
async def s63_trunk_says_404(stage: Stage) -> None:
    """1001 dials a number that does not exist (404)."""
    agent = await stage.agent("1001")
    carrier = await stage.customer("441632960463", "Carrier")
    call = stage.principal(await agent.dial("0441632960463"))
    (await carrier.incoming()).reject(404)
    await call.over()


@story(outbound("busy"), cdr="BUSY, BUSY")
async def s64_agent_calls_out_busy(stage: Stage) -> None:
    """1001 dials a customer who is on the phone (486)."""
    agent = await stage.agent("1001")
    customer = await stage.customer("441632960464", "Bodo Kern")
    call = stage.principal(await agent.dial("0441632960464"))
    (await customer.incoming()).reject(486)
    await call.over()


@story(internal("answered"), cdr="ANSWERED")
async def s78_internal_call(stage: Stage) -> None:
    """1004 calls 1001, who answers after 2 s; they talk for 5 s."""
    person = await stage.agent("1001")
    colleague = await stage.agent("1004")
    call = stage.principal(await colleague.dial("1001"))
    await person.picks_up(after=2)
    await stage.wait(5)
    await call.hang_up()
