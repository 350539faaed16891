"""Asking for a call by a program: a shop's own form, a chat, an order that went wrong."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from everycall.errors import did_you_mean
from everycall.recovery.requested import number_to_ring
from everycall.web.api.keys import Key, key_of
from everycall.web.api.repeating import once
from everycall.web.problems import ProblemError
from everycall.web.reading import site_reader
from everycall.web.requesting import Wanted, offered, take

router = Router(tags=["promises"])

SCOPE = "callbacks:write"


class Asked(Schema):
    """A call that a customer asks for, who agreed to be called."""

    number: str = Field(
        max_length=40,
        description="The number to call, with its country or as it is dialled at the site.",
        examples=["+493023125001"],
    )
    client: str | None = Field(
        None, max_length=80, description="The brand that they ask, where the site has brands."
    )
    queue: str | None = Field(None, max_length=120, description="The queue that calls them.")
    language: str | None = Field(
        None, max_length=8, description="Theirs, as two letters.", examples=["de"]
    )
    at: datetime | None = Field(
        None,
        description="When they want it: one of the half hours of `GET /callback-requests/times`.",
    )
    about: str = Field(
        "",
        max_length=200,
        description="What it is about, for whoever calls.",
        examples=["order 1234"],
    )


class Owed(Schema):
    """The promise of a request."""

    promise: int
    joined: bool = Field(description="A call was owed to them already; this request joined it.")
    state: str
    due_at: datetime
    due_in_business_time: datetime | None
    at: datetime | None = Field(description="The half hour that they chose, if it was still free.")


class Times(Schema):
    """Half hours that a customer may choose."""

    times: list[datetime]


@router.post("/callback-requests", auth=Key(SCOPE), response=Owed, summary="Ask for a call")
@once
def request_callback(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Make the one promise to a customer, or join it; the page and the phone make the same one."""
    site, now, token = site_reader().settings(), timezone.now(), key_of(request)
    client = _client(asked.client, token.clients)
    number = number_to_ring(asked.number, site.region)
    if number is None:
        sentence = f"'{asked.number}' is no number that may be called; write it as +493023125001"
        raise ProblemError(422, "number", sentence)
    if asked.at is not None and asked.at not in offered(site, client, asked.queue or "", now):
        raise ProblemError(409, "time", "this time cannot be had any more; ask for the times again")
    wanted = Wanted(
        number, client, token.name, asked.queue or "", asked.language or "", asked.at, asked.about
    )
    answer = take(site, wanted, now)
    promise = answer.promise
    return {
        "promise": promise.pk,
        "joined": answer.joined,
        "state": promise.state,
        "due_at": _written(promise.due_clock),
        "due_in_business_time": _written(promise.due_business),
        "at": _written(promise.next_at if promise.next_at == asked.at else None),
    }


@router.get(
    "/callback-requests/times", auth=Key(SCOPE), response=Times, summary="Times to be called"
)
def times(request: HttpRequest, client: str = "", queue: str = "") -> dict[str, Any]:
    """Give the half hours that can be chosen; none where opening hours are unknown or slots are off."""
    site = site_reader().settings()
    brand = _client(client or None, key_of(request).clients)
    return {"times": offered(site, brand, queue, timezone.now())}


def _client(named: str | None, allowed: list[str]) -> str:
    """Return the brand that is meant; a key of one brand needs to name none."""
    known = list(site_reader().settings().clients)
    if named is None and len(allowed) == 1:
        return allowed[0]
    if named is None and not known:
        return ""
    if named is None or named not in known or (allowed and named not in allowed):
        mine = [name for name in known if not allowed or name in allowed]
        hint = did_you_mean(named or "", mine) or f" (known: {', '.join(mine) or 'none'})"
        raise ProblemError(400, "client", f"there is no client called '{named or ''}'{hint}")
    return named


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
