"""Tables that were kept say what would be found now, and are never read after anything has changed."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from everycall.app.answers.defining import chosen
from everycall.app.answers.ledger import open_ledger
from everycall.app.answers.measured_site import MeasuredSite
from everycall.app.answers.measured_tables import make
from everycall.app.answers.measuring import measure
from everycall.app.audit.auditing import Order, make_audit
from everycall.app.audit.preparing import prepare
from everycall.app.history import kept_tables
from everycall.app.history.asking import Asking
from everycall.app.history.narrowing import Filter, Narrow
from everycall.app.intake.importing import Importer
from everycall.app.keeping.erasing import erase
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.history import History
from everycall.reports.stored import to_json
from everycall.reports.trades import SHOP

SAMPLES = Path(__file__).parents[2] / "samples" / "shop"
ZONE = ZoneInfo("Europe/Berlin")
SITE = read_site(SAMPLES, SAMPLES / "site.toml")

METRICS = (
    "missed",
    "abandoned_rate",
    "lost_rate",
    "return_rate",
    "occupancy",
    "conversation_time",
    "offered",
)
BY = ("queue", "15min")


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_tables, "LEAST", 1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> History:
    history = History(tmp_path_factory.mktemp("shop"))
    Importer(history, SITE).take(sorted(SAMPLES.glob("queue_log*.gz"))[1:2])
    return history


def found_of(history: History) -> set[str]:
    """Return the names of the tables that are kept."""
    return {path.name.rpartition("-")[0] for path in paths_of(history)}


def paths_of(history: History) -> dict[Path, int]:
    files = (history.folder / kept_tables.FOUND).rglob("*.parquet")
    return {path: path.stat().st_mtime_ns for path in files}


def asked(history: History, site: SiteFile = SITE, zone: ZoneInfo = ZONE) -> list[Any]:
    with MeasuredSite(history, zone) as asking:
        return [
            list(measure(asking, [name], BY, definition="nhs_30s", settings=site).as_json())
            for name in METRICS
        ]


def audit(history: History) -> str:
    with Asking(history, ZONE, by_number=True) as asking:
        return to_json(make_audit(asking, site=SITE, order=Order(trade=SHOP)))


def forget(history: History) -> None:
    shutil.rmtree(history.folder / kept_tables.FOUND, ignore_errors=True)


def test_an_audit_says_the_same_before_and_after_tables_were_kept(
    shop: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(shop)
    prepare(shop, SITE)
    kept = paths_of(shop)
    own = f"judged_{chosen(SITE).digest}"
    assert {
        own,
        "missed",
        "ledger",
        "needs",
        "present",
        "all_rings",
        "talking_presence",
    } <= found_of(shop)
    read = audit(shop)
    assert kept.items() <= paths_of(shop).items()
    monkeypatch.setattr(kept_tables, "LEAST", 1 << 62)
    assert audit(shop) == read


def test_metrics_say_the_same_before_and_after_tables_were_kept(
    shop: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(shop)
    found = asked(shop)
    kept = paths_of(shop)
    assert kept
    assert asked(shop) == found
    assert paths_of(shop) == kept
    monkeypatch.setattr(kept_tables, "LEAST", 1 << 62)
    assert asked(shop) == found


def test_kept_columns_have_the_types_that_they_were_found_with(shop: History) -> None:
    def types(asking: Asking) -> dict[str, Any]:
        make(asking, names, SITE, None)
        open_ledger(asking, SITE)
        every = (*names, "missed", "needs", "ledger", "sign_ins", "pauses")
        return {name: asking.rows(f"DESCRIBE {name}") for name in every}

    names = ("presence", "talking_presence", "lone_stays", "stays", "ring_states", "sign_ins")
    forget(shop)
    with MeasuredSite(shop, ZONE) as asking:
        found = types(asking)
    with MeasuredSite(shop, ZONE) as asking:
        assert types(asking) == found


@pytest.mark.parametrize(
    "other",
    [
        lambda: (SITE, ZoneInfo("Asia/Tokyo")),
        lambda: (replace(SITE, agents={"PJSIP/1": "Ada"}), ZONE),
        lambda: (
            replace(SITE, limits=replace(SITE.limits, short_call=SITE.limits.short_call * 2)),
            ZONE,
        ),
    ],
)
def test_other_settings_find_anew(
    shop: History, other: Callable[[], tuple[SiteFile, ZoneInfo]]
) -> None:
    forget(shop)
    asked(shop)
    before = paths_of(shop)
    asked(shop, *other())
    assert set(paths_of(shop)) > set(before)


def test_another_version_of_the_product_finds_anew(
    shop: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(shop)
    asked(shop)
    before = paths_of(shop)
    monkeypatch.setattr(kept_tables, "product", lambda: "another")
    asked(shop)
    assert before
    assert {path.name for path in set(paths_of(shop)) - set(before)} == {p.name for p in before}


def test_what_was_damaged_is_found_anew(shop: History) -> None:
    forget(shop)
    found = asked(shop)
    for path in paths_of(shop):
        path.write_bytes(path.read_bytes()[:-9])
    assert asked(shop) == found


def test_another_state_of_the_history_has_its_own_and_older_ones_go(tmp_path: Path) -> None:
    history = History(tmp_path)
    logs = sorted(SAMPLES.glob("queue_log*.gz"))
    states: list[set[Path]] = []
    for number in range(3):
        Importer(history, SITE).take(logs[number : number + 1])
        prepare(history, SITE)
        states.append({path.parent for path in paths_of(history)})
    oldest, two, last = states
    assert (len(oldest), len(two), len(last)) == (1, 2, 2)
    assert oldest < two
    assert not oldest & last  # the one before the last stays for those who still read it


def test_an_older_state_keeps_nothing_more(tmp_path: Path) -> None:
    history = History(tmp_path)
    logs = sorted(SAMPLES.glob("queue_log*.gz"))
    Importer(history, SITE).take(logs[:2])
    with Asking(history, ZONE, by_number=True) as earlier:
        prepare(history, SITE)
        Importer(history, SITE).take(logs[2:3])
        prepare(history, SITE)
        after = paths_of(history)
        earlier.engine.table("late", "SELECT 1 AS one")
        kept_tables.keep(earlier, ["late"])
    assert paths_of(history) == after


def test_nothing_is_kept_by_who_sees_only_some_calls(shop: History) -> None:
    forget(shop)
    with Narrow(shop, ZONE, Filter(queues=("sales",))) as asking:
        open_ledger(asking, SITE)
    with Asking(shop, ZONE) as asking:
        open_ledger(asking, SITE)
    assert not paths_of(shop)


def test_few_calls_are_not_worth_it(shop: History, monkeypatch: pytest.MonkeyPatch) -> None:
    forget(shop)
    monkeypatch.setattr(kept_tables, "LEAST", 50_000)
    prepare(shop, SITE)
    asked(shop)
    assert not paths_of(shop)


def test_who_is_erased_is_in_no_kept_table(tmp_path: Path) -> None:
    history = History(tmp_path)
    Importer(history, SITE).take([SAMPLES / "queue_log.gz"])
    prepare(history, SITE)
    with Asking(history, ZONE) as asking:
        gone = asking.rows("SELECT caller_key FROM counted WHERE NOT caller_key IS NULL")[0][0]
    assert paths_of(history)
    erase(tmp_path, "main", gone)
    assert not paths_of(history)
