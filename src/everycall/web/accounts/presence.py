"""Where somebody is logged in, since when, and whether they are still there.

A session says by itself who it is of, and when somebody was last there: asked for a page, or had one
open that shows the live picture. It is written down at most once a minute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from everycall.records.models import Person
from everycall.web.guards import View

SELDOM = timedelta(minutes=1)
_SINCE, _SEEN, _BROWSER, _PLACE = "since", "seen", "browser", "place"


@dataclass(frozen=True, slots=True)
class Presence:
    """One place at which somebody is logged in."""

    key: str
    since: datetime | None
    seen: datetime | None
    browser: str
    place: str


def is_over(session: SessionBase, now: datetime) -> bool:
    """Tell whether nobody was there for longer than a session may rest."""
    seen = _moment(session.get(_SEEN))
    return bool(settings.IDLE) and seen is not None and now - seen > settings.IDLE


def is_there(session: SessionBase, now: datetime) -> bool:
    """Write down that somebody is there; tell whether there was something to write."""
    seen = _moment(session.get(_SEEN))
    if seen is not None and now - seen < SELDOM:
        return False
    session.setdefault(_SINCE, now.isoformat())
    session[_SEEN] = now.isoformat()
    return True


def attended(get_response: View) -> View:
    """Log out who was not there for too long, and write down who is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person):
            now = timezone.now()
            if is_over(request.session, now):
                logout(request)
            elif is_there(request.session, now):
                request.session[_BROWSER] = request.headers.get("User-Agent", "")[:200]
                request.session[_PLACE] = str(request.META.get("REMOTE_ADDR", ""))
        return get_response(request)

    return middleware


def presences(person: Person, now: datetime) -> list[Presence]:
    """Return where somebody is logged in, the latest first."""
    found = []
    for row in Session.objects.filter(expire_date__gt=now):
        session = row.get_decoded()
        if _is_of(session, person) and not is_over(session, now):  # type: ignore[arg-type]  # it is asked as one
            told = (str(session.get(name, "")) for name in (_BROWSER, _PLACE))
            found.append(
                Presence(
                    row.session_key,
                    _moment(session.get(_SINCE)),
                    _moment(session.get(_SEEN)),
                    *told,
                )
            )
    return sorted(found, key=lambda one: one.seen or now, reverse=True)


def end_others(person: Person, own: str | None, now: datetime) -> int:
    """Log somebody out everywhere but in their own session; returns at how many places."""
    others = [one.key for one in presences(person, now) if one.key != own]
    Session.objects.filter(session_key__in=others).delete()
    return len(others)


def _is_of(session: dict[str, object], person: Person) -> bool:
    said = str(session.get(HASH_SESSION_KEY, ""))
    mine = str(session.get(SESSION_KEY)) == str(person.pk)
    return mine and constant_time_compare(said, person.get_session_auth_hash())


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
