"""CRMs that are connected, and what we made in each of them."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from everycall.errors import BusyError
from everycall.records.promises import Promise
from everycall.records.sealed import SealedSettings
from everycall.recovery.contacts import Claim

AFTERWARDS = timedelta(days=30)
"""A deal that was won within so long after a call back is said to follow from it."""

LEASE = timedelta(minutes=2)
"""So long a claim is somebody's; over there, a search may be behind for less than this."""


class CrmAccount(SealedSettings):
    """One CRM: its kind, its settings, which are sealed, and whose calls it gets.

    Attributes:
        client: the brand whose calls go there; empty: all.
    """

    kind = models.CharField(max_length=20)
    client = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.client}".strip()


class CrmItem(models.Model):
    """Something that was made in a CRM, or that somebody is about to make."""

    account = models.ForeignKey(CrmAccount, on_delete=models.CASCADE, related_name="items")
    mark = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    remote = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField()
    promise = models.BigIntegerField(null=True, db_index=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "mark"], name="one_thing_per_mark")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote}"


class WonDeal(models.Model):
    """What a contact bought, as its CRM says; tied to the caller where we know them."""

    account = models.ForeignKey(CrmAccount, on_delete=models.CASCADE, related_name="deals")
    remote = models.CharField(max_length=80)
    caller = models.CharField(max_length=64, blank=True, db_index=True)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, blank=True)
    won_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "remote"], name="one_row_per_deal")
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.currency}".strip()


@dataclass(frozen=True, slots=True)
class Won:
    """What callers bought after we called them back, in one currency."""

    currency: str
    value: Decimal
    deals: int


def won_after(kept: "models.QuerySet[Promise]") -> list[Won]:
    """Return what the callers of kept promises bought afterwards; each deal counts once."""
    ended = dict(
        kept.exclude(ended_at=None).order_by("-ended_at").values_list("caller", "ended_at")
    )
    sums: dict[str, list[Decimal]] = {}
    for deal in WonDeal.objects.filter(caller__in=ended):
        since = ended[deal.caller]
        if since is not None and since <= deal.won_at <= since + AFTERWARDS:
            sums.setdefault(deal.currency, []).append(deal.value)
    return [Won(name, sum(values, Decimal()), len(values)) for name, values in sorted(sums.items())]


class StoredMarks:
    """The marks of one CRM; a claim is one row, and a constraint keeps it single."""

    def __init__(self, account: CrmAccount, promise: int | None = None) -> None:
        self._account = account
        self._promise = promise

    def claim(self, mark: str, kind: str) -> Claim:
        """Claim the making of a thing.

        Raises:
            BusyError: somebody else is at it.
        """
        now = timezone.now()
        told = {"kind": kind, "lease_until": now + LEASE}
        if kind == "task":
            told["promise"] = self._promise
        try:
            with transaction.atomic():
                CrmItem.objects.create(account=self._account, mark=mark, **told)
        except IntegrityError:
            return self._again(mark)
        return Claim(None, left=False)

    def _again(self, mark: str) -> Claim:
        now = timezone.now()
        mine = CrmItem.objects.filter(
            account=self._account, mark=mark, remote="", lease_until__lte=now
        ).update(lease_until=now + LEASE)
        if mine:
            return Claim(None, left=True)
        found = CrmItem.objects.filter(account=self._account, mark=mark).first()
        if found is None or not found.remote:
            raise BusyError("the same thing is being made in the CRM at this moment")
        return Claim(found.remote, left=False)

    def keep(self, mark: str, made: str) -> None:
        """Note what was made."""
        CrmItem.objects.filter(account=self._account, mark=mark).update(remote=made)

    def drop(self, mark: str) -> None:
        """Give a claim back: nothing was made."""
        CrmItem.objects.filter(account=self._account, mark=mark, remote="").delete()
