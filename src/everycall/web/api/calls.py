"""Calls for other programs: the same objects as `everycall calls --json`."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from everycall.app.answers.explaining import explain
from everycall.app.history.asking import Filter
from everycall.calls.outcomes import outcome_names
from everycall.clock import to_micros
from everycall.errors import NotFoundError, did_you_mean
from everycall.records.models import Token
from everycall.web.api import cursors
from everycall.web.api.keys import Key, as_allowed, key_of
from everycall.web.api.moments import Moment, micros
from everycall.web.problems import ProblemError
from everycall.web.reading import site_reader

router = Router(tags=["calls"])


class Wish(Schema):
    """Which calls are asked for."""

    since: Moment | None = Field(
        None, description="Arrived at this moment or later.", examples=["2026-11-01T00:00:00Z"]
    )
    until: Moment | None = Field(None, description="Arrived before this moment.")
    outcome: list[str] = Field([], description="Only these outcomes.", examples=[["answered"]])
    queue: list[str] = Field([], description="Only calls that entered one of these queues.")
    caller: list[str] = Field([], description="Only calls of these numbers, as E.164.")
    limit: int = Field(100, ge=1, le=1000, description="How many to give at most.", examples=[50])
    cursor: str = Field("", max_length=500, description="The 'next' of the page before.")


CallId = Annotated[str, Path(description="The id of a call.", examples=["1700000000.1"])]


class Page(Schema):
    """Some calls, in order of arrival, and where to go on."""

    calls: list[dict[str, Any]]
    next: str | None = Field(description="Send it as `cursor` to get more; null at the end.")


@router.get("/calls", auth=Key("calls:read"), response=Page, summary="Calls in order of arrival")
def calls(request: HttpRequest, wish: Annotated[Wish, Query()]) -> dict[str, Any]:
    """Give the calls that were asked for, a page at a time; unknown is null."""
    _check_outcomes(wish.outcome)
    with site_reader().asking() as asking:
        after = cursors.read(wish.cursor) if wish.cursor else None
        found = list(asking.calls(_filter(wish, after, key_of(request))))
    more = len(found) > wish.limit
    found = found[: wish.limit]
    given = as_allowed(found, key_of(request))
    return {"calls": given, "next": cursors.write(*_place(found[-1])) if more else None}


def _filter(wish: Wish, after: tuple[int, str] | None, token: Token) -> Filter:
    return Filter(
        since=micros(wish.since),
        after=after,
        until=micros(wish.until),
        outcomes=tuple(wish.outcome),
        queues=tuple(wish.queue),
        callers=tuple(wish.caller),
        clients=tuple(token.clients),
        limit=wish.limit + 1,
    )


def _place(call: dict[str, Any]) -> tuple[int, str]:
    return to_micros(datetime.fromisoformat(call["arrived_at"])), call["call_id"]


def _check_outcomes(outcomes: list[str]) -> None:
    known = outcome_names()
    for outcome in outcomes:
        if outcome not in known:
            hint = did_you_mean(outcome, known) or ""
            raise ProblemError(400, "outcome", f"there is no outcome '{outcome}'{hint}")


@router.get(
    "/calls/{path:call_id}",
    auth=Key("calls:read"),
    response=dict[str, Any],
    summary="One call",
)
def one(request: HttpRequest, call_id: CallId) -> dict[str, Any]:
    """Give one call with its story, its outcome's rule and what was unseen."""
    token = key_of(request)
    with site_reader().asking() as asking:
        try:
            told = explain(asking, call_id, site_reader().settings())
        except NotFoundError as error:
            raise ProblemError(404, "not-found", str(error)) from None
    if token.clients and told["client"] not in token.clients:
        raise ProblemError(404, "not-found", f"there is no call '{call_id}'")
    found: dict[str, Any] = as_allowed(told, token)
    return found
