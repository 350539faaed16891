"""Phone systems that are connected: what kind, where, and the secret, which is sealed."""

from typing import Any, ClassVar

from django.db import models

from everycall.records.sealed import seal, unseal


class Connection(models.Model):
    """One connection; its name is that of its feed in the journal and never changes."""

    name = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=20)
    sealed = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def given(self) -> dict[str, Any]:
        """Return the settings."""
        found: dict[str, Any] = unseal(self.sealed)
        return found

    def keep(self, given: dict[str, Any]) -> None:
        """Set the settings."""
        self.sealed = seal(given)
