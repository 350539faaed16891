"""How the live picture looks: on a television from five metres, on a phone, with a crowd, in each language."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import web.conftest  # noqa: F401  it sets Django up before the crowd reads what pages declare
from browser.chromium import MISSING, chromium
from browser.crowd import NUMBER, SEND, crowd
from browser.looking import Window, layout, log_in, window
from web.serving import Server, environment, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

PICTURES = os.environ.get("EVERYCALL_PICTURES", "")
FROM_FIVE_METRES = 36
"""Pixels on a television of 1080 lines, at which a label is read across a room."""

ARRANGE = """
import django; django.setup()
from everycall.records.models import Wall
from everycall.web.stat_boxes import BOXES
names = [box.name for box in BOXES if box.name != "service_level"]
chosen = ["service_level", "lost", "missed", "longest_since", *names[10:]]
for many in range(1, 9):
    print(Wall.objects.create(name="Konferenzraum Niederschönhausen", boxes=chosen[:many]).secret)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("looks")
    with serving(home) as found:
        made = subprocess.run(
            [sys.executable, "-c", ARRANGE],
            env=environment(home), capture_output=True, text=True, check=True,
        )  # fmt: skip
        WALLS[:] = made.stdout.split()
        yield found


WALLS: list[str] = []
"""The screens with one box to eight."""


@pytest.fixture(scope="module")
def kept(browser: Browser, server: Server) -> object:
    return log_in(browser, str(server.client.base_url))


class Screen:
    """A page of the live picture, to which a test says what goes on."""

    def __init__(self, found: Window) -> None:
        self.found = found

    @property
    def page(self) -> Page:
        return self.found.page

    def show(self, address: str, size: str, scheme: str = "light") -> None:
        """Open a page in a window of some size, with a crowd in it."""
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two
        self.found.size(size)
        self.found.open(address)
        self.page.evaluate("text => window.send({data: text})", json.dumps(crowd()))

    def picture(self, name: str) -> None:
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"crowd_{name}.png", full_page=True)


Opening = Callable[[str], Screen]


@pytest.fixture
def opened(browser: Browser, server: Server, kept: object) -> Iterator[Opening]:
    """What opens a screen in a language."""
    with ExitStack() as stack:

        def of(language: str) -> Screen:
            context = browser.new_context(locale=language, storage_state=kept)  # type: ignore[arg-type]
            stack.callback(context.close)
            context.add_init_script(SEND)
            return Screen(stack.enter_context(window(context, str(server.client.base_url))))

        yield of


@pytest.mark.parametrize("many", range(1, 9))
@pytest.mark.parametrize("language", ["de", "he"])
def test_a_screen_is_read_from_five_metres(opened: Opening, language: str, many: int) -> None:
    screen = opened(language)
    screen.show(f"/wall/{WALLS[many - 1]}/", "tv", "dark" if many % 2 else "light")
    screen.picture(f"{language}_{many}")
    told = screen.page.evaluate(
        """least => {
          const told = [];
          const small = (one) => parseFloat(getComputedStyle(one).fontSize) < least;
          if (document.body.scrollHeight > innerHeight) { told.push(document.body.scrollHeight + " px high"); }
          for (const one of document.querySelectorAll(".box dt, #clock")) {
            if (small(one)) { told.push("small: " + one.textContent); }
          }
          for (const one of document.querySelectorAll(".box, .wall-top, .legend")) {
            if (one.scrollWidth > one.clientWidth + 1) { told.push("no room: " + one.innerText); }
          }
          return told;
        }""",
        FROM_FIVE_METRES,
    )
    assert not told, "\n".join(told)


@pytest.mark.parametrize("language", ["en", "de", "uk", "he"])
def test_a_crowd_fits_on_a_phone_and_nothing_scrolls_sideways(
    opened: Opening, language: str
) -> None:
    screen = opened(language)
    screen.show("/now/", "phone", "dark" if language == "he" else "light")
    screen.picture(f"{language}_phone")
    wide = screen.page.evaluate(
        """() => Array.from(document.querySelectorAll(".scroll"))
          .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText.slice(0, 60))"""
    )
    told = list(layout(screen.page))
    assert not wide
    assert not told, "\n".join(told)


@pytest.mark.parametrize("language", ["de", "pl", "uk", "he"])
def test_what_the_script_writes_is_in_the_language_of_the_page(
    opened: Opening, language: str
) -> None:
    shown = {}
    for name in ("en", language):
        screen = opened(name)
        screen.show("/now/", "desk")
        screen.picture(f"{name}_desk")
        cells = ".box dd.held, #outcome-rows th, #agents .state, #waiting td:last-child, #help td"
        shown[name] = screen.page.locator(cells).all_inner_texts()
    assert not [text for text in shown[language] if re.search(r"%\d|%s|%%|\{|>=|<=", text)]
    given = {"Mittagspause", "sales", "–", ""}
    alike = [
        text
        for text, english in zip(shown[language], shown["en"], strict=True)
        if text == english and text not in given and re.search(r"[a-z]{4}", text)
    ]
    assert not [text for text in alike if "Niederschönhausen" not in text]


def test_a_number_runs_from_left_to_right_where_the_page_does_not(
    opened: Opening,
) -> None:
    screen = opened("he")
    for size in ("desk", "phone"):
        screen.show("/now/", size)
        places = screen.page.evaluate(
            """number => {
              const all = document.createTreeWalker(document.querySelector("#agents"), NodeFilter.SHOW_TEXT);
              while (all.nextNode() && all.currentNode.textContent !== number) { /* on */ }
              const at = (place) => {
                const range = document.createRange();
                range.setStart(all.currentNode, place);
                range.setEnd(all.currentNode, place + 1);
                return range.getBoundingClientRect().left;
              };
              return [at(0), at(number.length - 1)];
            }""",
            NUMBER,
        )
        assert places[0] < places[1], f"the plus stands behind the number: {size}"


def test_a_screen_without_data_says_so_and_shows_no_empty_band(
    opened: Opening,
) -> None:
    screen = opened("en")
    screen.found.size("desk")
    screen.found.open("/now/")
    empty = "Array.from(document.querySelectorAll('#stale')).filter((one) => one.offsetHeight && !one.textContent).length"
    assert screen.page.evaluate(empty) == 0
    assert screen.page.get_by_role("link", name="Connect a phone system").is_visible()
    assert not screen.page.locator("#h-queues").is_visible()


def test_many_people_stand_by_state_and_those_who_are_free_are_folded(opened: Opening) -> None:
    screen = opened("en")
    screen.show("/now/", "desk")
    page = screen.page
    shown = page.locator("#agents .state")
    assert set(shown.all_inner_texts()).isdisjoint({"free", "signed out", "not known"})
    free = page.locator("#states button[data-state=free]")
    assert "20" in free.inner_text()
    free.focus()
    page.keyboard.press("Enter")
    page.evaluate("text => window.send({data: text})", json.dumps(crowd()))
    assert shown.all_inner_texts().count("free") == 20
    assert free.evaluate("one => document.activeElement === one")
    page.evaluate("text => window.send({data: text})", json.dumps(crowd(agents=30)))
    assert not page.locator("#states").is_visible()
    assert shown.count() == 30


HOLD = "#outcome-rows a, #queues a, #drops-hours a, .box dt a"


def test_a_number_that_opens_stays_under_the_finger_while_others_change(opened: Opening) -> None:
    screen = opened("en")
    screen.show("/now/", "desk")
    page, told = screen.page, crowd()
    for selector in HOLD.split(", "):
        link = page.locator(selector).first
        link.focus()
        page.evaluate("() => { window.held = document.activeElement; }")
        for part in told["outcomes"][1:]:
            part["calls"] += 1
        for queue in told["queues"]:
            queue["waiting"] += 1
        told["boxes"]["waiting"] = 99
        page.evaluate("text => window.send({data: text})", json.dumps(told))
        assert page.evaluate("() => window.held === document.activeElement"), selector
        assert page.evaluate("() => document.body.contains(window.held)"), selector
    changed = page.locator("#queues tr").first.locator("td").first
    assert changed.inner_text() == str(told["queues"][0]["waiting"])


def test_rows_come_and_go(opened: Opening) -> None:
    screen = opened("en")
    screen.show("/now/", "desk")
    page, told = screen.page, crowd()
    told["outcomes"], told["queues"] = told["outcomes"][:1], []
    page.evaluate("text => window.send({data: text})", json.dumps(told))
    assert page.locator("#outcome-rows tr").count() == 1
    assert page.locator("#queues tr").count() == 1
    assert page.locator("#queues td.empty").count() == 1
    page.evaluate("text => window.send({data: text})", json.dumps(crowd()))
    assert page.locator("#outcome-rows tr").count() == len(crowd()["outcomes"])
    assert page.locator("#queues td.empty").count() == 0
