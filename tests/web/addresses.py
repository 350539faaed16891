"""Every address of the pages, and who may come in: the table that the tests of rights go by."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern

from everycall.records.roles import Right

OPEN = "open to all"
SECRET = "open to who knows a secret or signs"
LOGGED_IN = "open to who is logged in"
KEY = "open to programs with a key"

Need = Right | str

_SET_UP = (
    "walls wall-edit wall-revoke alert-rules alert-rule-new alert-log alert-send alert-rule "
    "alert-rule-remove channel-try channel-remove channel-new channel report-plans report-plan-new "
    "report-plan report-plan-remove report-plan-send setup-site step-connect set-hours set-found set-attention "
    "set-targets set-trade connect connection connection-try connection-end crm crm-again texts "
    "crm-try crm-end crm-connect crm-account text-gateway-end text-gateway-new text-gateway "
    "tokens token-revoke hooks hook-try hook-remove hook-again "
    "unread unread-again unread-reveal"
)
_CALLBACKS = (
    "callbacks callback callback-next callback-owe callback-line callback-call callback-note "
    "callback-settle callback-act text-answer callback-mail message "
    "standing standing-add standing-end standing-messages"
)

NEEDS: dict[str, Need] = {
    "home": OPEN,
    "help": Right.SEE_LIVE,
    "now": Right.SEE_LIVE,
    "now-calls": Right.SEE_REPORTS,
    "acts": Right.STEER,
    "act": Right.STEER,
    "my-day": Right.SEE_OWN,
    "calls": Right.SEE_CALLS,
    "call": Right.SEE_CALLS,
    "calls-file": Right.TAKE_AWAY,
    "view-save": Right.SEE_CALLS,
    "view-drop": Right.SEE_CALLS,
    "recording": Right.HEAR_RECORDINGS,
    "call-reveal": Right.REVEAL_NUMBERS,
    "alerts": Right.SEE_ALERTS,
    "alert": Right.SEE_ALERTS,
    "alert-claim": Right.SEE_ALERTS,
    "alert-close": Right.SEE_ALERTS,
    "report": Right.SEE_REPORTS,
    "report-calls": Right.SEE_REPORTS,
    "recovered": Right.SEE_REPORTS,
    "report-file": Right.TAKE_AWAY,
    **dict.fromkeys(_SET_UP.split(), Right.SET_UP),
    **dict.fromkeys(_CALLBACKS.split(), Right.WORK_CALLBACKS),
    **dict.fromkeys(
        [
            "trail",
            "people",
            "person-new",
            "person",
            "person-link",
            "person-switch",
            "person-factor",
            "team-new",
            "team",
        ],
        Right.MANAGE_PEOPLE,
    ),
    **dict.fromkeys(["erase", "retention"], Right.ERASE),
    **dict.fromkeys(["crm-try", "crm-end", "crm-connect", "crm-account"], Right.MANAGE_PEOPLE),
    **dict.fromkeys(["text-gateway-end", "text-gateway-new", "text-gateway"], Right.MANAGE_PEOPLE),
    **dict.fromkeys(
        ["live-stream", "wall", "wall-stream", "join", "caller", "texts-in", "incoming"], SECRET
    ),
    "setup": OPEN,
    "request": OPEN,
    "request-brand": OPEN,
    "health": OPEN,
    "ready": OPEN,
    "measures": KEY,
}
"""What each address asks for, by its name; those of allauth and of the interface have tests of their own."""

GIVEN: dict[str, Any] = {
    "pk": 987654, "line": 1, "number": 1, "call_id": "no-such", "secret": "guess", "key": "guess",
    "name": "MQ", "kind": "webhook", "brand": "shop",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """One address: its name, an example of it, and what it asks for."""

    name: str
    path: str
    need: Need | None


def _walk(patterns: Any, before: str = "") -> Iterator[tuple[str, str, list[str]]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield str(one.name), route, list(one.pattern.converters)
        elif not route.startswith(("account/", "api/")):
            yield from _walk(one.url_patterns, route)


def addresses() -> list[Address]:
    """Return every address that a person or a program can ask for."""
    found = []
    for name, _route, words in _walk(get_resolver().url_patterns):
        given = {word: GIVEN[word] for word in words}
        found.append(Address(name, reverse(name, kwargs=given), NEEDS.get(name)))
    return found
