"""A page of a list of calls is what a sort of all calls would give, whichever months it stands in."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.answers.explaining import explain
from everycall.app.history import picking
from everycall.app.history.asking import Asking
from everycall.app.history.filtering import ALL, Filter
from everycall.app.history.finding_callers import list_missing
from everycall.app.history.narrowing import Narrow
from everycall.app.history.picking import Picker
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import read_site
from everycall.history import History

SAMPLES = Path(__file__).parents[2] / "samples" / "shop"
SITE = read_site(SAMPLES, SAMPLES / "site.toml")
ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Three weeks of the sample shop, on both sides of the end of a month."""
    history = History(tmp_path_factory.mktemp("shop"))
    Importer(history, SITE).take(sorted(SAMPLES.glob("queue_log*.gz"))[3:6])
    assert len(history.manifest().segments) == 2
    return history


@pytest.fixture
def asking(shop: History) -> Iterator[Asking]:
    with Asking(shop, ZONE) as opened:
        yield opened


def sorted_by_hand(asking: Asking, wanted: Filter) -> list[str]:
    """Return what is wanted by the plainest way: all calls, sorted."""
    where, values = replace(wanted, limit=None, skip=0).where()
    way = "DESC" if wanted.newest_first else "ASC"
    rows = asking.rows(
        f"SELECT c.call_id FROM calls AS c WHERE {where} "
        f"ORDER BY c.arrived_at {way}, c.call_id {way}",
        values,
    )
    last = None if wanted.limit is None else wanted.skip + wanted.limit
    return [call_id for (call_id,) in rows][wanted.skip : last]


def some(asking: Asking) -> list[Filter]:
    """Return filters of all kinds, those of a moment that parts the months in half too."""
    first, last = asking.rows("SELECT MIN(arrived_at), MAX(arrived_at) FROM counted")[0]
    caller = asking.rows(
        "SELECT caller_key FROM counted WHERE NOT caller_key IS NULL "
        "GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1"
    )[0][0]
    queue = asking.queues()[0]
    agent = asking.rows("SELECT MIN(agent) FROM attempts")[0][0]
    outcome = asking.rows("SELECT outcome FROM counted GROUP BY 1 ORDER BY COUNT(*), 1 LIMIT 1")
    return [
        Filter(),
        Filter(directions=("inbound",)),
        Filter(outcomes=outcome[0]),
        Filter(queues=(queue,), directions=("inbound",)),
        Filter(agents=(agent,)),
        Filter(callers=(caller,)),
        Filter(callers=tuple(map(str, range(60)))),
        Filter(since=(first + last) // 2),
        Filter(until=(first + last) // 2, queues=(queue,)),
    ]


@pytest.mark.parametrize(
    ("newest_first", "skip", "limit"), list(product((True, False), (0, 7, 2500, 5000), (1, 100)))
)
def test_a_page_is_what_a_sort_of_all_would_give(
    asking: Asking,
    newest_first: bool,  # noqa: FBT001 - pytest gives it by its place
    skip: int,
    limit: int,
) -> None:
    for one in some(asking):
        wanted = replace(one, newest_first=newest_first, skip=skip, limit=limit)
        for parts in (True, False):
            found = asking.calls(wanted, evidence=parts, parts=parts)
            told = list(found)
            assert [call["call_id"] for call in told] == sorted_by_hand(asking, wanted)
            assert all(bool(call["episode"]) == parts for call in told)


def test_page_after_page_is_the_whole(asking: Asking) -> None:
    wanted = Filter(directions=("inbound",))
    found: list[str] = []
    after = None
    while page := asking.picker.picks(replace(wanted, after=after), 700):
        found += [pick.call_id for pick in page]
        after = (page[-1].arrived_at, page[-1].call_id)
    assert found == sorted_by_hand(asking, wanted)
    tied = "SELECT COUNT(*) - COUNT(DISTINCT arrived_at) FROM counted WHERE direction = 'inbound'"
    moments = asking.rows(tied)[0][0]
    assert moments > 0, "no two calls came at the same moment, so their order was not tried"
    [first] = asking.picker.picks(wanted, 1)
    shared = asking.rows(
        "SELECT MIN(arrived_at) FROM (SELECT arrived_at FROM counted WHERE direction = 'inbound' "
        "GROUP BY 1 HAVING COUNT(*) > 1)"
    )[0][0]
    one, other = [p.call_id for p in asking.picker.picks(replace(wanted, since=shared), 2)]
    assert [
        pick.call_id for pick in asking.picker.picks(replace(wanted, after=(shared, one)), 1)
    ] == [other]
    assert first.call_id == found[0]


def test_counted_before_or_not_the_page_is_the_same(shop: History, asking: Asking) -> None:
    for one in some(asking):
        wanted = replace(one, newest_first=True, limit=50)
        assert asking.count(wanted) == len(sorted_by_hand(asking, one))
        with Asking(shop, ZONE) as fresh:
            first = [pick.call_id for pick in fresh.picker.picks(wanted, 50)]
        assert [pick.call_id for pick in asking.picker.picks(wanted, 50)] == first


def test_calls_are_the_same_from_their_months_and_from_the_whole(asking: Asking) -> None:
    wanted = Filter(queues=(asking.queues()[0],), newest_first=True, limit=120)
    by_month = list(asking.calls(wanted))
    asking.picker = Picker(asking.rows, [ALL])
    assert by_month == list(asking.calls(wanted))
    everything = asking.calls(replace(wanted, limit=None))
    assert by_month == [call for call, _ in zip(everything, by_month, strict=False)]


def test_months_that_have_moments_in_common_are_sorted_as_one(asking: Asking) -> None:
    late, early = (
        replace(ALL, counted=f"(SELECT * FROM counted WHERE hash(call_id) % 2 = {part})")
        for part in (0, 1)
    )
    picker = Picker(asking.rows, [late, early])
    wanted = Filter(newest_first=True, skip=11, limit=70)
    found = [pick.call_id for pick in picker.picks(wanted, 70)]
    assert found == sorted_by_hand(asking, wanted)
    assert picker.count(wanted) == asking.count(wanted)


def test_a_caller_is_found_by_the_list_of_callers_and_without_it(
    shop: History, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers = [
        caller
        for (caller,) in asking.rows(
            "SELECT COALESCE(caller_key, caller_raw) AS caller FROM counted "
            "WHERE NOT caller_raw IS NULL GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 3"
        )
    ]
    for wanted in (
        Filter(callers=(callers[0],), limit=4, newest_first=True),
        Filter(callers=(callers[0],), limit=3, skip=1),
        Filter(callers=tuple(callers), directions=("inbound",), limit=50),
        Filter(callers=("nobody",), limit=5),
    ):
        found = [call["call_id"] for call in asking.calls(wanted, parts=False, evidence=False)]
        assert found == sorted_by_hand(asking, wanted)
        assert asking.count(wanted) == len(
            sorted_by_hand(asking, replace(wanted, limit=None, skip=0))
        )
    assert all(shelf.callers for shelf in asking.picker.shelves)
    plain = Picker(asking.rows, [replace(shelf, callers=None) for shelf in asking.picker.shelves])
    one = Filter(callers=(callers[0],), newest_first=True)
    listed = asking.picker.picks(one, 100)
    assert [pick[1:] for pick in listed] == [pick[1:] for pick in plain.picks(one, 100)]
    monkeypatch.setattr(picking, "MANY", 2)
    with Asking(shop, ZONE) as fresh:
        assert [pick[1:] for pick in fresh.picker.picks(one, 100)] == [p[1:] for p in listed]


def test_months_of_before_are_given_a_list_of_their_callers(shop: History, asking: Asking) -> None:
    lists = sorted((shop.folder / "segments").glob("*/callers.parquet"))
    rows = [asking.rows(f"SELECT * FROM read_parquet('{path}')") for path in lists]
    lists[0].unlink()
    list_missing(shop)
    assert [asking.rows(f"SELECT * FROM read_parquet('{path}')") for path in lists] == rows
    assert not list((shop.folder / "segments").glob("*/tmp*"))


def test_who_sees_some_calls_is_given_no_other_month_by_month(shop: History) -> None:
    with Asking(shop, ZONE) as whole:
        queue = whole.queues()[0]
        mine = set(sorted_by_hand(whole, Filter(queues=(queue,))))
        every = whole.count(Filter())
    with Narrow(shop, ZONE, Filter(queues=(queue,))) as narrow:
        assert narrow.count(Filter()) == len(mine) < every
        seen = {call["call_id"] for call in narrow.calls(Filter(limit=every))}
    assert seen == mine


def test_what_was_told_of_one_call_is_not_told_of_the_next(asking: Asking) -> None:
    ids = sorted_by_hand(asking, Filter(limit=2, skip=20))
    told = [explain(asking, call_id, SITE) for call_id in (*ids, ids[0])]
    assert told[0] == told[2]
    assert told[0]["timeline"] != told[1]["timeline"]
    next(asking.calls(Filter(call_ids=(ids[1],), limit=1), evidence=False))
    assert asking.table_with(ids[0]) == "calls"
    assert {event["call_id"] for event in asking.timeline(ids[1])} == {ids[1]}
