"""Keys by which other programs come in. Only a digest is kept; the key is shown once."""

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import ClassVar, Self

from django.db import DatabaseError, models, transaction
from django.utils import timezone

from everycall.records.people import Person

SCOPES = (
    "events:write",
    "calls:read",
    "numbers:read",
    "metrics:read",
    "live:read",
    "promises:read",
    "callbacks:write",
    "monitor",
)
"""What a key may be allowed to do; without `numbers:read` callers' numbers are masked."""

SELDOM = timedelta(minutes=1)
"""That a key was used is written down at most so often."""


class Token(models.Model):
    """A key of a program: what it may do, for which brands (none: all), and until when."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    clients = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(
        cls,
        name: str,
        scopes: list[str],
        by: Person | None = None,
        clients: list[str] | None = None,
    ) -> tuple[Self, str]:
        """Make a key; the text is returned once and kept nowhere."""
        prefix, secret = f"ec_{secrets.token_hex(4)}", secrets.token_urlsafe(32)
        token = cls.objects.create(
            name=name,
            prefix=prefix,
            digest=_digest(secret),
            scopes=scopes,
            made_by=by,
            clients=clients or [],
        )
        return token, f"{prefix}.{secret}"

    @classmethod
    def find(cls, text: str) -> Self | None:
        """Return the key that was shown, if it is still good."""
        prefix, _, secret = text.partition(".")
        token = cls.objects.filter(prefix=prefix, revoked_at=None).first()
        if token is None or not secrets.compare_digest(token.digest, _digest(secret)):
            return None
        now = timezone.now()
        if token.expires_at is not None and token.expires_at <= now:
            return None
        if token.used_at is None or now - token.used_at >= SELDOM:
            with suppress(DatabaseError), transaction.atomic():  # a full disk keeps nobody out
                cls.objects.filter(pk=token.pk).update(used_at=now)
        return token


def _digest(secret: str) -> str:
    # 32 random bytes need no slow hash: they cannot be guessed
    return hashlib.sha256(secret.encode()).hexdigest()
