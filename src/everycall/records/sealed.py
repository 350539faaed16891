"""Secrets in the database are encrypted; the key lies in the data directory, not beside them."""

import base64
import hashlib
import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@cache
def _fernet(secret: str) -> Fernet:
    derived = hashlib.scrypt(secret.encode(), salt=b"everycall sealed", n=2**12, r=8, p=1, dklen=32)
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(value: Any) -> str:
    """Return something that JSON can hold, encrypted."""
    return _fernet(settings.SECRET_KEY).encrypt(json.dumps(value).encode()).decode()


def unseal(text: str) -> Any:
    """Return what was sealed.

    Raises:
        ImproperlyConfigured: it was sealed with another key.
    """
    try:
        return json.loads(_fernet(settings.SECRET_KEY).decrypt(text.encode()))
    except InvalidToken:
        sentence = "the secrets were sealed with another key: restore the file 'secret', too"
        raise ImproperlyConfigured(sentence) from None


class SealedSettings(models.Model):
    """Something with settings that may hold secrets: they are kept sealed, and only whole."""

    sealed = models.TextField()

    class Meta:
        abstract = True

    def given(self) -> dict[str, Any]:
        """Return the settings."""
        found: dict[str, Any] = unseal(self.sealed)
        return found

    def keep(self, given: dict[str, Any]) -> None:
        """Set the settings."""
        self.sealed = seal(given)
