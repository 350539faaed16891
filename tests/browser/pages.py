"""Every page that a person can open, by the name of its address, with examples of it."""

import web.conftest  # noqa: F401  it sets Django up
from web.addresses import addresses

CALL, CALLER, WALL, JOIN = "{call}", "{caller}", "{wall}", "{join}"
"""What stands for something that is known when the server runs only; `filling` says the rest."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "call": (f"/calls/{CALL}/",),
    "calls": (
        "/calls/",
        "/calls/?outcome=caller_left_in_queue&number=+49%2030%201",
        "/calls/?from=2001-01-01&to=2001-01-02",
    ),
    "alert": ("/alerts/1/", "/alerts/3/"),
    "alert-rule": ("/setup/alerts/1/",),
    "channel-new": tuple(f"/setup/channels/{kind}/new/" for kind in ("mail", "webhook", "chat")),
    "channel": ("/setup/channels/mail/1/",),
    "report-calls": ("/report/calls/?calls=arrived%3Dyes%26spoke%3Dno",),
    "report-plan": ("/setup/reports/1/",),
    "recovered": ("/callbacks/ledger/", "/callbacks/ledger/?by=person"),
    "callback": tuple(f"/callbacks/{{{word}}}/" for word in ("free", "mine", "late", "kept")),
    "wall-edit": ("/setup/walls/1/",),
    "connect": tuple(
        f"/setup/connect/{kind}/"
        for kind in ("ami", "queue_log", "twilio", "aircall", "ringcentral")
    ),
    "connection": ("/setup/connect/ami/1/",),
    "step-connect": ("/setup/connect/", "/setup/connect/?first"),
    "set-hours": ("/setup/hours/", "/setup/hours/?first"),
    "set-found": ("/setup/found/", "/setup/found/?first"),
    "set-targets": ("/setup/targets/", "/setup/targets/?first"),
    "set-trade": ("/setup/trade/", "/setup/trade/?first"),
    "crm-connect": tuple(
        f"/setup/crm/{kind}/new/"
        for kind in ("hubspot", "pipedrive", "zendesk", "zammad", "chatwoot", "webhook")
    ),
    "crm-account": ("/setup/crm/hubspot/1/",),
    "text-gateway-new": ("/setup/texts/twilio/new/", "/setup/texts/gateway/new/"),
    "text-gateway": ("/setup/texts/twilio/1/",),
    "person": ("/setup/people/1/", "/setup/people/2/"),
    "team": ("/setup/teams/1/",),
    "wall": (f"/wall/{WALL}/",),
    "caller": (f"/c/{CALLER}/",),
    "join": (f"{JOIN}",),
}
"""Of each page, where it is to be looked at; a page that is not here and needs no word stands for itself."""

NO_PAGES: dict[str, str] = {
    "home": "leads to Now",
    "now-calls": "leads to the calls behind a number",
    "callback-next": "leads to what is next",
    "acts": "a part of Now",
    "setup": "is looked at before anybody owns it",
    "calls-file": "a file",
    "report-file": "a file",
    "recording": "sound",
    "message": "sound",
    "request-brand": "the page without a brand, with the name of one",
    "live-stream": "a stream",
    "wall-stream": "a stream",
    **dict.fromkeys(
        (
            "help",
            "view-save",
            "callback-owe",
            "standing-add",
            "crm-again",
            "unread-again",
            "unread-reveal",
        ),
        "takes something",
    ),
    "health": "for programs",
    "ready": "for programs",
    "measures": "for programs",
}

OF_ALLAUTH = (
    "/account/password/change/",
    "/account/mfa/",
    "/account/mfa/totp/activate/",
    "/account/reauthenticate/?next=/account/mfa/totp/activate/",
)
"""The pages of one's own account."""

NOT_THERE = {
    "/calls/no-such-call/": 404,
    "/no/such/page/": 404,
    "/c/long-over/": 404,
    "/join/NDI/used-up/": 410,
    "/wall/taken-back/": 404,
}
"""Pages that say what is not there, each with its status."""


def pages() -> list[str]:
    """Return every page, once for each example."""
    found: list[str] = []
    for one in addresses():
        if one.name not in NO_PAGES:
            itself = () if _has_words(one.path) else (one.path,)
            found += EXAMPLES.get(one.name, itself)
    return [*found, *OF_ALLAUTH]


def without_example() -> list[tuple[str, str]]:
    """Return the addresses of which no page is looked at: by name, with a path."""
    return [
        (one.name, one.path)
        for one in addresses()
        if one.name not in EXAMPLES and one.name not in NO_PAGES and _has_words(one.path)
    ]


def _has_words(path: str) -> bool:
    return any(word in path for word in ("987654", "guess", "no-such", "/MQ/", "/webhook/", "/1/"))
