"""Whether this process lives, and whether it can do its work."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from everycall.web.connecting import live


def health(_request: HttpRequest) -> JsonResponse:
    """Tell that the process answers."""
    return JsonResponse({"status": "alive"})


def ready(_request: HttpRequest) -> JsonResponse:
    """Tell whether the records can be read and the data directory be written."""
    problems = []
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        problems.append(f"the records cannot be opened: {error}")
    if live.watch is None:
        problems.append(live.trouble or "the journal is being read")
    elif live.watch.journal.state.refuses:
        problems.append(f"nothing is taken in: {live.watch.journal.state.refuses}")
    if not _writable():
        problems.append(f"the data directory {settings.DATA} cannot be written")
    state = "ready" if not problems else "not ready"
    return JsonResponse({"status": state, "problems": problems}, status=503 if problems else 200)


def _writable() -> bool:
    probe = settings.DATA / ".probe"
    try:
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError:
        return False
    return True
