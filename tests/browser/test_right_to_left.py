"""On pages that run from right to left a number is never turned round: its plus stands before it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

import web.conftest  # noqa: F401  it sets Django up
from browser.chromium import MISSING, chromium
from browser.looking import PATIENCE, window
from browser.pages import pages
from browser.test_languages import OF_THE_CALLER
from browser.test_pages import Opened, data, known, opened, server  # noqa: F401  fixtures

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

_TURNED = """() => {
  const told = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const box = (node, from) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, from + 1);
    return range.getBoundingClientRect();
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const found of node.data.matchAll(/(?:\\+|•)\\d/g)) {
      const first = box(node, found.index), next = box(node, found.index + 1);
      if (first.width && first.left > next.left) { told.push(node.data.trim().slice(0, 60)); }
    }
  }
  return told;
}"""


def turned(page: Page) -> Iterator[str]:
    """Yield the texts in which a number runs the wrong way."""
    yield from page.evaluate(_TURNED)


def test_no_number_is_turned_round(opened: Opened) -> None:  # noqa: F811  fixture
    told = []
    with window(opened.context("he"), opened.base) as found:
        found.page.set_default_timeout(3 * PATIENCE)
        for address in pages():
            found.open(opened.at(address))
            way = found.page.evaluate("getComputedStyle(document.body).direction")
            if way != "rtl" and not address.startswith(OF_THE_CALLER):
                told.append(f"{address}: runs from left to right")
            told += [f"{address}: {text}" for text in turned(found.page)]
    assert not told, "\n".join(told)


def test_the_check_sees_a_number_that_is_turned_round(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<p dir='rtl'>שיחה אל +493023125001</p><p dir='rtl'><bdi>+4930</bdi></p>")
    assert list(turned(page)) == ["שיחה אל +493023125001"]
    page.close()
