"""Live records that could not be read: why, how many, and reading them again after a fix."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from everycall.app.intake.unread import Kept, Replayer, kept
from everycall.clock import from_micros
from everycall.errors import EverycallError
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.wording.writing import masked

PAGE = 100

_DIGITS = re.compile(r"\+?\d(?:[ ()/-]?\d){4,}")
"""What may be a number: nobody knows where one stands in a record that cannot be read."""


@dataclass(slots=True)
class OfSource:
    """What could not be read of one source."""

    source: str
    count: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    newest: datetime | None = None


@needs(Right.SET_UP)
def unread(request: HttpRequest) -> HttpResponse:
    """List what could not be read, its numbers masked."""
    return _page(request, whole=False)


@require_POST
@needs(Right.SET_UP)
def reveal(request: HttpRequest) -> HttpResponse:
    """List it with its numbers; that is put on record."""
    person = person_of(request)
    if not person.may(Right.REVEAL_NUMBERS):
        raise PermissionDenied
    note(person, "unread records revealed", request.GET.get("page", "1"))
    return _page(request, whole=True)


@require_POST
@needs(Right.SET_UP)
def again(request: HttpRequest) -> HttpResponse:
    """Read them again."""
    reader = site_reader()
    try:
        done = Replayer(reader.history, reader.settings()).replay()
    except EverycallError as error:
        messages.error(request, str(error))
        return redirect("unread")
    read, still = (sum(getattr(one, name) for one in done.values()) for name in ("read", "still"))
    note(person_of(request), "unread records read again", "", read=read, still=still)
    said = [
        ngettext("%(n)d record was read.", "%(n)d records were read.", read) % {"n": read},
        ngettext("%(n)d still cannot be.", "%(n)d still cannot be.", still) % {"n": still},
    ]
    messages.success(request, " ".join(said))
    return redirect("unread")


def _page(request: HttpRequest, *, whole: bool) -> HttpResponse:
    found = kept(site_reader().history)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "web/unread.html",
        {
            "sources": _by_source(found),
            "page": page,
            "records": [_shown(one, whole=whole) for one in page],
            "whole": whole,
            "may_reveal": person_of(request).may(Right.REVEAL_NUMBERS),
        },
    )


def _by_source(found: Iterable[Kept]) -> Sequence[OfSource]:
    sources: dict[str, OfSource] = {}
    for one in found:
        of = sources.setdefault(one.source, OfSource(one.source))
        of.count += 1
        of.reasons[_reason(one)] = of.reasons.get(_reason(one), 0) + 1
        of.newest = of.newest or from_micros(one.received_at)
    return list(sources.values())


def _reason(one: Kept) -> str:
    reasons = {
        "torn": _("it breaks off"),
        "bad_time": _("its moment is none"),
        "bad_encoding": _("its signs are none"),
        "too_few_fields": _("fields are missing"),
        "too_many_fields": _("it has too many fields"),
        "bad_value": _("a value is wrong"),
        "not_json": _("it is no JSON"),
        "too_long": _("it is too long"),
        "no_call_id": _("it names no call"),
        "no_call": _("it belongs to no call"),
    }
    return reasons.get(one.reason, one.reason)


def _shown(one: Kept, *, whole: bool) -> dict[str, Any]:
    return {
        "at": from_micros(one.received_at),
        "source": one.source,
        "feed": one.feed,
        "reason": _reason(one),
        "detail": one.detail if whole else hidden(one.detail),
        "body": one.body if whole else hidden(one.body),
    }


def hidden(text: str) -> str:
    """Return a text with everything masked that may be a number of a caller."""
    return _DIGITS.sub(lambda found: masked(found[0]), text)
