"""Webhooks: an address that gets messages as signed JSON."""

import json
from dataclasses import dataclass

from everycall.alerts import Message
from everycall.clock import Clock, system_clock
from everycall.settings import setting
from everycall.wire.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that gets messages as JSON."""

    url: str = setting(doc="Where to; https, unless it lies inside this network.")
    secret: str = setting("", doc="The key of the signature; it is kept encrypted.")
    inside: bool = setting(
        default=False, doc="Whether the address may lie inside this network; the owner decides."
    )

    def send(self, message: Message, clock: Clock = system_clock) -> None:
        """Send a message.

        Raises:
            NotTakenError: the address is not allowed, or the other side did not take it.
        """
        told = {
            "title": message.title,
            "text": message.text,
            "link": message.link,
            "type": message.said,
        }
        to = Outgoing(self.url, self.secret, self.inside)
        to.send(message.id, int(clock().timestamp()), json.dumps(told).encode())
