"""Promises for other programs: who is owed a call back, until when, and what was done about it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from everycall.clock import EPOCH, from_micros, to_micros
from everycall.records.models import Promise, Token
from everycall.recovery import State
from everycall.web.api import cursors
from everycall.web.api.keys import Key, as_allowed, key_of
from everycall.web.api.moments import Moment
from everycall.web.problems import ProblemError
from everycall.web.wording.outsiders import named, reason

router = Router(tags=["promises"])

SCOPE = "promises:read"


class Wish(Schema):
    """Which promises are asked for."""

    state: list[State] = Field([], description="Only in these states.", examples=[["waiting"]])
    since: Moment | None = Field(None, description="Made at this moment or later.")
    limit: int = Field(100, ge=1, le=1000, description="How many to give at most.", examples=[50])
    cursor: str = Field("", max_length=500, description="The 'next' of the page before.")


class PromiseNow(Schema):
    """A call back that is owed, and where it is."""

    id: int
    caller: str
    client: str | None
    state: str
    reason: str
    queue: str | None
    owner: str | None
    made_at: datetime
    missed_at: datetime
    due_at: datetime
    due_in_business_time: datetime | None
    ended_at: datetime | None
    misses: int
    tries: int
    first_call: str


class Move(Schema):
    """One step of a promise: who made it, when, and why."""

    at: datetime
    move: str
    before: str | None
    after: str
    who: str
    why: str
    call_id: str | None


class PromiseTold(PromiseNow):
    """A promise with everything that was done about it."""

    moves: list[Move]


class Page(Schema):
    """Some promises in the order in which they were made, and where to go on."""

    promises: list[PromiseNow]
    next: str | None = Field(description="Send it as `cursor` to get more; null at the end.")


@router.get("/promises", auth=Key(SCOPE), response=Page, summary="Callers who are owed a call")
def promises(request: HttpRequest, wish: Annotated[Wish, Query()]) -> dict[str, Any]:
    """Give promises in the order in which they were made, a page at a time."""
    token = key_of(request)
    rows = _allowed(token).order_by("made_at", "id")
    if wish.state:
        rows = rows.filter(state__in=[state.value for state in wish.state])
    if wish.since is not None:
        rows = rows.filter(made_at__gte=wish.since)
    if wish.cursor:
        rows = rows.filter(_behind(wish.cursor))
    found = list(rows[: wish.limit + 1])
    more, found = len(found) > wish.limit, found[: wish.limit]
    following = cursors.write(to_micros(found[-1].made_at), str(found[-1].pk)) if more else None
    return {"promises": as_allowed([_told(row, token) for row in found], token), "next": following}


@router.get("/promises/{int:pk}", auth=Key(SCOPE), response=PromiseTold, summary="One promise")
def promise(
    request: HttpRequest, pk: Annotated[int, Path(description="Its number.", examples=[1])]
) -> dict[str, Any]:
    """Give one promise with every move that it made."""
    token = key_of(request)
    found = _allowed(token).filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise ProblemError(404, "not-found", f"there is no promise {pk}")
    moves = [
        {
            "at": move.at,
            "move": move.move,
            "before": move.before or None,
            "after": move.after,
            "who": named(move.who, token.clients),
            "why": reason(move.why, token.clients),
            "call_id": move.call_id or None,
        }
        for move in found.moves.all()
    ]
    told: dict[str, Any] = as_allowed({**_told(found, token), "moves": moves}, token)
    return told


def _allowed(token: Token) -> QuerySet[Promise]:
    rows = Promise.objects.all()
    return rows.filter(client__in=token.clients) if token.clients else rows


def _told(row: Promise, token: Token) -> dict[str, Any]:
    return {
        "id": row.pk,
        "caller": row.caller,
        "client": row.client or None,
        "state": row.state,
        "reason": row.reason,
        "queue": row.queue or None,
        "owner": named(row.owner, token.clients) or None,
        "made_at": row.made_at,
        "missed_at": row.missed_at,
        "due_at": row.due_clock,
        "due_in_business_time": row.due_business,
        "ended_at": row.ended_at,
        "misses": row.misses,
        "tries": row.tries,
        "first_call": row.first_call,
    }


def _behind(cursor: str) -> Q:
    place, name = cursors.read(cursor)
    try:
        made_at, pk = from_micros(place), int(name)
    except (ValueError, OverflowError):
        pk = -1
        made_at = EPOCH
    if pk < 0 or pk >= 2**62 or not timedelta(0) <= made_at - EPOCH < timedelta(days=365 * 500):
        raise ProblemError(400, "cursor", "this is no cursor of promises; send 'next' unchanged")
    return Q(made_at__gt=made_at) | Q(made_at=made_at, pk__gt=pk)
