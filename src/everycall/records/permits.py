"""Permits as rows: what may be dialled through a phone system that keeps no permits of its own."""

import hashlib
import json
from typing import ClassVar

from django.db import models, transaction

from everycall.recovery import permits as port

_FIELDS = (
    *("system", "agent", "number", "shown", "asked_at", "press_one", "ring_s", "language"),
    *("leg", "used", "forbidden"),
)


class DialPermit(models.Model):
    """What may be dialled for a try, and what became of it."""

    id = models.CharField(max_length=60, primary_key=True)
    system = models.CharField(max_length=80)
    agent = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=64, blank=True)
    shown = models.CharField(max_length=64, blank=True)
    asked_at = models.BigIntegerField(default=0)
    press_one = models.BooleanField(default=False)
    ring_s = models.PositiveIntegerField(default=30)
    language = models.CharField(max_length=16, blank=True)
    leg = models.CharField(max_length=80, blank=True, db_index=True)
    used = models.BooleanField(default=False)
    forbidden = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.id

    def plain(self) -> port.Permit:
        """Return it as decisions see it."""
        return port.Permit(self.id, **{name: getattr(self, name) for name in _FIELDS})


class DialMessage(models.Model):
    """What a phone system said of a try; the same message again is the same row."""

    permit = models.ForeignKey(DialPermit, on_delete=models.CASCADE, related_name="messages")
    said = models.TextField()
    content = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["permit", "content"], name="a_message_is_kept_once")
        ]

    def __str__(self) -> str:
        return self.content


class StoredPermits:
    """Keeps permits in the database."""

    def issue(self, permit: port.Permit) -> bool:
        """Write a permit down; False if there is one of this id, or it was forbidden before."""
        given = {name: getattr(permit, name) for name in _FIELDS}
        _, made = DialPermit.objects.get_or_create(id=permit.id, defaults=given)
        return made

    def find(self, dial_id: str) -> port.Permit | None:
        """Return the permit of a try; None if there never was one."""
        found = DialPermit.objects.filter(pk=dial_id).first()
        return found.plain() if found is not None else None

    def use(self, dial_id: str) -> port.Permit | None:
        """Use a permit up and return it; None if it was used, taken back, or never was."""
        free = DialPermit.objects.filter(pk=dial_id, used=False, forbidden=False)
        return self.find(dial_id) if free.update(used=True) else None

    def forbid(self, dial_id: str, system: str) -> bool:
        """Take a permit back, also one that is not written down yet; False if it was used."""
        with transaction.atomic():
            DialPermit.objects.get_or_create(id=dial_id, defaults={"system": system})
            DialPermit.objects.filter(pk=dial_id).update(forbidden=True)
            return not DialPermit.objects.filter(pk=dial_id, used=True).exists()

    def name(self, dial_id: str, leg: str) -> None:
        """Write down what the phone system calls the person's leg."""
        DialPermit.objects.filter(pk=dial_id).update(leg=leg)

    def is_named(self, leg: str) -> bool:
        """Tell whether a leg is known to be some try's."""
        return DialPermit.objects.filter(leg=leg).exists()

    def hear(self, dial_id: str, said: port.Said) -> None:
        """Keep a message; the same one again is kept once."""
        alike = {name: value for name, value in said.items() if name != "ReceivedAt"}
        content = hashlib.sha256(json.dumps(alike, sort_keys=True).encode()).hexdigest()
        text = json.dumps(dict(said), ensure_ascii=False)
        DialMessage.objects.get_or_create(
            permit_id=dial_id, content=content, defaults={"said": text}
        )

    def heard(self, dial_id: str) -> list[port.Said]:
        """Return the messages of a try in the order in which they came."""
        found = DialMessage.objects.filter(permit=dial_id).values_list("said", flat=True)
        return [json.loads(text) for text in found]

    def forget(self, before: int) -> int:
        """Forget the permits that were written down before a moment, and what was said of them."""
        return DialPermit.objects.filter(asked_at__lt=before).delete()[0]
