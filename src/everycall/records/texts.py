"""Texts and mails to callers and their answers, who wants none, and the links that lead to their page."""

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, models, transaction

from everycall.records.promises import Promise
from everycall.records.sealed import SealedSettings

LONGEST_ID = 80


class TextGateway(SealedSettings):
    """What carries texts: one for each brand, or one for all.

    Attributes:
        key: stands in the address that answers are posted to.
    """

    kind = models.CharField(max_length=20)
    client = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=64, unique=True, default=secrets.token_urlsafe)
    made_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.client}".strip()


class Text(models.Model):
    """One text, ours or an answer; one with a mail address is a mail.

    `state`: queued, sending, sent, refused, unclear (it may have arrived), or received.

    Attributes:
        title: the subject of a mail.
        gateway: which one an answer came by: each counts its messages as it likes.
        remote: the id over there.
    """

    promise = models.ForeignKey(Promise, null=True, on_delete=models.CASCADE, related_name="texts")
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=64, db_index=True)
    client = models.CharField(max_length=80, blank=True)
    gateway = models.ForeignKey(TextGateway, null=True, on_delete=models.SET_NULL)
    address = models.CharField(max_length=254, blank=True)
    sender = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=8, blank=True)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    state = models.CharField(max_length=10)
    remote = models.CharField(max_length=LONGEST_ID, blank=True)
    who = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["promise"],
                condition=models.Q(kind="missed"),
                name="told_once_per_promise",
            ),
            models.UniqueConstraint(
                fields=["promise"],
                condition=models.Q(kind="link"),
                name="link_sent_once_per_promise",
            ),
            models.UniqueConstraint(
                fields=["gateway", "remote"],
                condition=models.Q(kind="answer") & ~models.Q(remote=""),
                name="one_row_per_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class CallerAddress(models.Model):
    """The mail address of a caller, and who knows it; empty where it was asked for and nobody does."""

    caller = models.CharField(max_length=64)
    client = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=254, blank=True)
    source = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "client"], name="one_address_per_caller")
        ]

    def __str__(self) -> str:
        return self.source


class OptOut(models.Model):
    """Somebody who wants no messages from a brand, texts or mails."""

    number = models.CharField(max_length=64)
    client = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    how = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "client"], name="opted_out_once")
        ]

    def __str__(self) -> str:
        return self.how


class CallerLink(models.Model):
    """A link to a caller's own page; what stands in the address is not kept, only its hash."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="links")
    hashed = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=8, blank=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.until:%F %R}"


def new_link(promise: Promise, language: str, until: datetime) -> str:
    """Make a link; returns the secret that its address ends with, which is not kept."""
    secret = secrets.token_urlsafe(16)
    CallerLink.objects.create(
        promise=promise, hashed=_hashed(secret), language=language, until=until
    )
    return secret


def link_of(secret: str, now: datetime) -> CallerLink | None:
    """Return the link that a secret opens, while it is good."""
    found = CallerLink.objects.select_related("promise")
    return found.filter(hashed=_hashed(secret), until__gt=now).first()


def ended_link_of(secret: str) -> CallerLink | None:
    """Return the link of a secret also after its time: whoever has it may still ask for no messages."""
    found = CallerLink.objects.select_related("promise")
    return found.filter(hashed=_hashed(secret)).first()


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def has_opted_out(number: str, client: str) -> bool:
    """Tell whether a caller wants no messages from a brand, by this number or another of theirs."""
    mine = CallerAddress.objects.filter(caller=number, client=client).exclude(address="")
    same = CallerAddress.objects.filter(client=client, address__in=mine.values("address"))
    numbers = models.Q(number=number) | models.Q(number__in=same.values("caller"))
    return OptOut.objects.filter(numbers, client__in={client, ""}).exists()


def address_of(number: str, client: str) -> CallerAddress | None:
    """Return what is known of a caller's mail address."""
    return CallerAddress.objects.filter(caller=number, client=client).first()


def keep_address(number: str, client: str, address: str, source: str, now: datetime) -> None:
    """Note a caller's mail address, or that nobody knows one."""
    told = {"address": address, "source": source, "at": now}
    CallerAddress.objects.update_or_create(caller=number, client=client, defaults=told)


def opt_out(number: str, client: str, now: datetime, how: str) -> None:
    """Note that a caller wants no messages from a brand."""
    OptOut.objects.get_or_create(number=number, client=client, defaults={"at": now, "how": how})


def opt_in(number: str, client: str) -> None:
    """Take that back."""
    OptOut.objects.filter(number=number, client=client).delete()


def keep_answer(answer: Text) -> bool:
    """Keep an answer of a caller; False if its gateway said the same one before."""
    if len(answer.remote) > LONGEST_ID or not answer.remote.isprintable():
        answer.remote = _hashed(answer.remote)
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def queue_text(text: Text) -> bool:
    """Keep a text that is to be sent; False if the caller was told already."""
    text.state = "queued"
    try:
        with transaction.atomic():
            text.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def to_send(pk: int) -> Text | None:
    """Return a text that waits to be sent; None if it was sent, or may have been.

    Who dies while sending leaves it as `sending`: whether it arrived nobody knows, so it is not
    sent again.
    """
    found = Text.objects.filter(pk=pk, state="queued").first()
    if found is None:
        died = "sending was interrupted: it may have arrived"
        Text.objects.filter(pk=pk, state="sending").update(state="unclear", error=died)
    return found


def begin_sending(text: Text) -> bool:
    """Note that a text is about to leave; False if somebody else sends it.

    From now on it may have arrived, so whatever may fail before it leaves is done by now.
    """
    return bool(Text.objects.filter(pk=text.pk, state="queued").update(state="sending"))


def sent(pk: int, state: str, remote: str = "", error: str = "") -> None:
    """Note how the sending ended."""
    Text.objects.filter(pk=pk).update(state=state, remote=remote[:LONGEST_ID], error=error[:400])
