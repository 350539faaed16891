"""Carrying messages: through which hands they go, and what became of each try."""

from collections.abc import Callable
from typing import Protocol

from django.db.models import F
from django.utils import timezone

from everycall.alerts import Message
from everycall.channels.chat import Chat
from everycall.channels.mail import Mail
from everycall.channels.webhook import Webhook
from everycall.errors import EverycallError
from everycall.records.alerts import Channel, Delivery
from everycall.settings import read_table

KINDS: dict[str, type[Mail] | type[Webhook] | type[Chat]] = {
    "mail": Mail,
    "webhook": Webhook,
    "chat": Chat,
}
"""The kinds of channel, by name."""


class Hand(Protocol):
    """What carries a message."""

    send: Callable[[Message], None]


def hand(channel: Channel) -> Mail | Webhook | Chat:
    """Return what carries the messages of a channel.

    Raises:
        BadSettingsError: its settings are wrong, every mistake named.
    """
    return read_table(KINDS[channel.kind], channel.given(), channel.name)


def carry(delivery: int) -> None:
    """Carry one message; a job, so that it is tried again until it is taken.

    Raises:
        EverycallError: the other side did not take it.
        OSError: it cannot be reached.
    """
    found = Delivery.objects.select_related("channel").get(pk=delivery)
    if found.sent_at is not None or found.channel.removed_at is not None:
        return
    here = Delivery.objects.filter(pk=delivery)
    here.update(tries=F("tries") + 1, tried_at=timezone.now())
    try:
        hand(found.channel).send(Message(**found.message))
    except (EverycallError, OSError) as error:
        here.update(error=str(error)[:400])
        raise
    here.update(sent_at=timezone.now(), error="")
