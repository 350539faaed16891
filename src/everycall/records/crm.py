"""CRMs that are connected, and what we made in each of them."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from everycall.clock import to_micros
from everycall.errors import BusyError
from everycall.money.sold import Deal
from everycall.records.sealed import SealedSettings
from everycall.recovery.contacts import Claim

LEASE = timedelta(minutes=2)
"""So long a claim is somebody's; over there, a search may be behind for less than this."""


class CrmAccount(SealedSettings):
    """One CRM: its kind, its settings, which are sealed, and whose calls it gets.

    Attributes:
        client: the brand whose calls go there; empty: all.
        looked_at: when it was last asked what became of tasks and deals.
    """

    kind = models.CharField(max_length=20)
    client = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.client}".strip()

    def begin_look(self, now: datetime, pause: timedelta) -> bool:
        """Tell whether it is time to ask there again; whoever is told so has taken the turn."""
        due = models.Q(looked_at=None) | models.Q(looked_at__lte=now - pause)
        return bool(CrmAccount.objects.filter(due, pk=self.pk).update(looked_at=now))


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
    currency = models.CharField(max_length=12, blank=True)
    won_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "remote"], name="one_row_per_deal")
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.currency}".strip()


def deals() -> list[Deal]:
    """Return what was sold to callers whom we know, the oldest first."""
    found = WonDeal.objects.exclude(caller="").select_related("account").order_by("won_at", "id")
    return [
        Deal(
            f"{row.account_id}:{row.remote}",
            row.caller,
            row.account.client or None,
            row.value,
            row.currency or None,
            to_micros(row.won_at),
        )
        for row in found
    ]


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
