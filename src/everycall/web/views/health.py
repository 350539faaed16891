"""Whether this process lives, and whether it can do its work."""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from everycall.web.phones.connecting import live
from everycall.web.phones.taking import door

TAKES = ("all", "web", "ingest")
"""The parts of everycall that take calls in; `work` does not."""


def health(_request: HttpRequest) -> JsonResponse:
    """Tell that the process answers."""
    return JsonResponse({"status": "alive", "part": settings.PART})


def ready(_request: HttpRequest) -> JsonResponse:
    """Tell whether the records can be read and the data directory be written."""
    problems = list(_problems())
    state = "ready" if not problems else "not ready"
    answer = {"status": state, "part": settings.PART, "problems": problems, "says": _says()}
    return JsonResponse(answer, status=503 if problems else 200)


def _problems() -> Iterator[str]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield f"the records cannot be opened: {type(error).__name__}"
    refuses = door.refuses() if settings.PART in TAKES else None
    if refuses:
        yield f"nothing is taken in: {refuses}"
    if not _writable():
        yield f"the data directory {settings.DATA} cannot be written"


def _says() -> list[str]:
    """Return what is wrong and does not keep this process from its work."""
    health = live.health()
    return list(health.troubles) if health else [live.trouble] if live.trouble else []


def _writable() -> bool:
    probe = settings.DATA / ".probe"
    try:
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError:
        return False
    return True
