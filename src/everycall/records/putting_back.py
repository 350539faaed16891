"""When the clock has been put back: what waits for a moment waits no longer than it was meant to."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from everycall.records.alerts import Alert
from everycall.records.crm import CrmItem
from everycall.records.jobs import Job
from everycall.records.promises import Promise
from everycall.records.tries import PromiseTry

SLACK = timedelta(seconds=5)
"""Clocks are put right by so much all the time."""


def put_back(by: timedelta, now: datetime) -> int:
    """Move moments back with the clock; returns how many rows.

    What is moved by one process is not moved again by another: a moment to come that would be past
    then, or one that is past already, stays.
    """
    to_come = (
        (Job.objects.filter(failed_at=None), "run_at"),
        (Promise.objects.all(), "lease_until"),
        (PromiseTry.objects.filter(result=None), "lease_until"),
        (CrmItem.objects.filter(remote=""), "lease_until"),
    )
    moved = sum(_moved(rows, name, by, now - SLACK + by) for rows, name in to_come)
    return moved + _moved(Alert.objects.filter(closed_at=None), "opened_at", by, now + SLACK)


def _moved(rows: "models.QuerySet[Any]", name: str, by: timedelta, least: datetime) -> int:
    found = rows.filter(**{f"{name}__gte": least}).values_list("pk", name)
    return sum(
        rows.filter(**{"pk": pk, name: moment}).update(**{name: moment - by})
        for pk, moment in list(found)
    )


def made_ahead(now: datetime) -> int:
    """Let what was made by a clock that ran ahead be done now; returns how many jobs."""
    ahead = Job.objects.filter(failed_at=None, attempts=0, made_at__gt=now + SLACK)
    return ahead.filter(run_at__gt=now).update(run_at=now)
