"""Listening to what was recorded: by right only, and every time on record."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from everycall.app.history.asking import Filter
from everycall.app.keeping.recordings import recordings
from everycall.errors import NotFoundError
from everycall.quality.recordings import Kept
from everycall.records.connections import Connection
from everycall.records.roles import Right
from everycall.records.trail import Entry, note
from everycall.web.guards import needs, person_of
from everycall.web.handing_out import PieceByPiece
from everycall.web.reading import site_reader
from everycall.web.scope import may_see
from everycall.wire.fetching import fetch

HEARD = "recording heard"
ONE_LISTENING = timedelta(hours=1)
"""Whoever asks for a later part within so long goes on listening, and does not begin."""

PIECE = 1 << 18
"""So much of a file is in memory at once where the whole is asked for."""

PART = 8_000_000
"""So much of a file is given at once to who asks for a part of it; a player asks for the next one."""


def kept_of(request: HttpRequest, call_id: str) -> list[Kept]:
    """Return what may be played of a call.

    Raises:
        Http404: there is no such call, or it is not theirs to see.
    """
    person = person_of(request)
    with site_reader().asking() as asking:
        found = list(asking.calls(Filter(call_ids=(call_id,), limit=1), evidence=False))
        if not found or not may_see(found[0], person):
            raise Http404
        return recordings(asking, found[0], site_reader().settings().recordings)


@needs(Right.HEAR_RECORDINGS)
def play(request: HttpRequest, call_id: str, number: int) -> Any:  # Django has two kinds of answer
    """Play one recording of a call."""
    return _played(request, call_id, number, kept_of(request, call_id))


@needs(Right.WORK_CALLBACKS)
def message(request: HttpRequest, call_id: str, number: int) -> Any:  # as above
    """Play a message that a caller left for whoever calls back; talks are not among them."""
    found = kept_of(request, call_id)
    if not 0 <= number < len(found) or not found[number].message:
        raise Http404
    return _played(request, call_id, number, found)


def _played(request: HttpRequest, call_id: str, number: int, found: list[Kept]) -> HttpResponseBase:
    if not 0 <= number < len(found):
        raise Http404
    kept = found[number]
    _on_record(request, call_id, number)
    if kept.where.startswith("https://"):
        return _fetched(kept)
    return _file(request, kept)


def _on_record(request: HttpRequest, call_id: str, number: int) -> None:
    """Write down that somebody listens; the parts that a player asks for are one listening."""
    person, since = person_of(request), timezone.now() - ONE_LISTENING
    begins = request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
    same = Entry.objects.filter(
        person=person, action=HEARD, about=call_id, details__number=number, at__gt=since
    )
    if begins or not same.exists():
        note(person, HEARD, call_id, number=number)


def _file(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    """Return a file, or the part of it that a player asks for."""
    size = Path(kept.where).stat().st_size
    asked = re.fullmatch(r"bytes=([0-9]{1,15})-([0-9]{0,15})", request.headers.get("Range", ""))
    if asked is None:
        headers = {"Accept-Ranges": "bytes", "Content-Length": str(size)}
        return PieceByPiece(_pieces(kept.where, size), content_type=kept.sound, headers=headers)
    first = int(asked[1])
    last = min(int(asked[2] or size - 1), size - 1, first + PART - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with Path(kept.where).open("rb") as file:
        file.seek(first)
        part = file.read(last - first + 1)
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Accept-Ranges": "bytes"}
    return HttpResponse(part, status=206, content_type=kept.sound, headers=headers)


def _pieces(where: str, left: int) -> Iterator[bytes]:
    """Yield a file as far as it went when it was looked at: it may still be written."""
    with Path(where).open("rb") as file:
        while piece := file.read(min(PIECE, left)):
            left -= len(piece)
            yield piece


def _fetched(kept: Kept) -> HttpResponseBase:
    """Return what lies at a cloud phone system; the browser never speaks to another host."""
    try:
        found = fetch(*_opened(kept.where))
    except NotFoundError:
        return HttpResponse(_("The phone system does not give the recording out now."), status=502)
    return PieceByPiece(found, content_type=kept.sound)


def _opened(address: str) -> tuple[str, tuple[str, str] | None]:
    """Return where a recording is fetched from, and with which key.

    Raises:
        Http404: no connected phone system keeps recordings there.
    """
    for row in Connection.objects.filter(kind="twilio", removed_at=None):
        given = row.given()
        if given.get("account") and address.startswith(f"{given['recordings']}/"):
            return f"{address.removesuffix('.mp3')}.mp3", (given["account"], given["secret"])
    for row in Connection.objects.filter(kind="aircall", removed_at=None):
        if address.startswith(
            tuple(f"{one}/" for one in row.given().get("recordings", "").split())
        ):
            return address, None
    raise Http404
