"""Who is on my line: the caller's card, while the phone rings or somebody was handed on to me."""

import asyncio
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everycall.clock import from_micros
from everycall.live.ended import Before
from everycall.records.models import Promise
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.recovery import open_states
from everycall.web.guards import needs, person_of
from everycall.web.live.hub import hub
from everycall.web.live.on_line import call_of
from everycall.web.phones.connecting import live
from everycall.web.views.callbacks import card, theirs
from everycall.web.wording.saying import duration
from everycall.web.wording.writing import colleague

PATIENCE = 2.0

_OPEN = [state.value for state in open_states()]


@needs(Right.WORK_CALLBACKS)
def on_my_line(request: HttpRequest) -> HttpResponse:
    """Show the card of whoever is on the line of the person who looks."""
    person, board = person_of(request), hub.board
    call = call_of(board, person.agent) if board is not None else None
    page: dict[str, Any] = {"call": call, "known": bool(person.agent), "reader": person}
    if call is not None and call.caller:
        page |= card(call.caller, person)
        owed = Promise.objects.filter(caller=call.caller, state__in=_OPEN)
        page["promise"] = theirs(owed, person).first()
    if call is not None:
        page |= {"since": _moment(call.arrived_at), **_spoke(call.call_id, person)}
    part = request.headers.get("X-Part") == "inbox"
    return render(request, "web/on_my_line_card.html" if part else "web/on_my_line.html", page)


def _moment(at: int) -> datetime:
    return from_micros(at)


def _spoke(call_id: str, person: Person) -> dict[str, Any]:
    """Return who spoke with the caller before in this call, and how long they waited for the first."""
    before = _before(call_id)
    others = [name for name in before.spoke if name != person.agent] if before is not None else []
    spoke = list(dict.fromkeys(colleague(name, person) for name in others))
    return {"spoke": spoke, "waited": duration(before.wait_ms) if before and spoke else None}


def _before(call_id: str) -> Before | None:
    """Return what was before in a call: from the picture, or from the process that draws it."""
    watch, loop = live.watch, live.loop
    if watch is None or loop is None:
        return live.told.before.get(call_id) if live.told is not None else None
    try:
        found = asyncio.run_coroutine_threadsafe(watch.before(), loop).result(PATIENCE)
    except TimeoutError:
        return None
    return found.get(call_id)
