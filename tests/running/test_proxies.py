"""A named proxy is believed about who asks and how; nobody else is."""

import asyncio
from typing import Any

import pytest

from everycall.web.middleware.proxies import BehindProxies

SAID = {
    "x-forwarded-for": "6.6.6.6, 198.51.100.7, 10.0.0.2",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "calls.example",
    "x-forwarded-prefix": "/phones/",
}


def meant(client: str, asked: str = "/now/", said: Any = None, **more: Any) -> dict[str, Any]:
    """Return a request as the pages see it."""
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    headers = {"host": "127.0.0.1:8440", **(SAID if said is None else said)}
    scope = {
        "type": "http",
        "scheme": "http",
        "path": asked,
        "raw_path": asked.encode(),
        "client": (client, 5000),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    given = {"proxies": ["10.0.0.0/8"], **more}
    asyncio.run(BehindProxies(app, **given)(scope, None, None))  # type: ignore[arg-type]
    return seen


def host(scope: dict[str, Any]) -> str:
    return next(value.decode() for name, value in scope["headers"] if name == b"host")


def test_a_named_proxy_says_who_asks_and_how() -> None:
    seen = meant("10.0.0.1")
    assert seen["client"] == ("198.51.100.7", 0)  # what stands before it anybody can write
    assert seen["scheme"] == "https"
    assert host(seen) == "calls.example"
    assert (seen["root_path"], seen["path"]) == ("/phones", "/phones/now/")


def test_a_stranger_is_not_believed() -> None:
    seen = meant("192.0.2.1")
    assert seen["client"] == ("192.0.2.1", 5000)
    assert seen["scheme"] == "http"
    assert host(seen) == "127.0.0.1:8440"
    assert (seen.get("root_path", ""), seen["path"]) == ("", "/now/")
    assert not any(name.startswith(b"x-forwarded") for name, _ in seen["headers"])


@pytest.mark.parametrize("path", ["/now/", "/phones/now/"])
def test_the_path_may_be_cut_off_by_the_proxy_or_not(path: str) -> None:
    seen = meant("192.0.2.1", path, {}, path="/phones")
    assert (seen["root_path"], seen["path"]) == ("/phones", "/phones/now/")
    assert seen["raw_path"] == b"/phones/now/"


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/a/../b?", "/a/../b", "javascript:x", "/a b", ""]
)
def test_a_path_that_is_none_is_left_out(prefix: str) -> None:
    seen = meant("10.0.0.1", said={"x-forwarded-prefix": prefix})
    assert "//" not in seen.get("root_path", "")
    assert seen["path"].endswith("/now/")
    assert ".." not in seen["path"]
    assert ":" not in seen["path"]


@pytest.mark.parametrize("hops", ["", "nonsense", "10.0.0.9, 10.0.0.2", "<script>"])
def test_nonsense_about_the_caller_leaves_the_proxy_as_the_caller(hops: str) -> None:
    assert meant("10.0.0.1", said={"x-forwarded-for": hops})["client"][0] == "10.0.0.1"


def test_https_may_be_set_whatever_the_proxy_says() -> None:
    assert meant("192.0.2.1", said={}, https=True)["scheme"] == "https"
