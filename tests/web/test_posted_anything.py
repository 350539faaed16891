"""Whatever is posted at a door that faces the network: it is taken or refused in words, and breaks nothing."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everycall.records.connections import Connection
from everycall.records.models import Person
from everycall.records.texts import TextGateway
from everycall.telephony.ari_events import as_manager_event
from everycall.web.middleware.knocking import _DOOR
from everycall.web.middleware.proxies import BehindProxies
from everycall.web.phones import taking
from everycall.web.phones.kinds import POSTING
from everycall.web.work.texting import KINDS as TEXT_KINDS
from everycall.wire.secret import is_secret
from everycall.wire.twilio import is_signed, signature
from running.test_proxies import meant
from web.addresses import SECRET, addresses
from web.test_incoming import Desk

TOKEN = "tok\u00e9n"

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["\ud800", "\0", "9" * 5000, "2026-02-30T25:61:61Z", "0001-01-01T00:00:00+23:59"])
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["token", "event", "timestamp", "data", "resource", "body", "records", "Timestamp", "variables",
         "CallSid", "CallStatus", "From", "To", "from", "text", "id", "callflow", "ContactId", "detail"]
    ),
    ANYTHING,
)  # fmt: skip
BODIES = st.binary(max_size=200) | st.builds(
    lambda told: json.dumps(told).encode(), ANYTHING | FIELDS | st.lists(FIELDS, max_size=2)
)
TYPES = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data",
     "application/x-www-form-base64-encoded", "application/json; charset=nonsense", ""]
)  # fmt: skip
SHOWN = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30
)
FEW = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def doors(owner: Person, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the path of every door, by the kind of what is connected there."""
    monkeypatch.setattr(taking.Door, "_open", lambda _door: Desk())
    found = {}
    for kind in POSTING:
        row = Connection(name=f"{kind}-1".replace("_", "-"), kind=kind)
        row.keep({"secret": TOKEN})
        row.save()
        found[kind] = f"/in/{row.name}/"
    for kind in TEXT_KINDS:
        gateway = TextGateway(kind=kind)
        fields = {"from_field": "from", "to_field": "to", "text_field": "text"}
        gateway.keep({"secret": TOKEN, "account": "AC", "form": False, **fields})
        gateway.save()
        found[f"texts {kind}"] = f"/texts/in/{gateway.key}/"
    return found


def test_every_door_is_among_them() -> None:
    behind = {one.name for one in addresses() if one.need == SECRET and _DOOR.fullmatch(one.path)}
    assert behind == {"incoming", "texts-in"}
    assert set(POSTING) == {"twilio", "aircall", "ringcentral", "freeswitch", "amazon_connect"}
    assert {*KEYS} == {*POSTING, *(f"texts {kind}" for kind in TEXT_KINDS)}, "say how it is opened"


def basic(name: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{TOKEN}'.encode()).decode()}"}


def _of_path(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def no_form(path: str) -> dict[str, str]:
    return {"X-Twilio-Signature": signature(TOKEN, f"{site.ADDRESS}{path}", {})}


KEYS: dict[str, Callable[[str], dict[str, str]]] = {
    "twilio": no_form,
    "texts twilio": no_form,
    "texts gateway": lambda _: {"Authorization": TOKEN},
    "aircall": lambda _: {},
    "ringcentral": lambda _: {"Verification-Token": TOKEN},
    "freeswitch": lambda path: basic(_of_path(path)),
    "amazon_connect": lambda path: basic(_of_path(path)),
}
"""What opens a door, so that what is behind the lock is asked, too."""


@pytest.mark.parametrize("kind", sorted(KEYS))
@given(body=BODIES, as_what=TYPES, shown=SHOWN, opens=st.booleans())
@FEW
def test_whatever_is_posted_is_taken_or_refused(
    doors: dict[str, str], kind: str, body: bytes, as_what: str, shown: str, *, opens: bool
) -> None:
    if kind == "aircall" and opens and body.startswith(b"{"):
        body = json.dumps({**json.loads(body or b"{}"), "token": TOKEN}).encode()
    names = (
        "Authorization",
        "X-Twilio-Signature",
        "Verification-Token",
        "X-Amz-Firehose-Access-Key",
    )
    headers = KEYS[kind](doors[kind]) if opens else dict.fromkeys(names, shown)
    client = Client(raise_request_exception=True)
    answer = client.generic("POST", doors[kind], body, content_type=as_what, headers=headers)
    assert answer.status_code < 500


@pytest.mark.parametrize("kind", sorted({*KEYS} - {"twilio", "texts twilio"}))
def test_what_opens_a_door_opens_it(doors: dict[str, str], kind: str) -> None:
    told = json.dumps({"token": TOKEN, "from": "x", "variables": {}})
    sent: dict[str, Any] = {"content_type": "application/json"}
    opened = Client().post(doors[kind], told, **sent, headers=KEYS[kind](doors[kind]))
    assert opened.status_code == 200
    shut = Client().post(doors[kind], told.replace("tok", "TOK"), **sent)
    assert shut.status_code in (401, 403)


@given(secret=st.text(max_size=5), said=st.none() | st.text(max_size=5))
def test_a_secret_is_that_text_and_no_other(secret: str, said: str | None) -> None:
    assert is_secret("", said) is False
    if not is_secret(secret, said):
        return
    assert said is not None
    assert secret == said.encode(errors="replace").decode()


@given(given_=st.none() | st.text(max_size=40))
def test_a_signature_is_no_text_that_breaks(given_: str | None) -> None:
    assert is_signed("token", "https://x/", {}, given_) is False


@given(
    said=st.dictionaries(
        st.sampled_from(["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix"]),
        st.text(st.characters(max_codepoint=255), max_size=40)
        | st.sampled_from(["/../x", "//evil.example", "10.0.0.1, ::1, ,", "https,http", "/a/./b"]),
    ),
    client=st.sampled_from(["10.0.0.1", "192.0.2.1", "", "::1", "nonsense"]),
)  # fmt: skip
def test_whatever_a_proxy_says_makes_a_request_of_ours(said: dict[str, str], client: str) -> None:
    scope = meant(client, said=said)
    root = scope.get("root_path", "")
    assert root == "" or (root.startswith("/") and "//" not in root and "/.." not in root)
    assert BehindProxies is not None
    if client != "10.0.0.1":
        assert (scope["client"][0], scope["scheme"], root) == (client, "http", "")


@given(event=FIELDS, kind=st.sampled_from(["Dial", "ChannelCreated", "Hangup", "x"]))
def test_whatever_an_asterisk_says_is_heard_or_passed_over(
    event: dict[str, Any], kind: str
) -> None:
    # a phone system that is connected is trusted to name its channels, and to say nothing else
    told = {"type": kind, "channel": {"id": "1"}, "peer": {"id": "2"}, **event}
    as_manager_event(told, {})
