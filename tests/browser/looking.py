"""Looking at a page as people do: of any size, in any light, in any language, with keys alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser.chromium import OPTIONS, chromium

TV, DESK, NARROW, PHONE = (1920, 1080), (1366, 900), (1024, 768), (390, 844)
SIZES = {"tv": TV, "desk": DESK, "narrow": NARROW, "phone": PHONE}
PATIENCE = 60_000
"""Milliseconds: tests in real time share the machine with others."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def browsing() -> Iterator[Browser]:
    """Open a browser; whatever it shows asks nobody but the server."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        try:
            yield opened
        finally:
            opened.close()


def log_in(browser: Browser, base: str, who: str = "ada@example.org") -> Any:
    """Log in by keys alone, and return what the browser remembers of it."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{base}/account/login/")
    page.keyboard.type(who)
    page.keyboard.press("Tab")
    page.keyboard.type("a tall tree by the sea")
    page.keyboard.press("Enter")
    page.wait_for_url("**/now/")
    kept = context.storage_state()
    context.close()
    return kept


@dataclass
class Window:
    """A page that is looked at, and whatever went wrong in it.

    A browser says by itself, at a time of its own, that a page is `missing`: where that is what is
    looked at, it is nothing wrong.
    """

    base: str
    page: Page
    wrong: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)

    def open(self, address: str, status: int = 200) -> None:
        """Go to a page, and wait until a report that is being made is there."""
        if status >= 400:
            self.missing.add(self.base + address)
        answer = self.page.goto(self.base + address)
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}"
        self.page.wait_for_selector("#report-body[data-again]", state="detached")

    def size(self, name: str) -> None:
        """Make the window as large as a screen."""
        width, height = SIZES[name]
        self.page.set_viewport_size({"width": width, "height": height})

    def troubles(self, about: str, *, rules: bool = True) -> list[str]:
        """Return what is wrong with the page as it is now."""
        told = list(layout(self.page))
        if rules:
            told += [
                f"{one['id']}: {one['nodes'][0]['html'][:160]}"
                for one in Axe().run(self.page, options={"runOnly": RULES}).response["violations"]
            ]
        told += self.wrong
        self.wrong.clear()
        return [f"{about}: {line}" for line in told]


@contextmanager
def window(context: BrowserContext, base: str) -> Iterator[Window]:
    """Open a window; errors of scripts, refused parts and questions to others are remembered."""
    found = Window(base, context.new_page())
    found.page.set_default_timeout(PATIENCE)
    found.page.on("pageerror", lambda error: found.wrong.append(str(error)))

    def said(message: Any) -> None:
        if message.type == "error" and message.location["url"] not in found.missing:
            found.wrong.append(f"{message.text} ({message.location})")

    def asked(request: Any) -> None:
        if not request.url.startswith((base, "data:")):
            found.wrong.append(f"it asks {request.url}")

    found.page.on("console", said)
    found.page.on("request", asked)
    try:
        yield found
    finally:
        found.page.close()


_LAYOUT = """() => {
  const told = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > window.innerWidth) { told.push(wide + " px wide in " + window.innerWidth); }
  const title = document.querySelector("h1").getBoundingClientRect();
  if (title.left < -1 || title.right > window.innerWidth + 1) { told.push("its heading is not where one looks"); }
  const inside = (one) => one.closest(".scroll, pre, svg, .sr, .skip, audio");
  for (const one of document.querySelectorAll("main a, main button, main input, main select, main textarea, main p, main li, main h2, main dd")) {
    const box = one.getBoundingClientRect();
    if (!box.width || inside(one) || one.type === "hidden") { continue; }
    if (box.left < -1 || box.right > window.innerWidth + 1) {
      told.push("out of the window: " + one.outerHTML.slice(0, 120));
    }
  }
  for (const one of document.querySelectorAll(".scroll")) {
    if (!one.closest("#report-body") && one.offsetWidth && one.scrollWidth > one.clientWidth + 1) {
      told.push("a table is " + one.scrollWidth + " px wide in " + one.clientWidth + ": " + one.textContent.trim().slice(0, 60));
    }
  }
  return told;
}"""


def layout(page: Page) -> Iterator[str]:
    """Yield what stands where nobody sees it."""
    yield from page.evaluate(_LAYOUT)


# ---- keys alone

_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) { return null; }
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const middle = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 0), window.innerWidth - 1),
    Math.min(Math.max(box.top + box.height / 2, 0), window.innerHeight - 1));
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  if (!one.dataset.walked) { one.dataset.walked = String(++window.walked || (window.walked = 1)); }
  return {
    id: one.dataset.walked, html: one.outerHTML.slice(0, 140), ringed: ringed,
    seen: box.width > 0 && box.bottom > 0 && box.top < window.innerHeight
      && box.right > 0 && box.left < window.innerWidth,
    covered: !!middle && !(one.contains(middle) || middle.contains(one)),
  };
}"""

_REACHABLE = """() => Array.from(document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'], audio[controls]"))
  .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true })
    && !(one.type === "radio" && !one.checked && document.querySelector(
      "input[type=radio]:checked[name='" + one.name + "']")))
  .filter((one) => !one.dataset.walked)
  .map((one) => one.outerHTML.slice(0, 140))"""


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through a page by the Tab key."""

    steps: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...]
    came_out: bool

    def troubles(self) -> Iterator[str]:
        """Yield what somebody without a mouse runs into."""
        for step in self.steps:
            if not step["ringed"]:
                yield f"focus is not seen on {step['html']}"
            if not step["seen"]:
                yield f"focus is out of the window on {step['html']}"
            elif step["covered"]:
                yield f"focus is under something else on {step['html']}"
        yield from (f"Tab never comes to {html}" for html in self.left_out)
        if not self.came_out:
            yield f"Tab does not come out: {self.steps[-1]['html']}"


def walk(page: Page, most: int = 600) -> Walk:
    """Press Tab until the page is through."""
    page.evaluate("() => { window.walked = 0; document.activeElement.blur(); }")
    steps: list[dict[str, Any]] = []
    known: set[str] = set()
    came_out = 0
    for _ in range(most):
        page.keyboard.press("Tab")
        step = page.evaluate(_FOCUSED)
        if step is None and not came_out:
            came_out = 1  # out at the end, and in again at the beginning
        elif step is None or (step["id"] in known and step["id"] != steps[-1]["id"]):
            break
        elif step["id"] not in known:
            known.add(step["id"])
            steps.append(step)
    return Walk(tuple(steps), tuple(page.evaluate(_REACHABLE)), bool(came_out))
