"""The wallboard of a finished day is history's report of that day, to the last digit.

However the day was said: in small batches or large ones, in order or not, some of it twice.
"""

import asyncio
import random
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.answers.agreeing import bounds, differences
from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.app.live.checking import DayCheck
from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.live.totals import Totals
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


def disagreeing(picture: LivePicture, history: History, site: SiteFile, day: date) -> list[str]:
    """Return every number of a day's board that a question about history answers otherwise."""
    with Asking(history, site.zone or UTC) as asking:
        return [str(one) for one in differences(asking, site, picture.totals(), day)]


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
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[SiteFile, History]:
    folder = tmp_path_factory.mktemp("shop")
    site = read_site(folder, SHOP / "site.toml")
    lines = [entry.body for entry in shop_day()]
    return site, imported(folder / "day", {"queue_log": lines}, site)


@pytest.mark.parametrize("definition", ["xon", "reachability", "ringostat"])
@pytest.mark.parametrize(("size", "shuffled"), [(3000, 0.0), (250, 0.0), (150, 1.0)])
def test_a_day_of_the_shop(
    size: int, shuffled: float, definition: str, shop: tuple[SiteFile, History]
) -> None:
    site, history = replace(shop[0], definition=definition), shop[1]
    chance = random.Random(size)
    start, end = bounds(SHOP_DAY, BERLIN)
    cut = list(batches(shop_day(), size, chance, shuffled))
    with LivePicture(site, [source(QUEUE_LOG)], start) as picture:
        for i, batch in enumerate(cut):
            as_of = start + (end - start) * i // len(cut)
            picture.take(batch, as_of)
        picture.take([], end - 1)
        assert disagreeing(picture, history, site, SHOP_DAY) == []
        board = picture.board(end - 1)
    day = board.day
    assert day is not None
    assert day.is_finished
    assert day.arrived == sum(day.outcomes.values()) > 100
    # the words of the definition are counted, and so are targets
    assert day.measures["missed"].value
    assert any(target.cell.value is not None for target in day.targets)


def test_a_day_of_people_whom_the_site_names_otherwise(
    shop: tuple[SiteFile, History], tmp_path: Path
) -> None:
    """One person has two names in the log, and one has another name than there."""
    named = {"Ann Keller": "Ann Keller-Vogt", "Clara Vogt": "Bilal Demir"}
    site = replace(shop[0], agents=named)
    history = imported(tmp_path / "day", {"queue_log": [one.body for one in shop_day()]}, site)
    start, end = bounds(SHOP_DAY, BERLIN)
    with LivePicture(site, [source(QUEUE_LOG)], start) as picture:
        for batch in batches(shop_day(), 500, random.Random(1), 0.0):
            picture.take(batch, end - 1)
        assert disagreeing(picture, history, site, SHOP_DAY) == []
        people = {agent.name for agent in picture.board(end - 1).agents}
    assert {"Ann Keller-Vogt", "Bilal Demir"} < people
    assert not {"Ann Keller", "Clara Vogt"} & people


def test_a_finished_day_is_held_against_its_report_by_itself(
    shop: tuple[SiteFile, History],
) -> None:
    site, history = shop
    start, end = bounds(SHOP_DAY, BERLIN)
    before = said(lines_of(SHOP / "queue_log-20261019.gz")[-200:], QUEUE_LOG, "queue_log", 2)
    check = DayCheck(history.folder.parents[1], site, history.site)
    with LivePicture(site, [source(QUEUE_LOG)], start) as picture:

        async def finished(day: date) -> Totals | None:
            return picture.finished(day)

        lines = shop_day()
        last = max(i for i, one in enumerate(lines) if "|ENTERQUEUE|" in one.body)
        picture.take([*before, *lines[: last + 1]], (stamp(lines[last]) + 60) * 1_000_000)
        asyncio.run(check.look(SHOP_DAY, finished))
        assert (check.agreed, check.trouble) == (None, "")  # a call is not over
        picture.take([], end + 20 * 3600 * 1_000_000)
        asyncio.run(check.look(SHOP_DAY, finished))
    assert check.agreed is None
    assert "differs from its report in" in check.trouble
    with LivePicture(site, [source(QUEUE_LOG)], start) as picture:
        picture.take([*before, *shop_day()], end + 60)
        check = DayCheck(history.folder.parents[1], site, history.site)
        asyncio.run(check.look(SHOP_DAY, finished))
    assert (check.agreed, check.trouble) == (SHOP_DAY, "")


def test_a_number_that_differs_is_found(shop: tuple[SiteFile, History]) -> None:
    site, history = shop
    start, end = bounds(SHOP_DAY, BERLIN)
    with LivePicture(site, [source(QUEUE_LOG)], start) as picture:
        picture.take(shop_day()[:-40], end - 1)
        found = disagreeing(picture, history, site, SHOP_DAY)
    assert any(one.startswith("arrived by day") for one in found)
    assert any(one.startswith("missed by queues") or "queues" in one for one in found)


UNSEEN_ENTRY = """
1775344365|1775344365.104|NONE|NONE|DID|4930200
1775344400|1775344365.104|sales|NONE|EXITWITHTIMEOUT|1|1|30
1775344400|1775344365.104|sales|NONE|ENTERQUEUE||0301234046|1
1775344475|1775344365.104|sales|NONE|EXITWITHKEY|9|1|1|75
"""


def test_a_stay_that_is_known_by_its_end_alone_came_first(tmp_path: Path) -> None:
    site, day = read_table(SiteFile, {"zone": "UTC"}), date(2026, 4, 4)
    lines = UNSEEN_ENTRY.split()
    history = imported(tmp_path / "day", {"queue_log": lines}, site)
    with LivePicture(site, [source(QUEUE_LOG)], bounds(day, UTC)[0]) as picture:
        for entry in said(lines, QUEUE_LOG, "queue_log"):
            picture.take([entry], stamp(entry) * 1_000_000)
        picture.take([], bounds(day, UTC)[1] + 20 * 3600 * 1_000_000)
        assert picture.totals().day(str(day)).outcomes == {"left_by_key": 1}
        assert disagreeing(picture, history, site, day) == []


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
    history = imported(tmp_path / "at once", files, SITE)

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
        assert disagreeing(picture, history, SITE, day) == []
        assert len(picture.board(end).days[0].outcomes) > 5
