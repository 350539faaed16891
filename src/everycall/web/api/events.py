"""Taking events in: whatever is answered with 200 is on the disk, and comes once."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from everycall.errors import NotTakenError, did_you_mean
from everycall.sources.everycall_events import LONGEST, read_event
from everycall.web.api.keys import Key
from everycall.web.api.problems import ProblemError
from everycall.web.connecting import POSTED
from everycall.web.taking import door

router = Router(tags=["events"])

MOST = 10_000
"""A batch may hold so many records."""


class Batch(Schema):
    """Records of one source, in the order in which they were said."""

    source: str = Field("everycall_events", description=f"Whose records: {', '.join(POSTED)}.")
    events: list[dict[str, Any]] = Field(description=f"At most {MOST} records.")


class Taken(Schema):
    """What became of a batch; every record of it is on the disk."""

    taken: int = Field(description="Records that are new.")
    known: int = Field(description="Records that had been taken before; sending again is safe.")


@router.post("/events", auth=Key("events:write"), response=Taken, summary="Take events in")
def events(request: HttpRequest, batch: Batch, response: HttpResponse) -> dict[str, int]:
    """Take a batch of events, all or none."""
    try:
        receipt = door.take(batch.source, _checked(batch))
    except NotTakenError as error:
        raise _later(str(error)) from None
    return {"taken": len(receipt.fresh), "known": receipt.known}


def _later(why: str) -> ProblemError:
    return ProblemError(503, "not-taken", f"{why}; nothing of it counts as taken: send it again")


def _checked(batch: Batch) -> list[str]:
    """Return the records as text; refuse the whole batch if any cannot be."""
    if batch.source not in POSTED:
        hint = did_you_mean(batch.source, POSTED) or f" (known: {', '.join(POSTED)})"
        raise ProblemError(400, "source", f"no records of '{batch.source}' are taken here{hint}")
    if len(batch.events) > MOST:
        raise ProblemError(413, "too-many", f"{len(batch.events)} records; {MOST} are the most")
    bodies = [json.dumps(item, separators=(",", ":"), ensure_ascii=False) for item in batch.events]
    for number, body in enumerate(bodies):
        if len(body) > LONGEST:
            sentence = f"record {number} has {len(body)} characters; {LONGEST} are the most"
            raise ProblemError(413, "too-long", sentence)
    if batch.source == "everycall_events":
        _check_events(batch.events)
    return bodies


def _check_events(found: list[dict[str, Any]]) -> None:
    wrong = []
    for number, item in enumerate(found):
        try:
            read_event(item)
        except ValueError as error:
            wrong.append({"record": number, "says": str(error)})
    if wrong:
        sentence = f"record {wrong[0]['record']}: {wrong[0]['says']}; nothing was taken"
        raise ProblemError(422, "events", sentence, errors=wrong[:100])
