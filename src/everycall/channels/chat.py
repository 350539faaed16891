"""Chats and short messages: Slack, Teams, Telegram, SMS and others, by the library apprise.

It is an extra: `pip install 'everycall[chat]'`. Only services with an address of their own are taken,
so that nobody reaches into this network by it; whatever else is wanted can be had by a webhook.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from everycall.alerts import Message
from everycall.errors import BadSettingsError, Mistake, NotTakenError, did_you_mean
from everycall.settings import setting

SERVICES = {
    "slack": "Slack",
    "workflows": "Microsoft Teams",
    "tgram": "Telegram",
    "discord": "Discord",
    "gchat": "Google Chat",
    "webex": "Webex",
    "whatsapp": "WhatsApp",
    "pover": "Pushover",
    "twilio": "SMS by Twilio",
    "vonage": "SMS by Vonage",
    "sinch": "SMS by Sinch",
    "msgbird": "SMS by MessageBird",
    "clicksend": "SMS by ClickSend",
    "d7sms": "SMS by D7 Networks",
    "plivo": "SMS by Plivo",
    "sns": "SMS by Amazon SNS",
}
"""The services that are taken, by what an address of theirs begins with."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat or a telephone that gets short messages."""

    secret: str = setting(
        doc="The address as apprise writes it, such as slack://... or tgram://...; it is kept "
        "encrypted and never shown again."
    )

    def __post_init__(self) -> None:
        service = self.secret.partition("://")[0].strip().lower()
        if service not in SERVICES:
            known = ", ".join(SERVICES)
            hint = did_you_mean(service, SERVICES) or f" (known: {known})"
            raise ValueError(f"'{service[:20]}' is no service that is taken here{hint}")

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            BadSettingsError: the address is none that the service understands.
            NotTakenError: apprise is not installed, or the service did not take the message.
        """
        carrier = _apprise().Apprise()
        if not carrier.add(self.secret):
            raise BadSettingsError([Mistake("", "the service does not understand this address")])
        body = f"{message.text}\n{message.link}".strip()
        if not carrier.notify(body=body, title=message.title):
            raise NotTakenError("the service did not take it; is the address still good?")


def _apprise() -> Any:
    try:
        return import_module("apprise")
    except ImportError:
        sentence = "chats need the library apprise: pip install 'everycall[chat]'"
        raise NotTakenError(sentence) from None
