"""Numbers with a rule of their own: never called by themselves, or shared by several people."""

from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q

NEVER, SHARED = "never", "shared"
KINDS = (NEVER, SHARED)


class Standing(models.Model):
    """A rule for one number: who set it, when and why; one that was taken back stays on record.

    Attributes:
        client: the brand that it holds for; empty: all of them.
    """

    number = models.CharField(max_length=64, db_index=True)
    client = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10)
    who = models.CharField(max_length=120)
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["number", "client", "kind"],
                condition=Q(ended_at=None),
                name="one_rule_per_number_and_kind",
            )
        ]

    def __str__(self) -> str:
        return self.kind


def set_rule(rule: Standing) -> bool:
    """Keep a rule; False if it stands already."""
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def end_rule(pk: int, who: str, now: datetime) -> Standing | None:
    """Take a rule back; None if it does not stand."""
    ended = Standing.objects.filter(pk=pk, ended_at=None).update(ended_at=now, ended_by=who)
    return Standing.objects.get(pk=pk) if ended else None


def never_called() -> "models.QuerySet[Standing]":
    """Return the rules by which numbers are never called by themselves."""
    return Standing.objects.filter(kind=NEVER, ended_at=None)


def shared_by(client: str | None = None) -> list[str]:
    """Return the numbers that several people call from, of all brands or for one."""
    found = Standing.objects.filter(kind=SHARED, ended_at=None)
    if client is not None:
        found = found.filter(client__in={client, ""})
    return sorted(set(found.values_list("number", flat=True)))
