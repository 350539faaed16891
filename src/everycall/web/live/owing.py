"""Callers who are owed a call back, for the live picture: asked of the records now and then."""

from collections.abc import Sequence

from django.db import connections
from django.db.models import Count
from django.utils import timezone

from everycall.records.promises import Promise, is_late
from everycall.recovery.states import open_states
from everycall.web.live.boxes import Owed
from everycall.web.live.hub import hub


def owed_now() -> tuple[Owed, ...]:
    """Return how many are owed one, by brand and queue; no connection is kept."""
    try:
        return _counted()
    finally:
        connections.close_all()


def owed_for_page() -> Sequence[Owed] | None:
    """Return the same to who asks once and looks on by no stream: a page, a program."""
    return hub.fresh_owed(_counted)


def _counted() -> tuple[Owed, ...]:
    late = is_late(timezone.now())
    rows = (
        Promise.objects.filter(state__in=[state.value for state in open_states()])
        .order_by()
        .values_list("client", "queue")
        .annotate(callers=Count("id"), overdue=Count("id", filter=late))
    )
    return tuple(Owed(*row) for row in rows)
