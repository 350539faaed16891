"""Work to be done later, kept in the same database as what it belongs to.

A job is claimed by moving its time one lease ahead, in one guarded UPDATE: whoever changes the row
has it. Who dies in the middle loses the claim when the lease runs out, and the job runs again; so
whatever a job does must be safe to do twice.
"""

import random
import traceback
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from everycall.errors import EverycallError, LaterError

LEASE = timedelta(seconds=60)
GIVEN_UP = timedelta(days=30)
"""A job that was given up is kept for so long, for a person to look at or to try again."""

LONGEST_PAUSE = timedelta(hours=1)


class Job(models.Model):
    """One piece of work: what to call, with what, not before when, and how often it was tried."""

    func = models.CharField(max_length=120)
    args = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True, unique=True)
    run_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=8)
    error = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["run_at", "id"]

    def __str__(self) -> str:
        return f"{self.func} at {self.run_at:%Y-%m-%d %H:%M:%S}"


Work = Callable[..., None]


def enqueue(
    func: str,
    *,
    run_at: datetime | None = None,
    key: str | None = None,
    max_attempts: int = 8,
    **args: Any,
) -> bool:
    """Write a job down; it is done once the transaction is. False if its key is already there."""
    try:
        with transaction.atomic():
            Job.objects.create(
                func=func,
                args=args,
                key=key,
                run_at=run_at or timezone.now(),
                max_attempts=max_attempts,
            )
    except IntegrityError:
        return False
    return True


def claim(now: datetime, lease: timedelta = LEASE, of: Collection[str] | None = None) -> Job | None:
    """Take the next job that is due; None if there is none. A claim ends with its lease.

    Args:
        now: the present moment.
        lease: how long the claim holds.
        of: the kinds of job that are taken; null takes any.
    """
    while True:
        due = Job.objects.filter(run_at__lte=now, failed_at=None)
        job = (due if of is None else due.filter(func__in=list(of))).first()
        if job is None:
            return None
        mine = Job.objects.filter(pk=job.pk, run_at=job.run_at, attempts=job.attempts).update(
            run_at=now + lease, attempts=job.attempts + 1
        )
        if mine:
            job.refresh_from_db()
            return job


def run_one(work: dict[str, Work], now: datetime, lease: timedelta = LEASE) -> bool:
    """Do the next job that is due and that this work knows; False if there is none."""
    job = claim(now, lease, of=work)
    if job is None:
        return False
    try:
        work[job.func](**job.args)
    except Exception as error:  # noqa: BLE001  whatever a job raises is kept with it, and tried again
        _failed(job, error, now)
    else:
        job.delete()
    return True


def is_hopeless(error: Exception) -> bool:
    """Tell whether to try again would end the same way, so that a job is given up at once."""
    return isinstance(error, EverycallError) and not error.retry


def _failed(job: Job, error: Exception, now: datetime) -> None:
    ours = isinstance(error, EverycallError)
    told = str(error) if ours else "".join(traceback.format_exception_only(error)).strip()
    given_up = is_hopeless(error) or job.attempts >= job.max_attempts
    Job.objects.filter(pk=job.pk, attempts=job.attempts).update(
        error=told[:2000], run_at=now + _pause(job, error), failed_at=now if given_up else None
    )


def forget(now: datetime) -> None:
    """Take away jobs that were given up long ago."""
    Job.objects.filter(failed_at__lt=now - GIVEN_UP).delete()


def _pause(job: Job, error: Exception) -> timedelta:
    """Return how long to wait: twice as long each time, and never less than we are asked to."""
    pause = min(timedelta(seconds=2**job.attempts), LONGEST_PAUSE)
    if isinstance(error, LaterError):
        pause = max(pause, error.after)
    return pause * random.uniform(1, 1.4)  # noqa: S311  many that failed together do not return together
