"""The trail: who did what, when. Entries are only ever added."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from everycall.records.people import Person

LONGEST = 200
"""So many signs of what an entry is about are kept."""


class Entry(models.Model):
    """One thing that somebody did, or that was done for them."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    who = models.CharField(max_length=120)
    action = models.CharField(max_length=60, db_index=True)
    about = models.CharField(max_length=LONGEST, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.who}: {self.action} {self.about}".strip()


def note(person: Person | None, action: str, about: str = "", **details: Any) -> Entry:
    """Add an entry to the trail; what it is about may have any length, and is cut."""
    return Entry.objects.create(
        person=person,
        who=str(person or "everycall"),
        action=action,
        about=about[:LONGEST],
        details=details,
    )
