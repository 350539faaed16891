"""The wallboard of a finished day is history's report of that day, to the last digit.

However the day was said: in small batches or large ones, in order or not, some of it twice.
"""

import random
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.asking import Asking
from everycall.app.importing import Importer
from everycall.app.picturing import LivePicture
from everycall.app.sitefile import SiteFile, read_site
from everycall.clock import to_micros
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.live import tallies
from everycall.settings import read_table
from live.days import (
    AMI,
    BERLIN,
    QUEUE_LOG,
    SAMPLES,
    SHOP,
    batches,
    lines_of,
    of_day,
    said,
    source,
    stamp,
)

IN_TIME_MS = 20_000


def bounds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    start = to_micros(datetime.combine(day, time(), zone))
    return start, to_micros(datetime.combine(day + timedelta(days=1), time(), zone))


def of_history(history: History, day: date, zone: ZoneInfo) -> dict[str, tallies.Part]:
    """Return every tally of a day, counted at once over all of history."""
    first, after = bounds(day, zone)
    with Asking(history, zone) as asking:
        asking.engine.table("days", f"SELECT '{day}' AS day, {first} AS from_at, {after} AS to_at")
        return {
            tally.name: tallies.part(tally, asking.rows(tallies.statement(tally, IN_TIME_MS)))
            for tally in tallies.TALLIES
        }


def of_picture(picture: LivePicture, day: date, as_of: int) -> dict[str, tallies.Part]:
    board = picture.board(as_of)
    return {
        name: {key: values for key, values in part.items() if key[0] == str(day)}
        for name, part in board.tallies.items()
    }


def imported(folder: Path, files: dict[str, list[str]], site: SiteFile) -> History:
    """Return the history of some logs."""
    folder.mkdir()
    for name, lines in files.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    history = History(folder / "data")
    Importer(history, site).take([folder / name for name in files])
    return history


SHOP_DAY = date(2026, 10, 19)
SHOP_LOG = "queue_log-20261026.gz"
"""A Monday, and the log in which it stands."""


def shop_day() -> list[Entry]:
    return of_day(said(lines_of(SHOP / SHOP_LOG), QUEUE_LOG, "queue_log", 3), SHOP_DAY)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[SiteFile, dict[str, tallies.Part]]:
    folder = tmp_path_factory.mktemp("shop")
    site = read_site(folder, SHOP / "site.toml")
    lines = [entry.body for entry in shop_day()]
    history = imported(folder / "day", {"queue_log": lines}, site)
    return site, of_history(history, SHOP_DAY, BERLIN)


@pytest.mark.parametrize(("size", "shuffled"), [(3000, 0.0), (250, 0.0), (150, 1.0)])
def test_a_day_of_the_shop(
    size: int, shuffled: float, shop: tuple[SiteFile, dict[str, tallies.Part]]
) -> None:
    site, report = shop
    chance = random.Random(size)
    start, end = bounds(SHOP_DAY, BERLIN)
    cut = list(batches(shop_day(), size, chance, shuffled))
    with LivePicture(site, [source(QUEUE_LOG)], start) as picture:
        for i, batch in enumerate(cut):
            as_of = start + (end - start) * i // len(cut)
            picture.take(batch, as_of)
        picture.take([], end - 1)
        live = of_picture(picture, SHOP_DAY, end - 1)
    assert sum(values[0] or 0 for values in report["calls"].values()) > 100
    assert live == report


RESTARTS = ("s36", "s69", "s79", "s80")
"""A restart ends every call, so these stories are never told together with others."""

STORIES = [p for p in sorted((SAMPLES / "scenarios").glob("s*")) if p.name[:3] not in RESTARTS]
UTC = ZoneInfo("UTC")
SITE = read_table(SiteFile, {"zone": "UTC", "markers": {"information": ["prompt:info*"]}})


def recording(name: str, source_name: str, feed: str) -> list[Entry]:
    """Return what one log says of all stories; each story is a session or file of its own."""
    return [
        entry
        for part, story in enumerate(STORIES)
        for entry in said(lines_of(story / name), source_name, feed, part)
    ]


def recorded_day(entries: list[Entry]) -> date:
    return datetime.fromtimestamp(stamp(entries[0]), UTC).date()


@pytest.mark.parametrize(
    ("logs", "size"),
    [((AMI,), 1200), ((AMI, QUEUE_LOG), 1200), ((QUEUE_LOG,), 30)],
    ids=["ami", "ami and queue_log", "queue_log"],
)
def test_the_recorded_stories_said_out_of_order_and_twice(
    logs: tuple[str, ...], size: int, tmp_path: Path
) -> None:
    said_by = {
        QUEUE_LOG: recording("queue_log", QUEUE_LOG, "queue_log"),
        AMI: recording("ami.jsonl.gz", AMI, "pbx"),
    }
    day = recorded_day(said_by[QUEUE_LOG])
    names = {QUEUE_LOG: "queue_log", AMI: "ami.jsonl"}
    files = {names[log]: [entry.body for entry in said_by[log]] for log in logs}
    report = of_history(imported(tmp_path / "at once", files, SITE), day, UTC)

    chance = random.Random(len(logs))
    cut = [batch for log in logs for batch in batches(said_by[log], size, chance)]
    chance.shuffle(cut)
    end = bounds(day, UTC)[1] - 1
    with (
        Journal(tmp_path / "journal") as journal,
        LivePicture(SITE, [source(log) for log in logs], end) as picture,
    ):
        for batch in [*cut, *cut[:3]]:
            picture.take(journal.append(batch).fresh, end)
        live = of_picture(picture, day, end)
    assert len(report["calls"]) > 5
    assert live == report
