"""Whoever receives a webhook can tell whether it is ours, and of this moment."""

import pytest

from everycall.client import UnsignedError, verify
from everycall.wire.outgoing import signature

# the vector that the libraries of Standard Webhooks are tested with
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
AT = 1614265330
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(AT),
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def told(
    body: bytes = BODY, now: float = AT, secret: str = SECRET, **more: str
) -> dict[str, object]:
    headers = HEADERS | {f"webhook-{name}": value for name, value in more.items()}
    return verify(secret, headers, body, clock=lambda: now)


def test_the_published_vector_is_believed() -> None:
    assert told() == {"test": 2432232314}
    shouted = {name.upper(): value for name, value in HEADERS.items()}
    assert verify(SECRET, shouted, BODY, clock=lambda: AT) == {"test": 2432232314}


@pytest.mark.parametrize("off", [-300, 0, 300])
def test_within_five_minutes_it_is_believed(off: int) -> None:
    assert told(now=AT + off)


@pytest.mark.parametrize("off", [-301, 301, 86_400])
def test_what_is_sent_again_later_is_not(off: int) -> None:
    with pytest.raises(UnsignedError, match="just now"):
        told(now=AT + off)


def test_another_moment_is_another_signature() -> None:
    with pytest.raises(UnsignedError, match="signature"):
        told(now=AT + 600, timestamp=str(AT + 600))


@pytest.mark.parametrize(
    "more",
    [
        {"id": "msg_another"},
        {"signature": "v1,AAAASsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"signature": "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"signature": "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"signature": "v1,é"},
        {"signature": ""},
        {"id": ""},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "²"},
        {"timestamp": "9" * 5000},
    ],
)
def test_whatever_is_changed_is_not_believed(more: dict[str, str]) -> None:
    with pytest.raises(UnsignedError):
        told(**more)


def test_another_body_or_secret_is_not_believed() -> None:
    with pytest.raises(UnsignedError):
        told(body=BODY + b" ")
    with pytest.raises(UnsignedError):
        told(secret="whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def test_one_of_several_signatures_is_enough() -> None:
    both = f"v1,AAAA v2,x {HEADERS['webhook-signature']}"
    assert told(signature=both)


def test_what_we_send_is_believed() -> None:
    made = signature("plain words", "m1", AT, BODY)
    headers = {"Webhook-Id": "m1", "Webhook-Timestamp": str(AT), "Webhook-Signature": made}
    assert verify("plain words", headers, BODY, clock=lambda: AT + 1.5)
