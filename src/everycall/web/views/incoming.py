"""The doors through which cloud phone systems post: whoever knocks is known by signature or token.

An answer of 200 says that the message is on the disk. A message that somebody listened in on and sends
again changes nothing: what says when it was sent is refused after a day, and the same message twice is
told once.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from everycall.errors import NotTakenError
from everycall.records.connections import Connection
from everycall.records.permits import StoredPermits
from everycall.sources.everycall_events import LONGEST
from everycall.telephony.twilio import answered
from everycall.telephony.twilio_words import NOTHING
from everycall.web.phones.kinds import POSTING
from everycall.web.phones.taking import door
from everycall.web.views.incoming_records import KINDS as RECORDS
from everycall.web.views.incoming_records import take_records
from everycall.wire.secret import is_secret
from everycall.wire.twilio import is_signed

_PERMITS = StoredPermits()

AGAIN = 10
"""After so many seconds a message may be sent again that the disk refused."""

WINDOW = timedelta(days=1)
"""So far from now may be what a message says of its time: nobody keeps trying for longer."""


@csrf_exempt  # programs post here; each is known by its signature or its token
@require_POST
def take(request: HttpRequest, name: str) -> HttpResponse:
    """Take one message of a connected phone system."""
    row = Connection.objects.filter(name=name, kind__in=POSTING, removed_at=None).first()
    if row is None:
        return HttpResponse("there is no such connection", status=404)
    return take_records(row, request) if row.kind in RECORDS else _take_message(row, request)


def _take_message(row: Connection, request: HttpRequest) -> HttpResponse:
    if len(request.body) > LONGEST:
        return HttpResponse(f"a message may have {LONGEST} bytes", status=413)
    question = request.headers.get("Validation-Token")
    if row.kind == "ringcentral" and question and not request.body:
        # RingCentral asks whether somebody is here before it begins
        return HttpResponse(headers={"Validation-Token": question})
    message, why_not = _heard(row, request)
    if why_not:
        return HttpResponse(why_not, status=403)
    if row.kind == "twilio":
        message |= _of_a_try(request)
    try:
        door.take(row.kind, [json.dumps(message, separators=(",", ":"), ensure_ascii=False)])
    except NotTakenError as error:
        return HttpResponse(str(error), status=503, headers={"Retry-After": str(AGAIN)})
    if row.kind == "twilio":
        return HttpResponse(_next_step(message, row.name), content_type="text/xml")
    return HttpResponse()


Message = dict[str, Any]


def _heard(row: Connection, request: HttpRequest) -> "tuple[Message, str]":
    """Return a message, and why it is refused, if it is."""
    message = _READERS[row.kind](request, row.given().get("secret", ""))
    if message is None:
        return {}, "the signature or the token is wrong"
    late = _is_out_of_time(_MOMENTS[row.kind](message))
    return message, "the message is not of the last day" if late else ""


def _is_out_of_time(sent_at: datetime | None) -> bool:
    return sent_at is not None and abs(timezone.now() - sent_at) > WINDOW


def _of_a_try(request: HttpRequest) -> Message:
    """Return what the address says of a call back that we asked for, and whom it is for."""
    permit = _PERMITS.find(request.GET.get("try", ""))
    if permit is None:
        return {}
    step = request.GET.get("step", "")
    return {"Try": permit.id, "Customer": permit.number, **({"Step": step} if step else {})}


def _next_step(message: Message, name: str) -> str:
    """Return what Twilio is to do now: in a call back of ours it asks, else nothing."""
    if not message.get("Try"):
        return NOTHING
    at_our = f"{settings.ADDRESS}{reverse('incoming', args=[name])}"
    return answered(_PERMITS, name, message, at_our)


def _twilio(request: HttpRequest, secret: str) -> Message | None:
    form = {name: request.POST.getlist(name) for name in request.POST}
    address = f"{settings.ADDRESS}{request.get_full_path()}"
    if not is_signed(secret, address, form, request.headers.get("X-Twilio-Signature")):
        return None
    received_at = timezone.now().astimezone(UTC).isoformat()
    return {**{name: values[-1] for name, values in form.items()}, "ReceivedAt": received_at}


def _aircall(request: HttpRequest, secret: str) -> Message | None:
    found = _object(request)
    if found is None or not is_secret(secret, str(found.pop("token", ""))):
        return None
    return found


def _ringcentral(request: HttpRequest, secret: str) -> Message | None:
    if not is_secret(secret, request.headers.get("Verification-Token", "")):
        return None
    return _object(request)


def _object(request: HttpRequest) -> Message | None:
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _timestamp(message: Message) -> datetime | None:
    """Return when Twilio sent a status callback; its other forms do not say, and are told once each."""
    try:
        found = parsedate_to_datetime(str(message["Timestamp"]))
    except (KeyError, ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _seconds(message: Message) -> datetime | None:
    """Return when Aircall sent a message."""
    said = message.get("timestamp")
    try:
        return None if said is None else datetime.fromtimestamp(float(said), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _iso(message: Message) -> datetime | None:
    """Return when RingCentral sent a message."""
    try:
        found = datetime.fromisoformat(str(message.get("timestamp")))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_READERS: dict[str, Callable[[HttpRequest, str], Message | None]] = {
    "aircall": _aircall,
    "ringcentral": _ringcentral,
    "twilio": _twilio,
}

_MOMENTS: dict[str, Callable[[Message], datetime | None]] = {
    "aircall": _seconds,
    "ringcentral": _iso,
    "twilio": _timestamp,
}
