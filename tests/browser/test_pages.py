"""The pages in a real browser: right for everybody, on a phone, in the dark, from right to left."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from browser.chromium import MISSING, OPTIONS, chromium
from web.serving import Server, environment, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

DESK, PHONE = (1366, 900), (390, 844)
SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
PICTURES = os.environ.get("EVERYCALL_PICTURES", "")
"""Where pictures of all pages are put, if they are to be looked at."""

MAKE = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from everycall.records.models import Alert, AlertRule, Channel, Delivery, Person, ReportPlan, SavedView, Team
owner = Person.objects.get()
owner.agent = "Ann"; owner.save()
Team.objects.create(name="Sales", queues=["sales"])
Person.objects.create_user("max@example.org", "a tall tree by the sea", name="Maximiliane Hintertupfinger-Schnabelwopski", role="agent")
mail = Channel(name="Mail to the office", kind="mail"); mail.keep({"to": "a@example.org", "sender": "e@example.org"}); mail.save()
now = timezone.now()
missed = AlertRule.objects.create(name="Missed callers", measure="missed_call"); missed.channels.add(mail)
wait = AlertRule.objects.create(name="Long wait", measure="longest_wait", limit=60); wait.channels.add(mail)
one = Alert.objects.create(rule=missed, thing="+493023125001", since=now - timedelta(minutes=3), opened_at=now, caller="+493023125001", call_id="c1", queue="sales", misses=2, message=True)
Alert.objects.create(rule=wait, thing="sales", since=now - timedelta(minutes=9), opened_at=now, value=75, claimed_by="Ada")
Alert.objects.create(rule=wait, thing="support", since=now - timedelta(hours=2), opened_at=now, value=75, closed_at=now)
Delivery.objects.create(alert=one, channel=mail, message={"title": "Missed call: ****001"}, key="k1", tries=2, error="the server cannot be reached: connection refused")
ReportPlan.objects.create(name="Every Monday", every="week", to=["a@example.org"], channel=mail, made_by=owner)
SavedView.objects.create(person=owner, name="Left the queue", address="?outcome=caller_left_in_queue")
from everycall.records.models import Promise
hour = timedelta(hours=1)
for n, by in enumerate(("", "Ada", "", "Max")):
    Promise.objects.create(caller=f"+4930231256{n:02}", client="shop", queue="sales", reason="caller_left_in_queue", made_at=now, missed_at=now, due_business=now + hour, due_clock=now + hour, due_pure=now + hour, first_call=f"p{n}", state="claimed" if by else "waiting", owner=by, lease_until=now + hour if by else None)
"""

PAGES = [
    *("/alerts/", "/alerts/1/", "/setup/alerts/", "/setup/alerts/1/", "/setup/alerts/log/"),
    *("/setup/channels/mail/new/", "/calls/", "/report/", "/setup/reports/", "/setup/reports/1/"),
    *(
        "/setup/",
        "/setup/site/",
        "/setup/connect/?first",
        "/setup/hours/?first",
        "/setup/found/?first",
    ),
    *("/setup/targets/?first", "/setup/trade/?first", "/setup/people/", "/setup/people/1/", "/me/"),
    *("/callbacks/", "/callbacks/1/", "/callbacks/2/", "/callbacks/ledger/", "/callbacks/line/"),
    *("/setup/keys/", "/setup/trail/", "/setup/connect/ami/", "one call"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    command = [sys.executable, "-m", "everycall", "import", str(SCENARIOS), "--data", str(data)]
    subprocess.run(command, check=True, capture_output=True)
    with serving(data) as found:
        subprocess.run([sys.executable, "-c", MAKE], env=environment(data), check=True)
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def state(browser: Browser, server: Server) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.client.base_url}/account/login/")
    page.fill("input[type=email]", "ada@example.org")
    page.fill("input[type=password]", "a tall tree by the sea")
    page.keyboard.press("Enter")
    page.wait_for_url("**/now/")
    kept = context.storage_state()
    context.close()
    return kept


class Looked:
    """A window of one size and kind, in which pages are opened."""

    def __init__(
        self, browser: Browser, server: Server, state: Any, size: tuple[int, int], **more: Any
    ) -> None:
        self.base = str(server.client.base_url)
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, storage_state=state, **more
        )
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("request", self._asked)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.wrong.append(f"it asks {request.url}")

    def open(self, address: str) -> None:
        if address == "one call":
            self.page.goto(f"{self.base}/calls/")
            self.page.locator("table.ledger a").first.click()
            self.page.wait_for_load_state()
            return
        answer = self.page.goto(self.base + address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"


def trouble(window: Looked, address: str) -> list[str]:
    wanted = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(window.page, options=wanted)
    told = [
        f"{address}: {v['id']}: {v['nodes'][0]['html'][:160]}" for v in found.response["violations"]
    ]
    size = window.page.viewport_size or {"width": 0}
    width = window.page.evaluate("document.documentElement.scrollWidth")
    if width > size["width"]:
        told.append(f"{address}: {width} px wide")
    if not is_in_view(window.page):
        told.append(f"{address}: its heading is not where one looks")
    told += [f"{address}: {line}" for line in window.wrong]
    window.wrong.clear()
    return told


def is_in_view(page: Page) -> bool:
    """Tell whether the heading stands in the window, whichever way the page is written."""
    box = page.locator("h1").first.bounding_box()
    size = page.viewport_size or {"width": 0}
    return box is not None and box["x"] >= -1 and box["x"] + box["width"] <= size["width"] + 1


LOOKS = [
    ("desk-light", DESK, {"color_scheme": "light"}),
    ("desk-dark", DESK, {"color_scheme": "dark"}),
    ("phone-light", PHONE, {"color_scheme": "light"}),
    ("phone-dark", PHONE, {"color_scheme": "dark"}),
    ("desk-hebrew", DESK, {"color_scheme": "light", "locale": "he"}),
    ("phone-german", PHONE, {"color_scheme": "light", "locale": "de"}),
]


@pytest.mark.parametrize(("name", "size", "more"), LOOKS, ids=[look[0] for look in LOOKS])
def test_nobody_is_shut_out(
    browser: Browser, server: Server, state: Any, name: str, size: tuple[int, int], more: Any
) -> None:
    window, told = Looked(browser, server, state, size, **more), list[str]()
    for address in PAGES:
        window.open(address)
        told += trouble(window, address)
        if PICTURES:
            file = f"{name}-{address.strip('/').replace('/', '_').replace('?', '-') or 'home'}.png"
            window.page.screenshot(path=Path(PICTURES) / file, full_page=True)
    window.context.close()
    assert not told, "\n".join(told)


def test_the_keys_of_a_page_go_before_those_of_the_menu(
    browser: Browser, server: Server, state: Any
) -> None:
    window = Looked(browser, server, state, DESK)
    window.open("/callbacks/3/")
    for key, where in (("t", "**/callbacks/3/"), ("m", "**/callbacks/"), ("m", "**/me/")):
        with window.page.expect_navigation(url=where):
            window.page.keyboard.press(key)
    window.context.close()
