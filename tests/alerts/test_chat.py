"""Chats go by an extra library to services that are known; nothing reaches into this network by it."""

import importlib.util
from typing import Any

import pytest

from everycall.alerts import Message
from everycall.channels.chat import SERVICES, Chat
from everycall.errors import BadSettingsError, NotTakenError
from everycall.settings import read_table

MESSAGE = Message("alert-1-opened", "Queue grows", "7 wait.", "https://example.org/a", "opened")
IS_THERE = importlib.util.find_spec("apprise") is not None


@pytest.mark.parametrize("address", ["json://10.0.0.1/", "file:///etc/passwd", "slak://a/b/c", ""])
def test_services_that_are_not_known_are_refused(address: str) -> None:
    with pytest.raises(BadSettingsError, match="no service that is taken here"):
        read_table(Chat, {"secret": address})


def test_a_refusal_does_not_repeat_the_secret() -> None:
    with pytest.raises(BadSettingsError) as refused:
        read_table(Chat, {"secret": "nosuch://very-secret-token/abc"})
    assert "very-secret-token" not in str(refused.value)


def test_slack_teams_telegram_and_sms_are_known() -> None:
    assert {"slack", "workflows", "tgram", "twilio", "vonage"} <= set(SERVICES)


@pytest.mark.skipif(IS_THERE, reason="the library is installed")
def test_without_the_library_it_says_what_to_install() -> None:
    with pytest.raises(NotTakenError, match=r"everycall\[chat\]"):
        Chat("slack://a/b/c").send(MESSAGE)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_message_goes_out_by_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    apprise = pytest.importorskip("apprise", reason="the library apprise is not installed")
    heard: list[tuple[str, str]] = []

    @apprise.decorators.notify(on="everycalltest")
    def take(body: str, title: str, *_args: Any, **_more: Any) -> None:
        heard.append((title, body))

    monkeypatch.setitem(SERVICES, "everycalltest", "A test")
    Chat("everycalltest://").send(MESSAGE)
    assert heard == [("Queue grows", "7 wait.\nhttps://example.org/a")]
