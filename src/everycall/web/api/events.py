"""Taking events in: whatever is answered with 200 is on the disk, and comes once."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from everycall.errors import NotTakenError, did_you_mean
from everycall.sources.everycall_events import LONGEST, read_event
from everycall.web.api import limits
from everycall.web.api.keys import SENDS, Key, key_of
from everycall.web.api.repeating import once
from everycall.web.phones.kinds import POSTED
from everycall.web.phones.taking import door
from everycall.web.problems import ProblemError

router = Router(tags=["events"])

MOST = 10_000
"""A batch may hold so many records."""


AGAIN = 10
"""After so many seconds a batch may be sent again that the disk refused."""

EXAMPLE = [
    {
        "at": "2026-11-02T09:00:05Z",
        "kind": "call.arrived",
        "call_id": "a1",
        "direction": "inbound",
        "caller": "+493023125001",
        "called": "+493023125100",
    },
    {"at": "2026-11-02T09:00:07Z", "kind": "queue.entered", "call_id": "a1", "queue": "sales"},
]


class Batch(Schema):
    """Records of one source, in the order in which they were said."""

    source: str = Field(
        "everycall_events",
        description=f"Whose records: {', '.join(POSTED)}.",
        examples=["everycall_events"],
    )
    events: list[dict[str, Any]] = Field(
        description=f"At most {MOST} records, each of at most {LONGEST} bytes.",
        examples=[EXAMPLE],
    )


class Taken(Schema):
    """What became of a batch; every record of it is on the disk."""

    taken: int = Field(description="Records that are new.")
    known: int = Field(description="Records that had been taken before; sending again is safe.")


@router.post("/events", auth=Key(SENDS), response=Taken, summary="Take events in")
@once
def events(request: HttpRequest, batch: Batch) -> dict[str, int]:
    """Take a batch of events, all or none."""
    bodies = _checked(batch)
    limits.spend(limits.records, key_of(request).prefix, len(bodies), "records")
    try:
        receipt = door.take(batch.source, bodies)
    except NotTakenError as error:
        raise _later(str(error)) from None
    return {"taken": len(receipt.fresh), "known": receipt.known}


def _later(why: str) -> ProblemError:
    sentence = f"{why}; nothing of it counts as taken: send it again"
    return ProblemError(503, "not-taken", sentence, again_after=AGAIN)


def _checked(batch: Batch) -> list[str]:
    """Return the records as text; refuse the whole batch if any cannot be."""
    if batch.source not in POSTED:
        hint = did_you_mean(batch.source, POSTED) or f" (known: {', '.join(POSTED)})"
        raise ProblemError(400, "source", f"no records of '{batch.source}' are taken here{hint}")
    if len(batch.events) > MOST:
        raise ProblemError(413, "too-many", f"{len(batch.events)} records; {MOST} are the most")
    bodies = [_written(number, item) for number, item in enumerate(batch.events)]
    for number, body in enumerate(bodies):
        size = len(body.encode(errors="replace"))
        if size > LONGEST:
            sentence = f"record {number} has {size} bytes; {LONGEST} are the most"
            raise ProblemError(413, "too-long", sentence)
    if batch.source == "everycall_events":
        _check_events(batch.events)
    return bodies


def _written(number: int, item: dict[str, Any]) -> str:
    try:
        return json.dumps(item, separators=(",", ":"), ensure_ascii=False)
    except RecursionError:
        sentence = f"record {number} is nested too deeply; nothing was taken"
        raise ProblemError(422, "events", sentence, errors=[]) from None


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
