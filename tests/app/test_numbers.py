"""Calls by number are the same calls: whatever is asked, and however late a part of them came."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.answers.measured_tables import exists, make
from everycall.app.answers.measuring import measure
from everycall.app.audit.auditing import Order, make_audit
from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.history import History
from everycall.metrics.callers import episode_people, neighbours
from everycall.reports.stored import to_json
from everycall.reports.trades import SHOP

SHOP_DATA = Path(__file__).parents[2] / "samples" / "shop"
ZONE = ZoneInfo("Europe/Berlin")


def settings() -> SiteFile:
    return read_site(SHOP_DATA, SHOP_DATA / "site.toml")


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> History:
    """The shop's calls, of which every third day came a second time round."""
    folder = tmp_path_factory.mktemp("late")
    logs = (gzip.decompress(log.read_bytes()).decode() for log in SHOP_DATA.glob("queue_log*.gz"))
    lines = sorted({line for log in logs for line in log.splitlines(keepends=True)})
    day = [int(line.split("|", 1)[0]) // 86400 % 3 for line in lines]
    history = History(folder / "data")
    for name, wanted in (("first", {0, 1}), ("second", {2})):
        path = folder / f"{name}.queue_log"
        kept = (line for line, number in zip(lines, day, strict=True) if number in wanted)
        path.write_text("".join(kept), encoding="utf-8")
        Importer(history, settings()).take([path], "asterisk_queue_log")
    return history


@pytest.fixture
def by_id(late: History) -> Iterator[Asking]:
    with Asking(late, ZONE) as asking:
        yield asking


@pytest.fixture
def by_number(late: History) -> Iterator[Asking]:
    with Asking(late, ZONE, by_number=True) as asking:
        assert asking.by_number
        yield asking


def test_every_table_has_the_same_rows(by_id: Asking, by_number: Asking) -> None:
    for table in ("counted", "visits", "attempts", "talks", "holds"):
        named = f"SELECT n.id, t.* EXCLUDE (call_id) FROM {table} AS t INNER JOIN call_names AS n ON n.call_id = t.call_id"
        whole = f"SELECT call_id, t.* EXCLUDE (call_id) FROM {table} AS t"
        found = by_number.rows(f"{named} ORDER BY ALL")
        assert found == by_id.rows(f"{whole} ORDER BY ALL")
        assert table == "holds" or found


def test_every_need_has_the_same_calls(by_id: Asking, by_number: Asking) -> None:
    named = (
        "SELECT b.id, h.id, e.* EXCLUDE (episode, helped_by) FROM episodes AS e "
        "INNER JOIN call_names AS b ON b.call_id = e.episode "
        "LEFT JOIN call_names AS h ON h.call_id = e.helped_by ORDER BY ALL"
    )
    whole = "SELECT episode, helped_by, * EXCLUDE (episode, helped_by) FROM episodes ORDER BY ALL"
    assert by_number.rows(named) == by_id.rows(whole)
    members = (
        "SELECT c.id, b.id FROM episode_calls AS e "
        "INNER JOIN call_names AS c ON c.call_id = e.call_id "
        "INNER JOIN call_names AS b ON b.call_id = e.episode ORDER BY ALL"
    )
    whole = "SELECT call_id, episode FROM episode_calls ORDER BY ALL"
    assert by_number.rows(members) == by_id.rows(whole)


def test_what_was_kept_is_what_would_be_found_now(by_number: Asking) -> None:
    make(by_number, ["neighbours", "episode_people"], SiteFile(), None)
    for name, statement in (("neighbours", neighbours()), ("episode_people", episode_people())):
        kept = by_number.rows(f"SELECT * FROM {name} ORDER BY ALL")
        anew = by_number.rows(f"SELECT * FROM ({statement}) ORDER BY ALL")
        assert kept == anew
        assert kept


def test_numbers_follow_the_order_of_the_ids_of_a_month(by_number: Asking) -> None:
    rows = by_number.rows(
        "SELECT strftime(make_timestamp(c.arrived_at), '%Y-%m'), n.id "
        "FROM counted AS c INNER JOIN call_names AS n ON n.call_id = c.call_id ORDER BY c.call_id"
    )
    assert rows == sorted(rows)
    assert len({month for month, _ in rows}) > 1


def test_an_audit_by_number_says_the_same(by_id: Asking, by_number: Asking) -> None:
    one, other = (
        make_audit(asking, site=settings(), order=Order(trade=SHOP))
        for asking in (by_id, by_number)
    )
    assert to_json(one) == to_json(other)


def test_calls_that_were_counted_long_ago_get_numbers_with_the_next_import(
    late: History, tmp_path: Path
) -> None:
    manifest = late.manifest()
    old = replace(manifest, segments=tuple(replace(s, numbered=False) for s in manifest.segments))
    with late.writing():
        late.commit(old)
    with Asking(late, ZONE, by_number=True) as asking:
        assert not asking.by_number
        assert asking.rows("SELECT COUNT(*) FROM counted")[0][0]
    path = tmp_path / "one.queue_log"
    path.write_text("1790000000|NONE|NONE|NONE|QUEUESTART|\n", encoding="utf-8")
    Importer(late, settings()).take([path], "asterisk_queue_log")
    assert late.manifest().numbered


def test_talks_alone_tell_the_same_of_people_as_all_that_they_did(by_number: Asking) -> None:
    def said() -> list[object]:
        return [
            list(measure(by_number, ["conversation_time"], by, settings=settings()).as_json())
            for by in ((), ("agent",), ("agent", "hour"), ("day",))
        ]

    alone = said()
    assert not exists(by_number, "presence")
    make(by_number, ["presence"], settings(), None)
    assert said() == alone
