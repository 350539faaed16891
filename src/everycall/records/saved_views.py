"""Views of the calls that somebody saved: their own, or shared with everybody who sees calls."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A name for a filter; what it finds stays within what each viewer may see."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="views"
    )
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=600)
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "name"], name="one_view_per_person_and_name")
        ]

    def __str__(self) -> str:
        return self.name
