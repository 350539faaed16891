"""The audit in a real browser: right for everybody, on a phone, in the dark, without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from browser.chromium import MISSING, OPTIONS, chromium
from everycall.app.audit.publishing import publish
from everycall.reports import Words
from reports.shop import audited, shop_audit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

DESK, PHONE = (1366, 900), (390, 844)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    report = shop_audit()
    path: Path = tmp_path_factory.mktemp("page") / "audit.html"
    publish(audited(), report, Words(), path, mask=False)
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        yield opened
        opened.close()


def look(browser: Browser, address: str, size: tuple[int, int] = DESK, **options: Any) -> Page:
    """Open the page; whatever goes wrong in it fails the test."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("request", lambda request: check(request.url))
    page.goto(address)
    return page


def check(url: str) -> None:
    assert url.startswith(("file:", "data:")), f"the page asks the network for {url}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nobody_is_shut_out(
    browser: Browser, address: str, size: tuple[int, int], scheme: Any
) -> None:
    page = look(browser, address, size, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    wanted = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=wanted)
    assert found.violations_count == 0, found.generate_report()
    page.context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1366, 1920])
def test_nothing_has_to_be_pushed_sideways(browser: Browser, address: str, width: int) -> None:
    page = look(browser, address, (width, 900))
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.context.close()


def test_one_picture_of_each_chart_is_shown(browser: Browser, address: str) -> None:
    for size in (DESK, PHONE):
        page = look(browser, address, size)
        for figure in page.locator("figure").all():
            shown = [one for one in figure.locator("svg").all() if one.is_visible()]
            assert len(shown) == 1
        page.context.close()


def test_every_number_leads_to_as_many_calls(browser: Browser, address: str) -> None:
    page = look(browser, address)
    links = page.locator("a[data-number]").all()
    assert len(links) > 300
    wrong = []
    for link in links[::9]:
        link.evaluate("one => one.click()")
        about, number = (
            link.get_attribute("data-about"),
            int(link.get_attribute("data-number") or 0),
        )
        page.wait_for_function(
            "about => document.querySelector('#calls-lead').textContent === about", arg=about
        )
        kept = page.locator("#calls-kept").inner_text()
        counted = int(re.findall(r"[\d,]+", kept)[0].rstrip(",").replace(",", ""))
        if counted != number and "are in this file" not in kept:
            wrong.append((about, number, kept))
    assert not wrong
    page.context.close()


def test_a_number_can_be_followed_by_keyboard(browser: Browser, address: str) -> None:
    page = look(browser, address)
    page.locator("#summary a[data-calls]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'calls-title'")
    assert page.locator("#calls-table tbody tr").count() == 200
    assert "everycall calls" in page.locator("#calls-command").inner_text()
    page.context.close()


def test_a_table_is_sorted_by_a_click_on_its_head(browser: Browser, address: str) -> None:
    page = look(browser, address)
    table = page.locator("#people table").last
    table.locator("thead button").nth(1).click()
    rings = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
    values = [int(text.replace(",", "")) for text in rings]
    assert values == sorted(values, reverse=True)
    assert table.locator("th[aria-sort=descending]").count() == 1
    page.context.close()


def test_without_scripts_it_still_says_everything(browser: Browser, address: str) -> None:
    page = look(browser, address, java_script_enabled=False)
    assert page.locator("#calls-table tbody tr").count() == 20
    assert page.get_by_text("This list needs JavaScript").is_visible()
    assert page.locator("#summary .value").first.inner_text() == "24,454"
    page.context.close()


def test_on_paper_there_is_no_list_of_calls(browser: Browser, address: str) -> None:
    page = look(browser, address)
    page.emulate_media(media="print")
    assert not page.locator("#calls").is_visible()
    assert page.locator("figure svg").first.is_visible()
    page.context.close()
