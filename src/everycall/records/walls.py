"""Wallboards on a screen: a secret address that needs no login and can be taken back."""

import secrets
from typing import ClassVar

from django.db import models


def _secret() -> str:
    return secrets.token_urlsafe(24)


class Wall(models.Model):
    """A screen on a wall: its boxes in their order, and the address at which it is shown.

    Attributes:
        sound, flash: whether it calls for attention when a target is broken.
    """

    name = models.CharField(max_length=80)
    secret = models.CharField(max_length=48, unique=True, default=_secret)
    queues = models.JSONField(default=list, blank=True)
    boxes = models.JSONField(default=list, blank=True)
    sound = models.BooleanField(default=False)
    flash = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
