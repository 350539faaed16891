"""Take the pictures of an agent's day anew: docs/pictures/tour-*.png.

    python tools/browser/tour.py [DEST]        DEST: docs/pictures

It plays the sample shop on a server of its own, in a zone where it is late morning now, and does what
docs/tours/an-agents-day.md tells, as its people would. It takes about four minutes.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from browser.chromium import MISSING, OPTIONS, chromium  # noqa: E402  tests are no package
from web.serving import environment, free_port, wait_for  # noqa: E402  the same

PASSWORD = "a tall tree by the sea"  # noqa: S105  of people who live as long as the pictures take
PEOPLE = (("Ann Keller", "agent"), ("Bilal Demir", "agent"), ("Ines Moreau", "supervisor"))
DESK, PHONE = (1120, 640), (390, 780)
LATE_MORNING = 11
MANY = 15
PATIENCE = 300
"""Seconds until the promises of a played morning are there: most come when it becomes history."""

SERVE = """
import sys
from pathlib import Path
from everycall.web.commands import sample
folder = Path(sys.argv.pop(1))
sample.sample_folder = lambda: folder
from everycall.cli import main
main()
"""

MAKE = f"""
import django; django.setup()
from everycall.records.models import Person
for name, role in {PEOPLE!r}:
    mail = name.split()[0].lower() + "@shop.example"
    Person.objects.create_user(mail, {PASSWORD!r}, name=name, role=role, agent=name)
"""


def shop(folder: Path) -> Path:
    """Copy the sample shop to where it is late morning, open every day, and callers may be called."""
    copy = folder / "shop"
    shutil.copytree(ROOT / "samples" / "shop", copy)
    east = LATE_MORNING - datetime.now(UTC).hour
    site = copy / "site.toml"
    text = site.read_text(encoding="utf-8")
    text = text.replace('zone = "Europe/Berlin"', f'zone = "Etc/GMT{-east:+d}"')
    text = re.sub(r'week = .*\nholidays = "DE"', 'week = ["mon-sun 08:00-18:00"]', text)
    site.write_text(f'{text}\n[promises]\nquiet = ""\n', encoding="utf-8")
    return copy


@contextmanager
def served() -> Iterator[str]:
    """Serve the sample shop with its three people; return where."""
    with tempfile.TemporaryDirectory(prefix="everycall-tour-") as name:
        folder, port = Path(name), free_port()
        env = environment(folder / "data" / "sample")
        given = [str(shop(folder)), "serve", "--sample", "--data", str(folder / "data")]
        command = [sys.executable, "-c", SERVE, *given, "--port", str(port)]
        process = subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        base = f"http://127.0.0.1:{port}"
        try:
            with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
                wait_for(client)
            subprocess.run([sys.executable, "-c", MAKE], env=env, check=True)
            yield base
        finally:
            process.terminate()
            process.wait()


class Tour:
    """People who look at pages and act, with a camera."""

    def __init__(self, browser: Browser, base: str, dest: Path) -> None:
        self._browser, self._base, self._dest = browser, base, dest

    @contextmanager
    def page(self, who: str, size: tuple[int, int]) -> Iterator[Page]:
        """Log somebody in at a screen."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=self._base, locale="en-GB"
        )
        page = context.new_page()
        page.goto("/account/login/")
        page.fill("input[name=login]", f"{who.lower()}@shop.example")
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/now/")
        yield page
        context.close()

    def take(self, page: Page, name: str, height: int) -> None:
        """Take a picture of the upper part of a page."""
        page.wait_for_timeout(400)
        width = page.viewport_size["width"] if page.viewport_size else DESK[0]
        page.screenshot(
            path=self._file(name),
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": height},
        )

    def part(self, page: Page, name: str, selector: str) -> None:
        """Take a picture of a part of a page."""
        page.locator(selector).screenshot(path=self._file(name))

    def _file(self, name: str) -> Path:
        return self._dest / f"tour-{name}.png"


def press(page: Page, name: str) -> None:
    """Press a button by what is written on it, and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def settled(page: Page) -> None:
    """Wait until the promises of the morning are there."""
    for _ in range(PATIENCE // 5):
        page.goto("/callbacks/")
        if page.locator("#inbox tbody tr").count() >= MANY:
            return
        page.wait_for_timeout(5000)
    raise TimeoutError("the promises of the morning did not come")


def following(page: Page) -> None:
    """Open the promise that is next, and take it."""
    page.goto("/callbacks/")
    page.locator("#inbox .lead a").click()
    page.wait_for_load_state()
    press(page, "I take it")


def ann(tour: Tour) -> None:
    """Ann looks, takes one, and goes through four promises."""
    with tour.page("Ann", DESK) as page:
        settled(page)
        page.goto("/now/")
        page.wait_for_timeout(4000)
        tour.take(page, "now", 560)
        page.goto("/callbacks/")
        tour.take(page, "inbox", 480)
        following(page)
        first = page.url
        tour.take(page, "taken", 620)
        page.locator("input[name=note]").last.fill("wants to know whether the blue pots are back")
        press(page, "Write down")
        press(page, "Not reached")
        following(page)
        press(page, "Left a message")
        following(page)
        page.locator("form.stack input[name=note]").fill("pot sent again, arrives Tuesday")
        press(page, "Helped")
        following(page)
        page.locator("select[name=to]").select_option(label="Bilal Demir")
        press(page, "Hand over")
        tour.part(page, "closed", "section[aria-labelledby=closed]")
        undone = page.locator("section[aria-labelledby=closed] li", has_text="they called again")
        with page.expect_navigation():
            undone.first.get_by_role("button", name="Undo").click()
        page.goto(first)
        tour.part(page, "record", "section[aria-labelledby=moves]")
        page.goto("/me/")
        tour.take(page, "my-day", 420)


def others(tour: Tour) -> None:
    """Bilal finds on his phone what was handed to him; Ines sees what became of all."""
    with tour.page("Bilal", PHONE) as page:
        page.goto("/callbacks/")
        page.locator("#inbox .lead a").click()
        page.wait_for_load_state()
        tour.take(page, "phone", PHONE[1])
    with tour.page("Ines", DESK) as page:
        page.goto("/callbacks/ledger/?by=queue")
        tour.take(page, "ledger", DESK[1])


def main() -> None:
    dest = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    if chromium() is None:
        sys.exit(MISSING)
    dest.mkdir(parents=True, exist_ok=True)
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        tour = Tour(browser, base, dest)
        ann(tour)
        others(tour)
        browser.close()


if __name__ == "__main__":
    main()
