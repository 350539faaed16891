"""Shown below a path by a proxy, every link, script and stream lies below that path."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from web.serving import Server, serving

PATH = "/phones"
PAGES = (
    "/now/",
    "/calls/",
    "/callbacks/",
    "/alerts/",
    "/report/",
    "/setup/site/",
    "/setup/people/",
)


@contextmanager
def server_with(data: Path, **settings: str) -> Iterator[Server]:
    """Run a server with settings that no other server gets."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in settings.items():
                patch.setitem(os.environ, name, value)
            server = stack.enter_context(serving(data))
        yield server


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server_with(tmp_path_factory.mktemp("data"), EVERYCALL_PATH=PATH) as server:
        yield server


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server_with(tmp_path_factory.mktemp("data"), EVERYCALL_PROXIES="127.0.0.1") as server:
        yield server


@pytest.fixture(scope="module")
def unnamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server_with(tmp_path_factory.mktemp("data")) as server:
        yield server


def links(text: str) -> list[str]:
    found = re.findall(r"""(?:href|src|action|data-stream)="([^"]*)\"""", text)
    return [link for link in found if link and not link.startswith(("#", "data:", "?"))]


def log_in(client: httpx.Client) -> None:
    page = client.get(f"{PATH}/account/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    given = {"login": "ada@example.org", "password": "a tall tree by the sea"}
    answer = client.post(
        f"{PATH}/account/login/",
        data={**given, "csrfmiddlewaretoken": token[1]},
    )
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"] == f"{PATH}/now/"
    assert "Path=/phones" in answer.headers["set-cookie"]


def test_below_a_path_every_link_is_below_it_and_works(below: Server) -> None:
    with httpx.Client(base_url=below.client.base_url, trust_env=False, timeout=30) as client:
        log_in(client)
        for page in PAGES:
            answer = client.get(PATH + page)
            assert answer.status_code == 200, page
            assert all(link.startswith(f"{PATH}/") for link in links(answer.text)), page
        assert client.get(f"{PATH}/static/web/everycall.css").status_code == 200
        with client.stream("GET", f"{PATH}/live/stream") as stream:
            assert stream.status_code == 200


def test_a_proxy_that_cuts_the_path_off_is_served_the_same(below: Server) -> None:
    text = below.client.get("/account/login/").text
    assert links(text)
    assert all(link.startswith(f"{PATH}/") for link in links(text))


def test_a_named_proxy_says_the_path_of_each_request(named: Server) -> None:
    for prefix in ("", "/one", "/two", ""):
        said = {"X-Forwarded-Prefix": prefix} if prefix else {}
        text = named.client.get("/account/login/", headers=said).text
        assert f'href="{prefix}/static/web/everycall.css"' in text


def test_of_others_the_path_is_not_believed(unnamed: Server) -> None:
    text = unnamed.client.get("/account/login/", headers={"X-Forwarded-Prefix": "/evil"}).text
    assert "/evil" not in text
