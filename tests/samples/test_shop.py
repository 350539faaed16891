"""The invented shop: what everycall counts from its logs is what the simulation knows."""

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from everycall.app.history.asking import Asking
from everycall.history import History
from reports.shop import shop_site
from truth.taken import copied

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "samples" / "shop"
TRUTH: dict[str, Any] = json.loads((SHOP / "truth.json").read_text(encoding="utf-8"))
FEW_DAYS = 3

UNSEEN_MESSAGES = {"voicemail_left": "voicemail_no_message"}
"""No log says whether a message was left."""

UNSEEN_DOORS = {"queue_unstaffed": "unknown"}
"""No log says that a queue refused a caller at its door."""


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    data = tmp_path_factory.mktemp("shop")
    summary = copied(data, [SHOP], shop_site())
    assert summary.unreadable == summary.without_word == 0
    assert not summary.refused
    with Asking(History(data), ZoneInfo("Europe/Berlin")) as found:
        yield found


def counted(asking: Asking, statement: str) -> dict[str, int]:
    return dict(asking.rows(statement))


def told() -> dict[str, int]:
    """Return the outcomes as far as the logs can show them."""
    outcomes = dict(TRUTH["inbound"]["outcomes"])
    for true, shown in (UNSEEN_MESSAGES | UNSEEN_DOORS).items():
        outcomes[shown] = outcomes.get(shown, 0) + outcomes.pop(true, 0)
    # handed on to a queue that refused at its door: the logs show the hand-over, but no request
    moved = TRUTH["inbound"]["handed_to_an_empty_queue"]
    outcomes["transfer_unanswered"] -= moved
    outcomes["answered"] += moved
    return {outcome: count for outcome, count in outcomes.items() if count}


def test_every_call_that_arrived_is_counted_with_its_outcome(asking: Asking) -> None:
    found = counted(
        asking, "SELECT outcome, COUNT(*) FROM calls WHERE direction = 'inbound' GROUP BY 1"
    )
    assert found == told()
    assert sum(found.values()) == TRUTH["inbound"]["arrived"]


def test_each_day_has_its_calls_and_answers(asking: Asking) -> None:
    local = "make_timestamp(arrived_at) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin'"
    rows = asking.rows(
        f"SELECT CAST(CAST({local} AS DATE) AS VARCHAR), COUNT(*), COUNT(*) FILTER (WHERE answered) "
        "FROM calls WHERE direction = 'inbound' GROUP BY 1 ORDER BY 1"
    )
    assert {day: numbers for day, *numbers in rows} == TRUTH["inbound"]["days"]
    assert sum(row[2] for row in rows) == TRUTH["inbound"]["answered"]


def test_each_queue_has_its_stays_exits_and_waiting(asking: Asking) -> None:
    exits = ("answered", "caller", "timeout", "empty", "key")
    filters = ", ".join(f"COUNT(*) FILTER (WHERE v.result = '{exit_}')" for exit_ in exits)
    rows = asking.rows(
        f"SELECT v.queue, COUNT(*), {filters}, COUNT(*) FILTER (WHERE v.result IS NULL), "
        "SUM(v.lasted_ms) // 1000 FROM visits AS v INNER JOIN calls AS c ON c.call_id = v.call_id "
        "WHERE c.direction = 'inbound' GROUP BY 1"
    )
    shown = ("entered", *exits, "restart", "seconds_waited")
    expected = {queue: [one[key] for key in shown] for queue, one in TRUTH["queues"].items()}
    assert {queue: numbers for queue, *numbers in rows} == expected


def test_each_person_has_their_rings(asking: Asking) -> None:
    results = ("answered", "no_answer", "cancelled")
    filters = ", ".join(f"COUNT(*) FILTER (WHERE a.result = '{result}')" for result in results)
    rows = asking.rows(
        f"SELECT a.agent, {filters} FROM attempts AS a "
        "INNER JOIN calls AS c ON c.call_id = a.call_id "
        "WHERE c.direction = 'inbound' AND NOT a.queue IS NULL GROUP BY 1"
    )
    # queue_log and call detail records write a refusal like a ring that nobody heard
    expected = {
        name: [one["answered"], one["missed"] + one["refused"], one["cancelled"]]
        for name, one in TRUTH["people"].items()
    }
    assert {name: numbers for name, *numbers in rows} == expected


def test_needs_are_joined_and_end_as_the_shop_counts_them(asking: Asking) -> None:
    states = counted(asking, "SELECT state, COUNT(*) FROM episodes GROUP BY 1")
    joined = asking.rows("SELECT COUNT(*) FILTER (WHERE joined), COUNT(*) FROM episodes")[0]
    expected = TRUTH["episodes"]
    assert states == {state: expected[state] for state in ("helped", "not_helped", "open")}
    assert joined == (expected["joined"], expected["all"])


def test_a_number_that_several_people_share_is_found(asking: Asking) -> None:
    shared = [number for (number,) in asking.rows("SELECT caller_key FROM sharing")]
    assert shared == TRUTH["callers"]["shared_numbers"]


def test_callers_are_told_apart(asking: Asking) -> None:
    numbers, withheld = asking.rows(
        "SELECT COUNT(DISTINCT caller_key), COUNT(*) FILTER (WHERE withheld) FROM calls "
        "WHERE direction = 'inbound'"
    )[0]
    assert numbers == TRUTH["callers"]["numbers"]
    assert withheld == TRUTH["callers"]["withheld_calls"]


def test_calls_that_the_team_made_are_apart(asking: Asking) -> None:
    rows = asking.rows(
        "SELECT direction, outcome, COUNT(*) FROM calls WHERE direction <> 'inbound' GROUP BY 1, 2"
    )
    found = {(direction, outcome): count for direction, outcome, count in rows}
    ours = TRUTH["our_own"]
    for direction in ("outbound", "callback"):
        assert {o: n for (d, o), n in found.items() if d == direction} == ours[direction]
    # a colleague asked while a caller is on hold is a call between two phones, too
    internal = sum(n for (d, _), n in found.items() if d == "internal")
    assert internal == sum(ours["internal"].values()) + ours["consultations"]


def test_a_call_arrives_in_the_second_that_its_id_says_when_the_clocks_go_back_too(
    asking: Asking,
) -> None:
    late = asking.rows(
        "SELECT call_id FROM calls "
        "WHERE arrived_at // 1000000 <> CAST(SPLIT_PART(call_id, '.', 1) AS BIGINT)"
    )
    assert late == []


# ---- the logs themselves


def queue_log(folder: Path) -> list[list[str]]:
    rotated = sorted(folder.glob("queue_log-*.gz"))
    text = "".join(
        gzip.decompress(path.read_bytes()).decode() for path in (*rotated, folder / "queue_log.gz")
    )
    return [line.split("|") for line in text.splitlines()]


def test_waits_in_queue_log_are_differences_of_the_clock() -> None:
    entered: dict[tuple[str, str], int] = {}
    waits_at = {"ABANDON": 7, "EXITWITHTIMEOUT": 7, "EXITEMPTY": 7, "EXITWITHKEY": 8, "CONNECT": 5}
    seconds = [int(line[0]) for line in queue_log(SHOP)]
    assert seconds == sorted(seconds)
    for at, call, queue, _, verb, *data in queue_log(SHOP):
        if verb == "ENTERQUEUE":
            entered[call, queue] = int(at)
        elif verb in waits_at:
            wait = int(data[waits_at[verb] - 5])
            assert abs(int(at) - entered[call, queue] - wait) <= 1


def test_both_logs_speak_of_the_same_calls() -> None:
    lines = gzip.decompress((SHOP / "Master.csv.gz").read_bytes()).decode().splitlines()
    rows = list(csv.reader(lines))
    assert {len(row) for row in rows} == {21}
    calls = {row[19] for row in rows}
    queued = {line[1] for line in queue_log(SHOP) if line[4] in ("ENTERQUEUE", "CALLBACKREQUEST")}
    lost = TRUTH["inbound"]["outcomes"]
    assert len(queued - calls) == lost["dropped_in_talk"] + lost["failed_waiting"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the first few days, made again."""
    out = tmp_path_factory.mktemp("made")
    make = [sys.executable, "tools/shop/make.py", "--days", str(FEW_DAYS), "--out", str(out)]
    subprocess.run(make, cwd=ROOT, check=True, capture_output=True)
    return out


def test_making_a_few_days_again_makes_the_same_lines(made: Path) -> None:
    again = queue_log(made)
    assert again == queue_log(SHOP)[: len(again)]
    # the last days of a longer run go on, so the rows of calls that run over midnight are not there
    few = gzip.decompress((made / "Master.csv.gz").read_bytes())
    every = gzip.decompress((SHOP / "Master.csv.gz").read_bytes())
    assert every.startswith(few)
    assert len(few) > 10_000


def test_the_truth_that_is_kept_is_what_the_simulation_writes(made: Path) -> None:
    again = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    assert again.keys() == TRUTH.keys()
    assert again["inbound"].keys() == TRUTH["inbound"].keys()
    shown = ("tried", "arrived", "answered")
    assert all(0 < again["inbound"][key] < TRUTH["inbound"][key] for key in shown)


def test_every_number_of_the_truth_is_compared_or_said_to_be_unseen() -> None:
    """Whoever adds a number says what the logs show of it."""
    compared = {"inbound", "queues", "people", "our_own", "callers", "episodes"}
    about = {"seed", "days", "first_day", "last_day"}
    unseen = {"needs"}
    assert set(TRUTH) == compared | about | unseen
    readme = (SHOP / "README.md").read_text(encoding="utf-8")
    hidden = ["without_trace", "handed_to_an_empty_queue", "consultations", "refused", "needs"]
    assert [word for word in hidden if f"`{word}`" not in readme] == []
