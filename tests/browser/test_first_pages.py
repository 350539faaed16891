"""The pages before anything is there: nobody owns them yet, and then somebody does who has no calls."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from browser.chromium import MISSING, chromium
from browser.looking import log_in, walk, window
from browser.pages import pages
from web.serving import Server, environment, free_port, serving, started, wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

PICTURES = os.environ.get("EVERYCALL_PICTURES", "")
SOMETHING = re.compile(r"[{]|/[1-9]/")
"""What stands in the addresses of things that are not there yet."""

SWITCHED_OFF = ("/callback/",)
"""What is not there until somebody switches it on."""

EMPTY = [one for one in pages() if not SOMETHING.search(one) and one not in SWITCHED_OFF]


@pytest.fixture(scope="module")
def nobodys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that nobody owns."""
    home, port = tmp_path_factory.mktemp("nobodys"), free_port()
    made = "import django; django.setup(); from django.core.management import call_command"
    command = f"{made}; call_command('migrate', verbosity=0)"
    subprocess.run([sys.executable, "-c", command], env=environment(home), check=True)
    process = started(home, port)
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
            wait_for(client)
        yield base
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("empty")) as found:
        yield found


@pytest.fixture(scope="module")
def kept(browser: Browser, server: Server) -> Any:
    return log_in(browser, str(server.client.base_url))


EMPTY_TABLE = """() => Array.from(document.querySelectorAll("main table"))
  .filter((one) => one.offsetHeight && !one.querySelector("tbody tr"))
  .map((one) => "a table without rows: " + one.innerText)"""


def looked_at(browser: Browser, base: str, address: str, language: str, kept: Any) -> list[str]:
    """Return what is wrong with a page, in a window of each size, by keys too."""
    context = browser.new_context(locale=language, storage_state=kept)
    told: list[str] = []
    with window(context, base) as found:
        found.size("desk")
        found.open(address)
        for size, scheme in (("phone", "dark"), ("desk", "light")):
            found.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two
            found.size(size)
            told += found.troubles(f"{size}, {scheme}")
            if PICTURES:
                name = address.strip("/").replace("/", "_").replace("?", "-")
                path = Path(PICTURES) / f"first_{name}.{language}.{size}.png"
                found.page.screenshot(path=path, full_page=True)
        told += found.page.evaluate(EMPTY_TABLE)
        told += walk(found.page).troubles()
    context.close()
    return told


@pytest.mark.parametrize("language", ["en", "de", "pl", "uk", "he"])
def test_who_comes_first_can_make_their_account(
    browser: Browser, nobodys: str, language: str
) -> None:
    told = looked_at(browser, nobodys, "/setup/?key=something", language, None)
    assert not told, "\n".join(told)


def test_before_there_is_an_owner_every_page_leads_to_the_set_up(
    browser: Browser, nobodys: str
) -> None:
    context = browser.new_context()
    with window(context, nobodys) as found:
        found.page.goto(f"{nobodys}/now/")
        assert found.page.url == f"{nobodys}/setup/"
        wrong = found.page.locator("[aria-invalid=true]")
        assert wrong.count() == 0, "nobody has made a mistake yet"
        found.page.locator("main button").click()
        assert found.page.evaluate("document.activeElement.matches(':invalid')")
    context.close()


@pytest.mark.parametrize("address", EMPTY)
def test_a_page_with_nothing_on_it_is_right_for_everybody(
    browser: Browser, server: Server, kept: Any, address: str
) -> None:
    told = looked_at(browser, str(server.client.base_url), address, "en", kept)
    assert not told, "\n".join(told)
