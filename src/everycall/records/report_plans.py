"""Reports that are sent by themselves: what, to whom, how often; and each time that one was due."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, models, transaction

from everycall.records.alerts import Channel
from everycall.records.jobs import enqueue

SEND = "report"
"""The job that makes and sends a report."""

TRIES = 6
"""So often a report is tried, over about two minutes, before somebody is told that it failed."""


class Every(StrEnum):
    """How often a report is sent."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Slot(NamedTuple):
    """A time at which a report is due: of which days, both included, and when it is sent."""

    first: date
    last: date
    due: datetime


class ReportPlan(models.Model):
    """A report that is sent by itself, as its maker may see it.

    Attributes:
        at: the local time at which it is sent, on the first day after what it covers.
        to: the addresses that it goes to.
        channel: the mail server.
        failures_to: who hears of it when one could not be sent.
        client: the brand that it is about; empty means whatever its maker may see.
    """

    name = models.CharField(max_length=80)
    every = models.CharField(max_length=8, choices=[(e.value, e.value) for e in Every])
    at = models.TimeField(default=time(7))
    to = models.JSONField(default=list)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8, default="pdf")
    client = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, blank=True)
    failures_to = models.ManyToManyField(Channel, blank=True, related_name="failures")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    made_at = models.DateTimeField(auto_now_add=True)
    is_on = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def latest(self, now: datetime, zone: ZoneInfo) -> Slot:
        """Return the last slot that was due."""
        today = now.astimezone(zone).date()
        slot = _slot(Every(self.every), today, self.at, zone)
        return slot if slot.due <= now else _slot(Every(self.every), slot.first, self.at, zone)


def _slot(every: Every, day: date, at: time, zone: ZoneInfo) -> Slot:
    """Return the slot that is due on a day, or on the last day before it on which one is."""
    after = day
    if every is Every.WEEK:
        after = day - timedelta(days=day.weekday())
    if every is Every.MONTH:
        after = day.replace(day=1)
    last = after - timedelta(days=1)
    first = last
    if every is Every.WEEK:
        first = after - timedelta(days=7)
    if every is Every.MONTH:
        first = last.replace(day=1)
    return Slot(first, last, datetime.combine(after, at, zone))


class ReportRun(models.Model):
    """One time that a report was due: there is one for each plan and slot, whatever happens."""

    plan = models.ForeignKey(ReportPlan, on_delete=models.CASCADE, related_name="runs")
    key = models.CharField(max_length=80, unique=True)
    first = models.DateField()
    last = models.DateField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-due_at", "-id"]

    def __str__(self) -> str:
        return self.key


def due(now: datetime, zone: ZoneInfo) -> list[ReportRun]:
    """Write down every slot that was due and is new; each is there once, whoever asks."""
    found = []
    for plan in ReportPlan.objects.filter(is_on=True, made_by__is_active=True):
        slot = plan.latest(now, zone)
        if slot.due >= plan.made_at and (run := _run(plan, slot)) is not None:
            found.append(run)
    return found


def _run(plan: ReportPlan, slot: Slot) -> ReportRun | None:
    key = f"{plan.pk}:{plan.every}:{slot.first}"
    if ReportRun.objects.filter(key=key).exists():
        return None
    try:
        with transaction.atomic():
            run = ReportRun.objects.create(
                plan=plan, key=key, first=slot.first, last=slot.last, due_at=slot.due
            )
            enqueue(SEND, key=f"report {key}", max_attempts=TRIES, run=run.pk)
    except IntegrityError:
        return None
    return run
