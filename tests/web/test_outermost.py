"""What holds of every answer: pages, files, streams, and what nobody may ask."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from everycall.records.models import Person
from everycall.web.asgi import application
from everycall.web.guards import POLICY
from web.conftest import browser

ANSWERS = ("/static/web/live.js", "/static/nosuch", "/live/stream", "/wall/x/stream",
           "/callbacks/line/stream", "/api/v1/live/stream")  # fmt: skip


def asked(path: str, method: str = "GET", app: Any = application, scheme: str = "http") -> Any:
    """Ask as a browser does; returns the status and the headers."""
    sent: list[Any] = []
    come: list[int] = []

    async def receive() -> dict[str, Any]:
        if come:
            await asyncio.sleep(60)
        come.append(1)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "scheme": scheme, "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "headers": [(b"host", b"localhost")],
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    named = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], named


@pytest.mark.parametrize("path", ANSWERS)
def test_files_and_streams_have_the_headers_that_pages_have(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a stream asks in a thread, which does not see what a test has written
    for asks in ("live.stream._of_person", "live.stream._of_wall", "live.on_line.person_of"):
        monkeypatch.setattr(f"everycall.web.{asks}", lambda _key: None)
    _, headers = asked(path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == POLICY
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in headers
    assert "access-control-allow-origin" not in headers


def test_behind_https_a_file_says_that_it_is_asked_for_by_https_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "SECURE_HSTS_SECONDS", 31_536_000)
    _, headers = asked("/static/web/live.js", scheme="https")
    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO", "PROPFIND"])
def test_methods_that_nobody_needs_are_refused(method: str) -> None:
    for path in ("/health/", "/static/web/live.js", "/in/x/", "/live/stream"):
        status, headers = asked(path, method)
        assert (status, "GET" in headers["allow"]) == (405, True)


def test_no_folder_is_listed_and_nothing_beside_it_is_given_out() -> None:
    ways = ("/static/", "/static/web/", "/static/../settings.py", "/static/%2e%2e/settings.py",
            "/static/web/../../settings.py", "/static//etc/passwd")  # fmt: skip
    for path in ways:
        assert asked(path)[0] == 404, path


def test_whoever_logs_out_leaves_no_page_behind(owner: Person) -> None:
    client = browser(owner)
    assert client.post("/account/logout/").headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/account/login/").headers


@pytest.mark.parametrize(
    ("given", "name"),
    [({}, "sessionid"), ({"EVERYCALL_HTTPS": "1"}, "__Host-sessionid"),
     ({"EVERYCALL_HTTPS": "1", "EVERYCALL_PATH": "/phones"}, "__Secure-sessionid")],
)  # fmt: skip
def test_a_cookie_of_https_is_of_this_host_alone(
    given: dict[str, str], name: str, tmp_path: Path
) -> None:
    program = "import django; django.setup(); from django.conf import settings as s; print(s.SESSION_COOKIE_NAME)"
    found = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "EVERYCALL_DATA": str(tmp_path), **given},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.strip() == name
