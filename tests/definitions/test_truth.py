"""Definitions on records that nobody here wrote: their counts against the raw rows."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from everycall.app.answers.defining import compare, count
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.definitions import definition_ids, load
from everycall.history import History
from sources.shared import data, found
from truth.histories import site_of, told
from truth.taken import copied

BANK = found("anonymous_bank_1999/*.txt") or ["anonymous_bank_1999/absent.txt"]
WEEKS = found("threecx/call_log/*.csv") or ["threecx/call_log/absent.csv"]


@pytest.fixture(scope="module", params=BANK[:1])
def month(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[dict[str, str]], History]:
    path = data(request.param)
    folder = tmp_path_factory.mktemp("month")
    copied(folder, [path], SiteFile())
    with path.open(encoding="ascii", newline="") as file:
        rows = [
            {name.strip(): value.strip() for name, value in row.items()}
            for row in csv.DictReader(file, delimiter="\t")
        ]
    return [r for r in rows if r["outcome"] != "PHANTOM" and r["type"] != "TT"], History(folder)


def test_the_banks_calls_are_what_its_rows_say(
    month: tuple[list[dict[str, str]], History],
) -> None:
    rows, history = month
    waits = Counter(int(r["q_time"]) for r in rows if r["outcome"] == "HANG")
    queued = sum(calls for wait, calls in waits.items() if wait > 0)
    answered = sum(r["outcome"] == "AGENT" for r in rows)
    with Asking(history) as asking:
        said = {name: count(asking, load(name)) for name in definition_ids()}
    assert said["xon"].categories == {
        "answered": answered,
        "missed": queued,
        "abandoned": waits[0],
    }
    assert said["ringostat"].categories == {"answered": answered, "missed": waits.total()}
    assert said["queuemetrics"].categories["lost"] == queued
    assert said["amazon_connect"].categories["abandoned"] == queued
    late = sum(calls for wait, calls in waits.items() if wait >= 30)
    assert (said["nhs_30s"].headline, said["nhs_30s"].edge) == (late, waits[30])
    short = sum(calls for wait, calls in waits.items() if 0 < wait < 5)
    assert said["cisco"].categories["short_abandon"] == short
    assert {sum(one.categories.values()) for one in said.values()} == {len(rows)}


@pytest.mark.parametrize("second", ["nhs_30s", "finsofy", "reachability", "cisco"])
def test_the_way_from_one_number_to_another_is_whole(
    month: tuple[list[dict[str, str]], History], second: str
) -> None:
    with Asking(month[1]) as asking:
        found_ = compare(asking, load("xon"), load(second))
        assert found_.balanced
        assert all(abs(step.calls) == len(step.call_ids) for step in found_.steps)


ANSWERED = {"2025-11-17_CallLogLastWeek": 1_601}
"""Of this week every answered call was in the queue, so both ways of counting meet."""


@pytest.mark.parametrize("name", WEEKS[:1])
def test_a_week_of_3cx_is_partitioned_by_every_definition(name: str, tmp_path: Path) -> None:
    path = data(name)
    told(tmp_path, [path], site_of(zone="Europe/Dublin"))
    with Asking(History(tmp_path)) as asking:
        arrived = asking.rows("SELECT COUNT(*) FROM counted WHERE direction = 'inbound'")[0][0]
        for one in definition_ids():
            found_ = count(asking, load(one)).categories
            assert sum(found_.values()) == arrived
            assert found_.get("cannot_tell", 0) == 0
        answered = count(asking, load("xon")).categories["answered"]
        assert answered == ANSWERED.get(path.stem, answered)
