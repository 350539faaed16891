"""What can be ordered of whoever hears the phone systems: acts from the picture, dialling, help."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any

from everycall.app.live.acting import Act, Steering, Wish, carry_out, commands_for
from everycall.app.recovery.dialling import Wish as ToDial
from everycall.errors import EverycallError, NotFoundError
from everycall.events.origins import Origin
from everycall.live.board import AgentNow, Board
from everycall.records.connections import Connection
from everycall.records.models import Person, Promise
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.telephony import Command, PhoneSystem, PhoneSystemError, UnsureError
from everycall.telephony.ami_visit import visited
from everycall.web.live.hub import hub
from everycall.web.phones.calling import Desk, desks
from everycall.web.phones.connecting import live
from everycall.web.phones.driving import dials_anywhere
from everycall.web.phones.kinds import ANYWHERE, origin_of, pbx_of
from everycall.web.reading import site_reader
from everycall.web.scope import clients_of, queues_of
from everycall.wire.ami import Pbx

PATIENCE = 8.0
"""Seconds that a phone system may take."""

ON_THE_LINE = "on the line"
"""The answer to dialling somebody who is calling us, or whom somebody else was quicker to call."""


def steering_of(person: Person) -> Steering:
    """Return whom somebody steers: their teams' queues and people, or everybody."""
    teams = person.teams.prefetch_related("people")
    names = {one.agent for team in teams for one in team.people.all() if one.agent}
    return Steering(
        own=person.agent,
        queues=frozenset(queues_of(person)),
        team=frozenset(names),
        clients=frozenset(clients_of(person)),
        of_clients=frozenset(_queues_of_clients(person)),
        may_steer=person.may(Right.STEER),
        may_listen=person.may(Right.LISTEN_IN),
    )


def _queues_of_clients(person: Person) -> Iterator[str]:
    known = site_reader().settings().clients if person.clients else {}
    for name in person.clients:
        if name in known:
            yield from known[name].queues


def _person(given: Mapping[str, Any]) -> Person:
    found = Person.objects.filter(pk=given["person"], is_active=True).first()
    if found is None:
        raise NotFoundError("whoever asked for this is not here any more")
    return found


# ---- acts


def act(given: Mapping[str, Any]) -> str:
    """Do one act from the picture."""
    wish = Wish(**{**given["wish"], "act": Act(given["wish"]["act"])})
    done(_person(given), wish, hub.board)
    return ""


def as_given(wish: Wish) -> dict[str, Any]:
    """Return a wish as an order holds it."""
    return {**asdict(wish), "act": wish.act.value}


def done(person: Person, wish: Wish, board: Board | None) -> None:
    """Do what somebody wants, if it is theirs to do; what is done or fails is on record.

    Raises:
        EverycallError: it was refused, or the phone system did not do it.
    """
    if board is None:
        raise NotFoundError("there is no picture yet: no phone system has said anything")
    try:
        commands = commands_for(wish, steering_of(person), board)
        recorded(person, wish)
        asyncio.run(_told(commands, _managers()))
    except EverycallError as error:
        recorded(person, wish, error)
        raise


def recorded(person: Person, wish: Wish, error: EverycallError | None = None) -> None:
    """Put an act on record, or that it was refused and why."""
    details = {"queue": wish.queue, "reason": wish.reason, "call": wish.call_id}
    kept = {key: value for key, value in details.items() if value}
    what = f"act: {wish.act.value}"
    if error is not None:
        what, kept["why"] = f"act refused: {wish.act.value}", str(error)[:300]
    note(person, what, wish.agent or wish.call_id, **kept)


def _managers() -> list[tuple[str, Pbx, Origin]]:
    rows = Connection.objects.filter(kind="ami", removed_at=None)
    return [(row.name, pbx_of(row.given(), row.name), origin_of(row.given())) for row in rows]


async def _told(commands: Sequence[Command], managers: Sequence[tuple[str, Pbx, Origin]]) -> None:
    """Tell the connected phone systems; each is reached anew, so that no picture waits for it."""
    systems: list[PhoneSystem] = []
    broken: list[str] = []
    try:
        async with asyncio.timeout(PATIENCE), AsyncExitStack() as stack:
            for name, pbx, origin in managers:
                try:
                    systems.append(await stack.enter_async_context(visited(name, pbx, origin)))
                except PhoneSystemError as error:
                    broken.append(str(error))
            if broken and not systems:
                raise PhoneSystemError("; ".join(broken))
            await carry_out(commands, systems)
    except TimeoutError:
        raise UnsureError("the phone system did not answer in time") from None


# ---- dialling


def phone_of(person: Person) -> str | None:
    """Return the phone that somebody can be rung at; None where nothing can ring it."""
    if person.agent.startswith(ANYWHERE) and dials_anywhere():
        return person.agent
    board, health = hub.board, live.health()
    linked = health is not None and any(link.connected for link in health.links)
    if board is None or not linked or not person.agent:
        return None
    agent = agent_of(person, board)
    return agent.phones[0] if agent is not None and agent.phones else None


def agent_of(person: Person, board: Board) -> AgentNow | None:
    """Return somebody as the picture shows them."""
    return next((a for a in board.agents if person.agent in (a.name, *a.phones)), None)


def dial(given: Mapping[str, Any]) -> str:
    """Ring somebody's own phone, and then a caller who is owed a call."""
    person = _person(given)
    promise = Promise.objects.filter(pk=given["promise"]).first()
    phone, loop = phone_of(person), live.loop
    if promise is None or phone is None or loop is None:
        raise NotFoundError("your phone is at no phone system that is connected now")
    terms = site_reader().settings().promises.automatic
    wish = ToDial(phone, str(person), shown=terms.shown or None)
    work = asyncio.run_coroutine_threadsafe(_dialled(promise.plain(), wish), loop)
    try:
        return "" if work.result(PATIENCE) else ON_THE_LINE
    except TimeoutError:
        raise UnsureError("the phone system did not answer in time") from None


async def _dialled(promise: Any, wish: ToDial) -> bool:
    desk = await _desk_of(wish.agent)
    return await desk.dial(promise, wish) is not None


async def _desk_of(phone: str) -> Desk:
    """Return the desk of the phone system that a phone is at."""
    there = [desk for desk in desks if desk.is_there]
    for desk in there:
        if await desk.phones.knows(phone):
            return desk
    if not there:
        raise PhoneSystemError("no phone system is connected now")
    raise PhoneSystemError(f"no phone system that is connected now can ring {phone}")


# ---- help


def ask_for_help(given: Mapping[str, Any]) -> str:
    """Say that somebody on the phone needs help, or needs none any more."""
    person = _person(given)
    if live.watch is None:
        raise NotFoundError(live.trouble or "the picture is just beginning")
    live.watch.need_help(person.agent, wanted=bool(given["wanted"]))
    return ""


WORKS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "act": act,
    "dial": dial,
    "help": ask_for_help,
}
"""What can be ordered, by name."""
