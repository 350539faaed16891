"""The second factor: its secrets are kept encrypted, and what becomes of it is put on record."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.db import transaction
from django.dispatch import receiver

from everycall.records.models import Person
from everycall.records.sealed import seal, unseal
from everycall.records.trail import note

TOTP = Authenticator.Type.TOTP


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """What allauth asks us of second factors."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret as it was given."""
        return str(unseal(encrypted_text))


def has_one(person: Person) -> bool:
    """Tell whether somebody shows a second factor to come in."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type=TOTP).exists())


def who_has_one() -> set[int]:
    """Return who shows a second factor to come in."""
    return set(Authenticator.objects.filter(type=TOTP).values_list("user_id", flat=True))


def take_off(by: Person | None, somebody: Person) -> bool:
    """Take somebody's second factor off, who has lost it; False if they have none."""
    with transaction.atomic():
        gone: int = Authenticator.objects.filter(user_id=somebody.pk).delete()[0]
        if gone:
            note(by, "second factor taken off", somebody.email)
    return bool(gone)


@receiver(authenticator_added)
def _added(authenticator: Any, user: Person, **_: Any) -> None:
    if authenticator.type == TOTP:
        note(user, "second factor set up", user.email)


@receiver(authenticator_removed)
def _removed(authenticator: Any, user: Person, **_: Any) -> None:
    if authenticator.type == TOTP:
        note(user, "second factor ended", user.email)


@receiver(authenticator_reset)
def _new_codes(user: Person, **_: Any) -> None:
    note(user, "recovery codes made anew", user.email)


@receiver(authentication_failed)
def _failed(user: Person, **_: Any) -> None:
    note(
        None, "wrong code", user.email
    )  # it was somebody who knows the password, and perhaps no more
