"""The doors for call records: FreeSWITCH's mod_json_cdr, Amazon Connect by Firehose or EventBridge.

Whoever knocks shows a password. A record that nobody can read is taken, too: it is kept with its reason.
"""

import binascii
import json
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, JsonResponse

from everycall.errors import NotTakenError
from everycall.records.connections import Connection
from everycall.sources.everycall_events import LONGEST
from everycall.web.phones.taking import door
from everycall.wire.secret import is_secret

MOST = 10_000
"""A message may hold so many records."""

AGAIN = 10
"""After so many seconds a message may be sent again that the disk refused."""

_REQUEST = "X-Amz-Firehose-Request-Id"
_ACCESS_KEY = "X-Amz-Firehose-Access-Key"


class _UnreadableError(Exception):
    """What was posted is no message of this phone system."""


def take_records(row: Connection, request: HttpRequest) -> HttpResponse:
    """Take the records that a message of a phone system holds."""
    if not _is_known(row, request):
        answer = _answer(request, 401, "the user or the password is wrong")
        # who may show a password in several ways waits to be asked for it
        answer["WWW-Authenticate"] = 'Basic realm="everycall"'
        return answer
    try:
        bodies = list(KINDS[row.kind](request))
    except _UnreadableError as error:
        return _answer(request, 400, str(error))
    if len(bodies) > MOST:
        return _answer(request, 413, f"a message may hold {MOST} records")
    if any(len(body.encode(errors="replace")) > LONGEST for body in bodies):
        return _answer(request, 413, f"a record may have {LONGEST} bytes")
    try:
        door.take(row.kind, bodies)
    except NotTakenError as error:
        refused = _answer(request, 503, str(error))
        refused["Retry-After"] = str(AGAIN)
        return refused
    return _answer(request, 200, "")


def _answer(request: HttpRequest, status: int, says: str) -> HttpResponse:
    """Answer in words, or as Firehose wants to be answered."""
    asked = request.headers.get(_REQUEST)
    if asked is None:
        return HttpResponse(says, status=status, content_type="text/plain")
    told = {"requestId": asked, "timestamp": int(time.time() * 1000)}
    return JsonResponse(told | ({"errorMessage": says} if says else {}), status=status)


def _is_known(row: Connection, request: HttpRequest) -> bool:
    secret = str(row.given().get("secret", ""))
    if row.kind == "amazon_connect" and _ACCESS_KEY in request.headers:
        return is_secret(secret, request.headers[_ACCESS_KEY])
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = b64decode(text).decode().partition(":")
    except ValueError:
        return False
    return scheme.lower() == "basic" and user == row.name and is_secret(secret, password)


# ---- what is in a message


def _freeswitch(request: HttpRequest) -> Iterator[str]:
    """Yield the record of one leg, whichever way the module was told to write it."""
    kind = (request.content_type or "").lower()
    text = request.body.decode(errors="replace")
    if kind == "application/x-www-form-urlencoded":
        text = unquote_plus(text.removeprefix("cdr="))
    elif kind == "application/x-www-form-base64-encoded":
        text = _decoded(text.removeprefix("cdr="))
    found = _parsed(text)
    if found is None:
        raise _UnreadableError('this is no JSON; in json_cdr.conf.xml set "encode" to "false"')
    yield from map(_written, found if isinstance(found, list) else [found])


def _amazon_connect(request: HttpRequest) -> Iterator[str]:
    """Yield the records of a delivery by Firehose, or what EventBridge or a program posts."""
    if request.headers.get("Content-Encoding"):
        raise _UnreadableError("send it as it is: choose no content encoding")
    found = _parsed(request.body.decode(errors="replace"))
    if found is None:
        raise _UnreadableError("this is no JSON")
    if _REQUEST not in request.headers:
        yield from map(_written, found if isinstance(found, list) else [found])
        return
    records = found.get("records") if isinstance(found, dict) else None
    for record in records if isinstance(records, list) else ():
        data = record.get("data") if isinstance(record, dict) else None
        yield from _each(_decoded(str(data)) or str(data))


def _each(text: str) -> Iterator[str]:
    """Yield the objects that stand one after the other in a text; what is none is yielded as text."""
    decoder = json.JSONDecoder()
    rest = text.strip()
    while rest:
        try:
            found, end = decoder.raw_decode(rest)
        except (ValueError, RecursionError):
            yield _written(rest)
            return
        yield _written(found)
        rest = rest[end:].lstrip()


def _decoded(text: str) -> str:
    try:
        return b64decode(text).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""


def _parsed(text: str) -> Any:
    """Return what a text says; None if it is no JSON of objects."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _written(found: Any) -> str:
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


KINDS: dict[str, Callable[[HttpRequest], Iterator[str]]] = {
    "amazon_connect": _amazon_connect,
    "freeswitch": _freeswitch,
}
"""The phone systems that post records of calls, by the kind of their connection."""
