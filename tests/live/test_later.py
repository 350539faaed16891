"""What comes after a call changes what it is called: on the picture as in the report of the day."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.answers.agreeing import bounds, differences
from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.definitions import load
from everycall.definitions.ageing import turning_ages
from everycall.history import History
from everycall.settings import read_table
from live.days import QUEUE_LOG, said, source

UTC = ZoneInfo("UTC")
DAY = date(2026, 3, 9)
NOON = 1_773_057_600
ADA, BEN = "+493023125001", "+493023125002"
HOUR = 3600


def site(definition: str = "reachability") -> SiteFile:
    given = {"zone": "UTC", "definition": definition, "limits": {"helped_after": "5 s"}}
    return read_table(
        SiteFile, {**given, "markers": {"callback_requested": ["verb:CALLBACKREQUEST"]}}
    )


def asks(n: int, second: int, caller: str) -> list[str]:
    """A caller waits 40 seconds and asks to be called back."""
    name, at = f"{NOON + second}.{n}", NOON + second
    return [
        f"{at}|{name}|sales|NONE|ENTERQUEUE||{caller}|1",
        f"{at + 40}|{name}|sales|NONE|CALLBACKREQUEST|{caller}",
        f"{at + 40}|{name}|sales|NONE|EXITWITHKEY|1|1|1|40",
    ]


def talks(n: int, second: int, caller: str, lasts: int = 60) -> list[str]:
    name, at = f"{NOON + second}.{n}", NOON + second
    return [
        f"{at}|{name}|sales|NONE|ENTERQUEUE||{caller}|1",
        f"{at + 5}|{name}|sales|Ann|CONNECT|5|{name}1|3",
        f"{at + 5 + lasts}|{name}|sales|Ann|COMPLETECALLER|5|{lasts}|1",
    ]


# a queue_log does not see whether a caller was called back
STORIES = {
    "it is not due": ([asks(1, 0, ADA), talks(2, HOUR, BEN)], {"callback": 1}),
    "it is due": ([asks(1, 0, ADA), talks(2, 3 * HOUR, BEN)], {"cannot_tell": 1}),
    "rang again and was helped": (
        [asks(1, 0, ADA), talks(2, 3 * HOUR, BEN), talks(3, 4 * HOUR, ADA)],
        {"callback": 1},
    ),
    "rang again, but nobody helped in three seconds": (
        [asks(1, 0, ADA), talks(2, 3 * HOUR, BEN), talks(3, 4 * HOUR, ADA, lasts=3)],
        {"cannot_tell": 1},
    ),
    "asked twice, then was helped": (
        [asks(1, 0, ADA), asks(2, HOUR, ADA), talks(3, 6 * HOUR, ADA)],
        {"callback": 2},
    ),
    "a second voice of the same number at the same time": (
        [
            asks(1, 0, ADA),
            talks(2, 300, ADA, lasts=600),
            talks(3, 400, ADA, lasts=600),
            talks(4, 6 * HOUR, BEN),
        ],
        {"cannot_tell": 1},
    ),
}


@pytest.mark.parametrize("apart", [0, 1, 40], ids=["line by line", "a call", "at once"])
@pytest.mark.parametrize("story", STORIES)
def test_what_comes_later_counts_as_in_the_report(story: str, apart: int, tmp_path: Path) -> None:
    calls, expected = STORIES[story]
    lines = [line for call in calls for line in call]
    lines.sort(key=lambda line: int(line.partition("|")[0]))
    (tmp_path / "queue_log").write_text("\n".join([*lines, ""]))
    history = History(tmp_path / "data")
    Importer(history, site()).take([tmp_path / "queue_log"])
    entries = said(lines, QUEUE_LOG, "queue_log")
    size = {0: 1, 1: 3, 40: 40}[apart]
    with LivePicture(site(), [source(QUEUE_LOG)], NOON * 1_000_000) as picture:
        for first in range(0, len(entries), size):
            batch = entries[first : first + size]
            picture.take(batch, int(batch[-1].body.partition("|")[0]) * 1_000_000)
            # what is done with is put away in between
            picture.take([], (NOON + 8 * HOUR) * 1_000_000)
        picture.take([], bounds(DAY, UTC)[1])
        with Asking(history, UTC) as asking:
            assert [str(one) for one in differences(asking, site(), picture.totals(), DAY)] == []
        rows = picture._window.engine.rows(
            "SELECT category, COUNT(*) FROM (SELECT * FROM hot_verdicts UNION ALL "
            "SELECT * FROM cold.verdicts) AS every WHERE category <> 'answered' GROUP BY 1"
        )
    assert dict(rows) == expected


@pytest.mark.parametrize(
    ("name", "ages"), [("reachability", {7200}), ("ringostat", {3600}), ("xon", set())]
)
def test_a_definition_says_at_which_age_of_a_promise_it_may_turn(name: str, ages: set[int]) -> None:
    wanted = {age * 1_000_000 + more for age in ages for more in (0, 1000)}
    assert turning_ages(load(name)) == wanted
