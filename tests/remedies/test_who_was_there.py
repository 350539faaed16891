"""Who was there when a caller was missed is the same, whichever days are looked at."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from everycall.app.audit.remedying import remedies
from everycall.app.history.asking import Asking, day_bounds
from everycall.history import History
from reports.shop import shop_site
from truth.taken import copied

SHOP = Path(__file__).parents[2] / "samples" / "shop"
ZONE = ZoneInfo("Europe/Berlin")
SITE = shop_site()

_SEEN = "SELECT call_id, signed_in, paused, talking, elsewhere, free FROM misses ORDER BY call_id"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    data = tmp_path_factory.mktemp("shop")
    copied(data, [SHOP], SITE)
    return History(data)


def seen(history: History, first: date | None = None, last: date | None = None) -> Any:
    since, until = day_bounds(first, last, ZONE)
    with Asking(history, ZONE) as asking:
        found = remedies(asking, SITE, since, until)
        return {row[0]: row[1:] for row in asking.rows(_SEEN)}, found.presence


def test_a_week_tells_of_its_calls_what_all_days_tell(history: History) -> None:
    every, _ = seen(history)
    week, presence = seen(history, date(2026, 10, 5), date(2026, 10, 11))
    assert len(week) > 100
    assert week == {call: every[call] for call in week}
    states = {one.state for one in presence}
    assert "all talking" in states
    assert "not known" not in states
