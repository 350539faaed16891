"""Every page in a real browser: right for everybody, on a phone and a television, in the dark, by keys,
from right to left.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from browser.chromium import MISSING, chromium
from browser.filling import SITE
from browser.looking import DESK, Window, log_in, walk, window
from browser.pages import CALL, NOT_THERE, WALL, pages, without_example
from web.serving import Server, environment, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

HERE = Path(__file__).parents[1]
SCENARIOS = HERE.parent / "samples" / "scenarios"
PICTURES = os.environ.get("EVERYCALL_PICTURES", "")
"""Where pictures of all pages are put, if they are to be looked at."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("data")
    (home / "site.toml").write_text(SITE, encoding="utf-8")
    command = [sys.executable, "-m", "everycall", "import", str(SCENARIOS), "--data", str(home)]
    subprocess.run(command, check=True, capture_output=True)
    return home


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    with serving(data) as found:
        yield found


@pytest.fixture(scope="module")
def known(server: Server, data: Path) -> dict[str, str]:
    """What stands in the addresses of pages, by the word for it."""
    given = {**environment(data), "PYTHONPATH": str(HERE)}
    filled = subprocess.run(
        [sys.executable, "-m", "browser.filling"],
        env=given, check=True, capture_output=True, text=True,
    )  # fmt: skip
    calls = server.client.get("/api/v1/calls?limit=1", headers=server.headers).json()["calls"]
    told: dict[str, str] = json.loads(filled.stdout)
    return {**told, CALL: calls[0]["call_id"], WALL: server.wall}


class Opened:
    """The windows of people who speak each language."""

    def __init__(self, browser: Browser, server: Server, known: dict[str, str]) -> None:
        self.base = str(server.client.base_url)
        self.known = known
        self._browser = browser
        self._state = log_in(browser, self.base)
        self._contexts: dict[str, BrowserContext] = {}

    def context(self, language: str) -> BrowserContext:
        if language not in self._contexts:
            size = {"width": DESK[0], "height": DESK[1]}
            self._contexts[language] = self._browser.new_context(
                viewport=size,  # type: ignore[arg-type]  # a plain dict
                storage_state=self._state,
                locale=language,
            )
        return self._contexts[language]

    def at(self, address: str) -> str:
        for word, value in self.known.items():
            address = address.replace(word, value)
        return address


@pytest.fixture(scope="module")
def opened(browser: Browser, server: Server, known: dict[str, str]) -> Opened:
    return Opened(browser, server, known)


def picture(found: Window, address: str, look: str) -> None:
    if PICTURES:
        name = address.strip("/").replace("/", "_").replace("?", "-") or "home"
        found.page.screenshot(path=Path(PICTURES) / f"{name}.{look}.png", full_page=True)


@pytest.mark.parametrize("address", pages())
def test_nobody_is_shut_out(opened: Opened, address: str) -> None:
    told: list[str] = []
    with window(opened.context("en"), opened.base) as found:
        found.open(opened.at(address))
        for size, scheme in (("desk", "light"), ("tv", "dark"), ("tv", "light"), ("phone", "dark")):
            found.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two
            found.size(size)
            told += found.troubles(f"{size}, {scheme}", rules=size != "tv")
            picture(found, address, f"{size}-{scheme}")
    assert not told, "\n".join(told)


@pytest.mark.parametrize("address", pages())
@pytest.mark.parametrize("language", ["de", "he"])
def test_every_language_has_room(opened: Opened, address: str, language: str) -> None:
    told: list[str] = []
    with window(opened.context(language), opened.base) as found:
        found.open(opened.at(address))
        for size in ("phone", "narrow", "desk"):
            found.size(size)
            told += found.troubles(size, rules=size == "desk")
            picture(found, address, f"{size}-{language}")
    assert not told, "\n".join(told)


@pytest.mark.parametrize("address", pages())
def test_keys_alone_lead_everywhere(opened: Opened, address: str) -> None:
    with window(opened.context("en"), opened.base) as found:
        found.open(opened.at(address))
        told = list(walk(found.page).troubles())
    assert not told, "\n".join(told)


@pytest.mark.parametrize(("address", "status"), NOT_THERE.items())
def test_what_is_not_there_is_said_to_everybody(opened: Opened, address: str, status: int) -> None:
    told: list[str] = []
    with window(opened.context("en"), opened.base) as found:
        found.open(address, status)
        for size in ("phone", "desk"):
            found.size(size)
            told += found.troubles(size)
            picture(found, address, size)
    assert not told, "\n".join(told)


def test_every_page_is_looked_at(opened: Opened) -> None:
    asked: Any = opened.context("en").request
    missing = [
        f"{name}: say in tests/browser/pages.py where an example of it is"
        for name, path in without_example()
        if asked.get(opened.base + path, max_redirects=0).status != 405
    ]
    assert not missing, "\n".join(missing)
    assert len(pages()) > 70
