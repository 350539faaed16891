"""Stays that were kept with their calls answer as the stays and the calls would, joined."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.answers.defining import chosen
from everycall.app.answers.measured_site import MeasuredSite
from everycall.app.answers.measured_tables import exists
from everycall.app.answers.measuring import measure
from everycall.app.audit.preparing import prepare
from everycall.app.history import kept_tables
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import read_site
from everycall.history import History

SAMPLES = Path(__file__).parents[2] / "samples" / "shop"
ZONE = ZoneInfo("Europe/Berlin")
SITE = read_site(SAMPLES, SAMPLES / "site.toml")
JUDGED = ("missed", "missed_rate", "lost", "lost_rate", "abandoned", "abandoned_rate")
KEPT = f"judged_stays_{chosen(SITE).digest}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> History:
    history = History(tmp_path_factory.mktemp("shop"))
    Importer(history, SITE).take(sorted(SAMPLES.glob("queue_log*.gz"))[1:2])
    return history


def asked(history: History, *by: str, kept: bool) -> list[object]:
    with MeasuredSite(history, ZONE) as asking:
        found = [list(measure(asking, [m], by, settings=SITE).as_json()) for m in JUDGED]
        assert exists(asking, KEPT) == kept
    return found


@pytest.mark.parametrize(
    ("by", "serves"),
    [
        (("queue", "15min"), True),
        (("queue", "client", "outcome"), True),
        (("queue", "weekday", "team"), True),
        (("queue", "tag"), False),
        (("queue", "language"), False),
    ],
)
def test_they_say_the_same(
    shop: History, by: tuple[str, ...], *, serves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = asked(shop, *by, kept=False)
    assert len(found[0]) > 1  # type: ignore[arg-type]
    monkeypatch.setattr(kept_tables, "LEAST", 1)
    prepare(shop, SITE)
    assert asked(shop, *by, kept=serves) == found
