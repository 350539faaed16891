"""The wallboard in a real browser: many tabs, a stream that breaks, an old browser, a breach."""

import json
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from browser.chromium import MISSING, OPTIONS, chromium
from web.serving import CONNECTED, Server, serving

STATIC = Path(__file__).parents[2] / "src" / "everycall" / "web" / "static" / "web"
SCRIPTS = ("live.js", "again.js", "keys.js", "acts.js", "callbacks.js", "report.js", "tables.js")
TABS = 12
PATIENCE = 60_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("wall"), CONNECTED) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        yield opened
        opened.close()


def wall(server: Server) -> str:
    return f"{server.client.base_url}/wall/{server.wall}/"


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    return page


def wait_live(page: Page) -> None:
    expect(page.locator("#age")).to_have_text("Live", timeout=PATIENCE)


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason=MISSING)
@pytest.mark.parametrize("locks", [True, False], ids=["https", "plain http"])
def test_twelve_tabs_are_all_live_by_one_stream_and_hold_nothing_else_up(
    server: Server,
    browser: Browser,
    locks: bool,  # noqa: FBT001
) -> None:
    context = browser.new_context()
    if not locks:
        context.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
    streams: list[str] = []
    context.on("request", lambda one: streams.append(one.url) if "/stream" in one.url else None)
    pages = [opened(context, wall(server)) for _ in range(TABS)]
    for page in pages:
        wait_live(page)
    for page in (pages[0], pages[-1]):
        answered = page.evaluate("fetch('/health/').then(function (a) { return a.status; })")
        assert answered == 200
    assert len(streams) < 6  # a browser opens no more than six connections to one host
    pages[0].close()  # the tab that held the stream
    pages[1].wait_for_timeout(8000)
    wait_live(pages[1])
    context.close()


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason=MISSING)
def test_a_wall_whose_stream_broke_says_so_and_comes_back_by_itself(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = opened(context, wall(server))
    wait_live(page)
    server.process.send_signal(signal.SIGSTOP)
    page.wait_for_selector("#live.stale")
    assert "Stale" in page.inner_text("#stale")
    assert page.locator("#stale").is_visible()
    server.process.send_signal(signal.SIGCONT)
    wait_live(page)
    assert not page.locator("#stale").is_visible()
    context.close()


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason=MISSING)
def test_a_phone_system_that_is_away_is_said_in_place_of_live(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    away = 'JSON.stringify({name: "office", since: picture.as_of - 60000})'
    script = (STATIC / "live.js").read_text(encoding="utf-8")
    told = script.replace(
        "    draw();\n    age();",
        f"    picture.unheard = [JSON.parse({away})];\n    draw();\n    age();",
    )
    assert told != script
    context.route(
        "**/web/live*.js", lambda one: one.fulfill(body=told, content_type="text/javascript")
    )
    page = opened(context, wall(server))
    note = page.locator("#stale")
    expect(note).to_contain_text("Not heard for 1 min 0", timeout=PATIENCE)
    expect(note).to_contain_text(": office.")
    expect(page.locator("#age")).to_have_text("")
    assert note.is_visible()
    context.close()


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason=MISSING)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "size", [(1920, 1080), (1366, 768), (390, 844)], ids=["tv", "desk", "phone"]
)
def test_a_wall_is_there_for_everybody(
    server: Server, browser: Browser, size: tuple[int, int], scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
    )
    page = opened(context, wall(server))
    wait_live(page)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if size[0] == 1920:
        height = "parseFloat(getComputedStyle(document.querySelector('[data-box]')).fontSize)"
        assert page.evaluate(height) >= 88  # to be read from five metres
        assert page.evaluate("document.body.scrollHeight <= window.innerHeight")
    context.close()


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason=MISSING)
def test_without_scripts_the_numbers_are_there_and_the_page_comes_anew(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = opened(context, wall(server))
    assert page.locator("[data-box=waiting]").inner_text() != ""
    assert 'http-equiv="refresh"' in page.content()
    context.close()


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason=MISSING)
def test_where_the_live_script_cannot_be_read_the_page_comes_anew(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context()
    context.route("**/live.js", lambda route: route.fulfill(body="this is ?. not; a script"))
    page = opened(context, wall(server))
    with page.expect_navigation(timeout=PATIENCE):
        pass
    context.close()


@pytest.mark.browser
@pytest.mark.skipif(chromium() is None, reason=MISSING)
def test_a_box_flashes_and_sounds_only_where_that_was_asked_for(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context()
    context.add_init_script(
        "window.tones = 0; window.AudioContext = function () { window.tones += 1; throw 0; };"
        "window.EventSource = function () { this.addEventListener = function (n, f) "
        "{ window.send = f; }; };"
        "window.BroadcastChannel = undefined; delete window.BroadcastChannel;"
    )
    for asked in ("0", "1"):
        page = opened(context, wall(server))
        page.evaluate(
            "asked => { var l = document.getElementById('live'); "
            "l.setAttribute('data-flash', asked); l.setAttribute('data-sound', asked); }",
            asked,
        )
        for met in (True, False):
            page.evaluate(
                "text => { try { window.send({data: text}); } catch (e) {} }", _board(met)
            )
        box = page.locator(".box", has=page.locator("[data-box=service_level]"))
        assert "missed" in str(box.get_attribute("class"))
        assert ("flash" in str(box.get_attribute("class"))) is (asked == "1")
        assert page.evaluate("window.tones") == int(asked)
        assert "broken: at least 90%" in box.inner_text()
    context.close()


def _board(met: bool) -> str:  # noqa: FBT001
    boxes = {"waiting": 0, "longest_since": None, "service_level": 0.95 if met else 0.5}
    lists = ("waiting", "queues", "agents", "help", "outcomes", "lines", "sound")
    return json.dumps({
        "as_of": int(datetime.now(UTC).timestamp() * 1000), "version": 1, "today": "2026-11-22",
        "boxes": boxes, "notes": {}, **{name: [] for name in lists},
        "targets": {"service_level": {"met": met, "limit": ">= 90 %", "name": "in time"}},
        "drops": {"trunks": [], "phones": [], "hours": []},
    })  # fmt: skip


# ---- without a browser


NEWER = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish": r"\?\?",
    "modules": r"^\s*(import|export)\b",
    "arrow functions": r"=>",
    "async": r"\basync\b|\bawait\b",
    "templates": r"`",
    "spread": r"\.\.\.",
    "private names": r"#\w+\s*[=(;]",
    "numbers": r"\d_\d|\d+n\b",
    "new words": r"\b(let|const|class)\s+\w",
}


def bare(script: str) -> str:
    """Return a script without its comments, and with nothing in its texts."""
    script = re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', script)


def newer(script: str) -> list[str]:
    found = bare(script)
    return [name for name, sign in NEWER.items() if re.search(sign, found, re.MULTILINE)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_of_a_wall_run_in_browsers_of_2018(name: str) -> None:
    assert newer((STATIC / name).read_text(encoding="utf-8")) == []


def test_newer_words_are_found() -> None:
    assert newer("var a = b?.c ?? 1;") == ["optional chaining", "nullish"]
    assert newer("export const x = () => `y`;") == [
        "modules", "arrow functions", "templates", "new words",
    ]  # fmt: skip
    assert newer('var a = "b?.c"; /* d ?? e */') == []


def test_a_stream_holds_no_connection_to_the_database(server: Server) -> None:
    def held() -> int:
        folder = Path(f"/proc/{server.process.pid}/fd")
        return sum("records.sqlite3" in str(fd.resolve()) for fd in folder.iterdir() if fd.exists())

    def settled() -> int:
        counts = [held() for _ in range(20) if not server.client.get("/ready/").is_error]
        return min(counts)

    before = settled()
    open_streams = []
    for _ in range(10):
        stream = server.client.stream("GET", f"/wall/{server.wall}/stream")
        open_streams.append(stream)
        lines = stream.__enter__().iter_lines()
        assert any(line.startswith("data: ") for line in lines if line)
    assert settled() <= before
    for stream in open_streams:
        stream.__exit__(None, None, None)
