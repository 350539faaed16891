"""Phone systems that are connected: what kind, where, and the secret, which is sealed."""

from typing import ClassVar

from django.db import models

from everycall.records.sealed import SealedSettings


class Connection(SealedSettings):
    """One connection; its name is that of its feed in the journal and never changes."""

    name = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=20)
    made_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
