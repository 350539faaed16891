"""Whoever has keys alone comes through the day: every journey of the pages without a mouse."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser.chromium import MISSING, chromium
from browser.looking import PATIENCE, log_in
from web.serving import Server, environment, serving
from wire.fake_pbx import SECRET, USER, FakePbx
from wire.threaded import Pbx

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
PAGES = Path(__file__).parents[2] / "src" / "everycall" / "web"

MAKE = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from everycall.records.models import Promise
now, hour = timezone.now(), timedelta(hours=1)
for n in range(9):
    Promise.objects.create(caller=f"+4930231257{n:02}", queue="sales", reason="caller_left_in_queue",
        made_at=now, missed_at=now, due_business=now + hour, due_clock=now + hour, due_pure=now + hour,
        first_call=f"k{n}")
"""

PEOPLE = [
    {
        "Event": "QueueMember",
        "Queue": "sales",
        "Name": name,
        "Location": phone,
        "StateInterface": phone,
        "Membership": "dynamic",
        "Status": "1",
        "Paused": "0",
        "Penalty": "0",
    }
    for name, phone in (("Ann", "PJSIP/1001"), ("Bob", "PJSIP/1002"))
]


@pytest.fixture(scope="module")
def pbx() -> Iterator[Pbx]:
    made = Pbx(FakePbx())
    made.fake.lists["QueueStatus"] = list(PEOPLE)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    command = [sys.executable, "-m", "everycall", "import", str(SCENARIOS), "--data", str(data)]
    subprocess.run(command, check=True, capture_output=True)
    with serving(data) as found:
        subprocess.run([sys.executable, "-c", MAKE], env=environment(data), check=True)
        yield found


@pytest.fixture(scope="module")
def state(browser: Browser, server: Server) -> object:
    return log_in(browser, str(server.client.base_url))


@pytest.fixture
def page(browser: Browser, server: Server, state: object) -> Iterator[Page]:
    context = browser.new_context(
        base_url=str(server.client.base_url),
        storage_state=state,  # type: ignore[arg-type]  # as the browser gave it
        viewport={"width": 1366, "height": 900},
    )
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    opened.goto("/alerts/")
    yield opened
    context.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def leads(page: Page, key: str, where: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation(url=where):
        page.keyboard.press(key)


def tab_to(page: Page, wanted: Locator, most: int = 300) -> None:
    """Press Tab until something has the focus, which must be seen."""
    for _ in range(most):
        if wanted.evaluate("one => one === document.activeElement"):
            seen = wanted.evaluate("one => parseFloat(getComputedStyle(one).outlineWidth) >= 2")
            assert seen, "nobody sees where the focus is"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {wanted}")


def has_focus(wanted: Locator) -> None:
    expect(wanted).to_be_focused(timeout=PATIENCE)


def test_the_menu_is_skipped_by_its_first_link(page: Page) -> None:
    press(page, "Tab")
    skip = page.locator("a.skip")
    has_focus(skip)
    box = skip.bounding_box()
    assert box is not None
    assert box["width"] > 40, "it is seen while it has the focus"
    press(page, "Enter")
    has_focus(page.locator("#main"))
    press(page, "Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_menu_of_a_person_opens_closes_and_gives_the_focus_back(page: Page) -> None:
    summary = page.locator("details.who summary")
    tab_to(page, summary)
    press(page, "Enter", "Tab")
    has_focus(page.locator("details.who button").first)
    press(page, "Escape")
    has_focus(summary)
    assert page.locator("details.who[open]").count() == 0


def test_single_keys_can_be_switched_off(page: Page) -> None:
    tab_to(page, page.locator("details.who summary"))
    press(page, "Enter")
    switch = page.locator("[data-keys]")
    tab_to(page, switch)
    press(page, "Space")
    expect(switch).to_have_attribute("aria-pressed", "false")
    press(page, "c")
    page.wait_for_timeout(300)
    assert page.url.endswith("/alerts/")
    page.reload()
    assert not page.locator("nav kbd").first.is_visible()
    press(page, "c")
    page.wait_for_timeout(300)
    assert page.url.endswith("/alerts/")
    tab_to(page, page.locator("details.who summary"))
    press(page, "Enter")
    tab_to(page, switch)
    press(page, "Space")
    leads(page, "c", "**/calls/")


def test_the_boxes_of_a_screen_are_arranged(page: Page, server: Server) -> None:
    leads(page, "s", "**/setup/site/")
    tab_to(page, page.locator("main a[href='/setup/walls/']"))
    leads(page, "Enter", "**/setup/walls/")
    tab_to(page, page.locator("main a[href='/setup/walls/1/']"))
    leads(page, "Enter", "**/setup/walls/1/")
    tab_to(page, page.locator("select[name=box1]"))
    page.keyboard.type("on a b")
    tab_to(page, page.locator("select[name=box2]"))
    page.keyboard.press("Home")
    tab_to(page, page.locator("main form.stack button"))
    leads(page, "Enter", "**/setup/walls/")
    page.goto(f"/wall/{server.wall}/")
    boxes = page.locator("[data-box]")
    assert boxes.first.get_attribute("data-box") == "paused"
    assert boxes.count() == 7


def test_calls_are_filtered_one_is_opened_and_the_way_leads_back(page: Page) -> None:
    leads(page, "c", "**/calls/")
    tab_to(page, page.locator("select[name=outcome]"))
    page.keyboard.type("caller left in q")
    tab_to(page, page.locator("form.filters button"))
    leads(page, "Enter", "**outcome=caller_left_in_queue**")
    filtered = page.url
    tab_to(page, page.locator("table.ledger a").first)
    leads(page, "Enter", "**/calls/*/")
    assert page.locator("h1").inner_text() == "Caller left in queue"
    tab_to(page, page.locator(".crumb a"))
    leads(page, "Enter", filtered)


def test_a_view_is_saved_opened_and_taken_away(page: Page) -> None:
    page.goto("/calls/?outcome=timed_out")
    tab_to(page, page.locator("input[name=name]"))
    page.keyboard.type("Given up")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/calls/")
    tab_to(page, page.locator("nav.contents a", has_text="Given up"))
    leads(page, "Enter", "**outcome=timed_out**")
    tab_to(page, page.locator("nav.contents button"))
    leads(page, "Enter", "**/calls/")
    assert page.locator("nav.contents").count() == 0


def test_a_caller_is_taken_called_noted_and_helped_by_one_key_each(page: Page) -> None:
    leads(page, "b", "**/callbacks/")
    owed = page.locator("h1").inner_text()
    leads(page, "t", "**/callbacks/*/")
    with page.expect_navigation():
        page.keyboard.press("t")
    assert page.locator("[accesskey=l]").get_attribute("href").startswith("tel:+")  # type: ignore[union-attr]
    press(page, "o")
    has_focus(page.locator("input[name=note][accesskey]"))
    page.keyboard.type("Asked for Tuesday")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_text("Asked for Tuesday").first.is_visible()
    with page.expect_navigation():
        page.keyboard.press("h")
    page.goto("/callbacks/")
    assert page.locator("h1").inner_text() != owed


def test_the_keys_of_a_page_go_before_those_of_the_menu(page: Page) -> None:
    page.goto("/callbacks/")
    leads(page, "t", "**/callbacks/*/")
    with page.expect_navigation():
        page.keyboard.press("t")
    leads(page, "m", "**/callbacks/")  # a message was left
    leads(page, "m", "**/me/")


def test_the_focus_stays_where_it_is_while_a_list_renews_itself(page: Page) -> None:
    page.goto("/callbacks/")
    row = page.locator("table.ledger tbody a").nth(2)
    address = row.get_attribute("href")
    tab_to(page, row)
    heading = page.locator("h1").inner_text()
    other = page.context.new_page()
    other.goto("/callbacks/")
    other.locator("form[action='/callbacks/owe/'] input[name=number]").last.fill("+4930444000111")
    with other.expect_navigation():
        other.keyboard.press("Enter")
    other.close()
    expect(page.locator("h1")).not_to_have_text(heading, timeout=PATIENCE)
    has_focus(page.locator(f"table.ledger tbody a[href='{address}']"))


def test_a_wrong_form_says_what_is_wrong_and_begins_there(page: Page) -> None:
    page.goto("/setup/connect/ami/")
    tab_to(page, page.locator("main form.stack button"))
    page.eval_on_selector("main form.stack", "form => { form.noValidate = true; }")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    wrong = page.locator("[aria-invalid=true]").first
    has_focus(wrong)
    said = wrong.evaluate(
        "one => (one.getAttribute('aria-describedby') || '').split(' ').filter(Boolean)"
        ".map(id => document.getElementById(id)).filter(Boolean).map(one => one.textContent).join(' ')"
    )
    assert "required" in said


def test_the_hours_are_set(page: Page) -> None:
    page.goto("/setup/hours/")
    zone = page.locator("main form.stack select[name=zone]")
    tab_to(page, zone)
    page.keyboard.type("Europe/Berl")
    button = page.locator("main form.stack > button")
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto("/setup/hours/")
    assert zone.input_value() == "Europe/Berlin"


def connect(page: Page, pbx: Pbx) -> None:
    """Connect a phone system, as whoever sets up does."""
    page.goto("/setup/connect/ami/")
    for name, value in (
        ("name", "office"),
        ("host", "127.0.0.1"),
        ("port", str(pbx.fake.port)),
        ("user", USER),
        ("secret", SECRET),
    ):
        tab_to(page, page.locator(f"main form.stack [name={name}]"))
        press(page, "Control+a")
        page.keyboard.type(value)
    tab_to(page, page.locator("main form.stack > button"))
    leads(page, "Enter", "**/setup/**")


def test_a_supervisor_pauses_somebody_and_keeps_their_place(page: Page, pbx: Pbx) -> None:
    connect(page, pbx)
    page.goto("/now/")
    expect(page.locator("#agents")).to_contain_text("Bob", timeout=PATIENCE)
    page.reload()
    tab_to(page, page.locator("#acts summary"))
    with page.expect_response("**/now/acts/"):
        press(page, "Enter")
    person = page.locator("#acts form[action$='/pause/'] select[name=agent]")
    tab_to(page, person)
    page.keyboard.type("B")
    pause = page.locator("#acts button[formaction$='/pause/']")
    tab_to(page, pause)
    with page.expect_response("**/now/acts/"):
        press(page, "Enter")
    expect(page.locator("#act-said")).to_contain_text("Bob", timeout=PATIENCE)
    has_focus(pause)
    assert person.input_value() == "Bob", "the next act is for the same person"
    assert [told["Interface"] for told in pbx.told("QueuePause")] == ["PJSIP/1002"]


def test_nothing_opens_over_a_page_that_would_have_to_give_the_focus_back() -> None:
    for path in [*PAGES.rglob("*.html"), *PAGES.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        found = [
            word for word in ("<dialog", 'role="dialog"', "confirm(", "alert(") if word in text
        ]
        assert not found, f"{path.name}: {found}"
