"""What the records let go after a time, and when it was done last."""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet

from everycall.records import alerts, hooks, jobs
from everycall.records.alerts import Alert, Delivery
from everycall.records.erasing import erase_in, forget_addresses
from everycall.records.hooks import Telling
from everycall.records.promises import Promise
from everycall.records.texts import Text
from everycall.records.trail import Entry
from everycall.recovery import open_states

LISTENED = ("recording heard", "act: listen", "act: whisper", "act: barge")
"""What the trail calls it when somebody hears a talk."""

WISHES = frozenset({"OptOut"})
"""Tables of what callers wish; a wish is kept for as long as there is a number that it is of."""

LEASE = timedelta(hours=1)
"""Whoever began a night's work is done with it after so long, or dead."""

_OPEN = [state.value for state in open_states()]


class RetentionRun(models.Model):
    """One night's work: when it was begun and ended, and what went, by kind."""

    day = models.DateField(unique=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    gone = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return str(self.day)


def begin(day: date, now: datetime) -> RetentionRun | None:
    """Begin the work of a day; None if it is done, or somebody is at it."""
    try:
        with transaction.atomic():
            return RetentionRun.objects.create(day=day, begun_at=now)
    except IntegrityError:
        dead = RetentionRun.objects.filter(day=day, ended_at=None, begun_at__lt=now - LEASE)
        return RetentionRun.objects.get(day=day) if dead.update(begun_at=now) else None


# ---- what is old


def listening(before: datetime) -> "QuerySet[Entry]":
    """Return the entries of the trail that say who listened."""
    return Entry.objects.filter(action__in=LISTENED, at__lt=before)


def deliveries(before: datetime) -> "tuple[QuerySet[Delivery], QuerySet[Telling]]":
    """Return what was said, as far as nothing more can come of it."""
    said = Delivery.objects.filter(made_at__lt=before, alert__closed_at__isnull=False)
    return said, Telling.objects.filter(made_at__lt=before)


def texts(before: datetime) -> "QuerySet[Text]":
    """Return texts of which the call back is over."""
    over = Q(promise=None) | Q(promise__ended_at__isnull=False)
    return Text.objects.filter(over, at__lt=before)


def tidy(now: datetime) -> None:
    """Take away what nothing can come of any more, whatever a site keeps."""
    Session.objects.filter(expire_date__lt=now).delete()
    for table in (alerts, hooks, jobs):
        table.forget(now)


# ---- numbers


def needed(before: datetime) -> set[str]:
    """Return the numbers of callers with whom something was, or is, since a moment."""
    lately = Q(missed_at__gte=before) | Q(ended_at__gte=before) | Q(state__in=_OPEN)
    owed = Promise.objects.filter(lately).values_list("caller", flat=True)
    told = Text.objects.filter(at__gte=before).values_list("number", flat=True)
    open_alerts = Alert.objects.filter(closed_at=None).values_list("caller", flat=True)
    return {*owed, *told, *open_alerts}


def forget_numbers(out_of: Callable[[str], str], but: Collection[str] = WISHES) -> int:
    """Take numbers out of every text of every record; returns how many were changed."""
    found: list[Any] = list(apps.get_app_config("records").get_models())
    with transaction.atomic():
        forget_addresses("", out_of)
        return sum(erase_in(model, "", out_of) for model in found if model.__name__ not in but)
