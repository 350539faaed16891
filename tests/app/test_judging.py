"""One call judged by rules that stand ready is judged as it is among all calls."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.answers import judging
from everycall.app.answers.defining import as_json, chosen, judged
from everycall.app.answers.judging import Bench, make_ready, side_by_side
from everycall.app.history.asking import Asking
from everycall.app.history.filtering import Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import read_site
from everycall.definitions import definition_ids, load
from everycall.definitions.words import COLUMNS
from everycall.history import History

SAMPLES = Path(__file__).parents[2] / "samples" / "shop"
SITE = read_site(SAMPLES, SAMPLES / "site.toml")
ZONE = ZoneInfo("Europe/Berlin")
HOUR = 3_600_000_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> History:
    history = History(tmp_path_factory.mktemp("shop"))
    Importer(history, SITE).take(sorted(SAMPLES.glob("queue_log*.gz"))[3:4])
    return history


@pytest.fixture
def asking(shop: History) -> Iterator[Asking]:
    with Asking(shop, ZONE) as opened:
        yield opened


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    found = Bench()
    monkeypatch.setattr(judging, "_BENCH", found)
    yield found
    found.close()


def some(asking: Asking) -> list[str]:
    """Return calls of every outcome."""
    rows = asking.rows("SELECT outcome, MIN(call_id) FROM counted GROUP BY outcome ORDER BY 1")
    return [call_id for _, call_id in rows]


@pytest.mark.parametrize("is_told", [True, False])
def test_each_definition_says_the_same_of_a_call_alone_and_among_all(
    asking: Asking, bench: Bench, *, is_told: bool
) -> None:
    every = {name: judged(asking, load(name)) for name in definition_ids()}
    for call_id in some(asking):
        if is_told:
            asking.call(call_id)
        assert asking.table_with(call_id) == ("wanted" if is_told else "calls")
        alone = {one["id"]: one for one in side_by_side(asking, call_id)}
        assert set(alone) == set(every)
        for name, tree in every.items():
            (among,) = asking.engine.stream(tree.copy().where(f"call_id = '{call_id}'"))
            said = as_json(among)
            assert {key: alone[name][key] for key in said if key != "call_id"} == {
                key: value for key, value in said.items() if key != "call_id"
            }


def test_words_of_ones_own_come_first_and_change_as_soon_as_they_are_changed(
    asking: Asking, bench: Bench
) -> None:
    call_id = some(asking)[0]
    assert side_by_side(asking, call_id, load("nhs_30s"))[0]["id"] == "nhs_30s"
    assert side_by_side(asking, call_id, chosen(SITE))[0]["id"] == chosen(SITE).id


def waiting(until: int) -> dict[str, object]:
    """Return a call whose caller is owed a call back since the first hour."""
    facts: dict[str, object] = dict.fromkeys(COLUMNS)
    told = {"call_id": "1.1", "direction": "inbound", "outcome": "callback_requested"}
    since = {"arrived_at": HOUR, "callback_requested": True, "callback_requested_at": HOUR}
    return {**facts, **told, **since, "missing": "", "callback_reached": False} | {
        "sources_speak_until": until
    }


def test_what_goes_on_is_judged_by_the_moment_until_which_the_sources_speak(bench: Bench) -> None:
    words = [
        one for one in map(load, definition_ids()) if "callback_age" in one.text
    ]  # at least one asks how long somebody waits
    assert words
    soon, late = (
        bench.said(waiting(HOUR + 1), words, ZONE),
        bench.said(waiting(90 * HOUR), words, ZONE),
    )
    assert [one["category"] for one in soon] != [one["category"] for one in late]
    assert bench.said(waiting(HOUR + 1), words, ZONE) == soon


def test_the_table_is_made_anew_now_and_then_and_says_the_same(
    asking: Asking, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MOST_JUDGED", 2)
    monkeypatch.setattr(judging, "MOST_PLANNED", 3)
    call_id = some(asking)[0]
    said = [side_by_side(asking, call_id) for _ in range(7)]
    assert all(one == said[0] for one in said)


def test_it_is_made_ready_before_anybody_asks(asking: Asking, bench: Bench) -> None:
    make_ready(ZONE, chosen(SITE))
    planned = len(bench._written)
    [call] = list(asking.calls(Filter(limit=1)))
    side_by_side(asking, call["call_id"], chosen(SITE))
    assert len(bench._written) == planned
