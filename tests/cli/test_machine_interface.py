"""What other programs rely on: every field, its type, when it is null, and the exit codes."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cli.running import Ran, run
from everycall.history import History

SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
NAMES = (
    "s02_agent_hangs_up",
    "s04_abandon_5s",
    "s06_no_answer_then_other",
    "s22_callback_reached",
    "s29_hold",
    "s32_unknown_number",
)
FILES = ("queue_log", "Master.csv", "cel.csv", "ami.jsonl.gz")

TEXT, FLAG, NUMBER, MOMENT = "text", "yes or no", "whole number", "moment"
CALL = {
    "call_id": (TEXT, False),
    "site": (TEXT, False),
    "client": (TEXT, True),
    "direction": (TEXT, True),
    "arrived_at": (MOMENT, False),
    "ended_at": (MOMENT, True),
    "answered_at": (MOMENT, True),
    "caller": (TEXT, True),
    "called": (TEXT, True),
    "trunk": (TEXT, True),
    "language": (TEXT, True),
    "first_queue": (TEXT, True),
    "answered_queue": (TEXT, True),
    "answered_agent": (TEXT, True),
    "answered": (FLAG, True),
    "wait_ms": (NUMBER, True),
    "ring_ms": (NUMBER, True),
    "talk_ms": (NUMBER, True),
    "hold_ms": (NUMBER, True),
    "ended_by": (TEXT, True),
    "outcome": (TEXT, False),
    "rule": (TEXT, False),
    "confidence": (TEXT, False),
    "episode": (TEXT, True),
}
"""Fields of a call: what they hold, and whether they may be null."""

VISIT = {
    "queue": (TEXT, True),
    "entered_at": (MOMENT, True),
    "left_at": (MOMENT, True),
    "wait_ms": (NUMBER, True),
    "exit": (TEXT, True),
    "agent": (TEXT, True),
}
ATTEMPT = {
    "agent": (TEXT, True),
    "queue": (TEXT, True),
    "rang_at": (MOMENT, True),
    "stopped_at": (MOMENT, True),
    "ring_ms": (NUMBER, True),
    "result": (TEXT, True),
}
LISTS = {"visits": VISIT, "attempts": ATTEMPT}
WORDS = ("missing", "flags", "sources")


def paths(names: Iterable[str] = NAMES) -> list[Path]:
    return [SCENARIOS / name / file for name in names for file in FILES]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    assert run("import", *paths(), data=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def calls(history: Path) -> list[dict[str, Any]]:
    return run("calls", "--json", data=history).lines


def check(thing: dict[str, Any], fields: dict[str, tuple[str, bool]]) -> None:
    for name, (kind, nullable) in fields.items():
        value = thing[name]
        if value is None:
            assert nullable, f"{name} is null"
        else:
            assert _is(kind, value), f"{name} is {value!r}"


def _is(kind: str, value: Any) -> bool:
    if kind == MOMENT:
        return isinstance(value, str) and _in_utc(value)
    known = {TEXT: str, FLAG: bool, NUMBER: int}
    return type(value) is known[kind]


def _in_utc(text: str) -> bool:
    return text.endswith("Z") and datetime.fromisoformat(text).tzinfo is not None


def test_every_field_of_a_call_is_there_with_its_type(calls: list[dict[str, Any]]) -> None:
    assert len(calls) == 5
    for call in calls:
        check(call, CALL)
        for name, fields in LISTS.items():
            for item in call[name]:
                check(item, fields)
        for name in WORDS:
            assert all(isinstance(word, str) for word in call[name])
        for event in call["evidence"]:
            assert _in_utc(event["at"])
            assert {"kind", "source"} <= set(event)


def test_calls_come_in_order_of_arrival(calls: list[dict[str, Any]]) -> None:
    arrived = [datetime.fromisoformat(call["arrived_at"]) for call in calls]
    assert arrived == sorted(arrived)


def test_an_answered_call_says_who_when_and_for_how_long(calls: list[dict[str, Any]]) -> None:
    held = next(call for call in calls if call["hold_ms"])
    assert held["outcome"] == "answered"
    assert held["answered"] is True
    assert held["answered_agent"]
    assert held["talk_ms"] > 0
    assert held["visits"][0]["exit"] == "answered"
    assert held["attempts"][-1]["result"] == "answered"
    assert held["attempts"][-1]["ring_ms"] == held["ring_ms"]


def test_a_call_that_nobody_answered_has_no_talk_and_no_person(
    calls: list[dict[str, Any]],
) -> None:
    left = next(call for call in calls if call["outcome"] == "caller_left_in_queue")
    assert left["answered"] is False
    for name in ("talk_ms", "ring_ms", "hold_ms", "answered_agent", "answered_queue"):
        assert left[name] is None
    assert left["rule"] == "inbound.caller_left_in_queue"
    assert left["evidence"]


def test_several_files_of_one_site_are_one_story_for_each_call(
    calls: list[dict[str, Any]],
) -> None:
    joined = [call for call in calls if call["direction"] == "inbound"]
    four = ["asterisk_ami", "asterisk_cdr", "asterisk_cel", "asterisk_queue_log"]
    assert [call["sources"] for call in joined] == [four] * len(joined)


def test_what_one_source_cannot_see_is_null_and_not_zero(tmp_path: Path) -> None:
    run("import", SCENARIOS / "s29_hold" / "queue_log", data=tmp_path)
    (call,) = run("calls", "--json", data=tmp_path).lines
    check(call, CALL)
    for unseen in ("hold_ms", "trunk", "language"):
        assert call[unseen] is None
    assert call["confidence"] == "low"


def test_a_call_is_explained_with_its_timeline_and_what_is_unseen(tmp_path: Path) -> None:
    run("import", SCENARIOS / "s04_abandon_5s" / "queue_log", data=tmp_path)
    (call,) = run("calls", "--json", data=tmp_path).lines
    told = run("explain", call["call_id"], "--json", data=tmp_path).json
    check(told, CALL)
    assert {name: told[name] for name in CALL} == {name: call[name] for name in CALL}
    assert told["why"]
    assert told["rule_words"].endswith(".")
    assert [step["timer_ms"] for step in told["timeline"]] == sorted(
        step["timer_ms"] for step in told["timeline"]
    )
    assert all(_in_utc(step["at"]) and step["words"] for step in told["timeline"])
    assert {one["fact"] for one in told["unseen"]} == set(call["missing"])
    assert all(one["doc"] and one["because"] for one in told["unseen"])


def test_a_call_is_found_by_any_id_that_a_source_has_for_it(history: Path) -> None:
    told = run("explain", "nonesuch", "--json", data=history)
    assert (told.code, told.out) == (2, "")
    assert "there is no call 'nonesuch'" in told.err


def test_what_was_skipped_is_one_object_a_line(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    good = "1793610000|1.1|sales|NONE|ENTERQUEUE||01632960001|1\n"
    log.write_text(f"{good}garbage\n{good}1793610009|1.1|sales|NONE|NEWVERB|x\n", encoding="utf-8")
    taken = run("import", log, "--json", data=tmp_path / "data")
    assert taken.code == 3
    assert (taken.json["unreadable"], taken.json["without_word"]) == (1, 1)
    lines = run("skipped", "--json", data=tmp_path / "data").lines
    assert [(s["file"], s["line"], s["readable"], s["source"]) for s in lines] == [
        ("queue_log", 2, False, "asterisk_queue_log"),
        ("queue_log", 4, True, "asterisk_queue_log"),
    ]
    assert all(
        set(s) == {"file", "line", "reason", "detail", "text", "source", "readable"} for s in lines
    )
    shown = run("skipped", data=tmp_path / "data").out
    assert "garbage" in shown
    assert "NEWVERB" not in shown
    assert "NEWVERB" in run("skipped", "--all", data=tmp_path / "data").out


def test_the_audit_is_one_object_whose_outcomes_sum_up(history: Path) -> None:
    told = run("audit", "--json", data=history).json
    assert {"title", "subtitle", "sections"} <= set(told)
    outcomes = next(section for section in told["sections"] if section["id"] == "outcomes")
    arrived = run("calls", "--direction", "inbound", "--json", data=history).lines
    assert sum(row[1] for row in outcomes["tables"][0]["rows"]) == len(arrived)


def test_an_import_says_what_it_did(tmp_path: Path) -> None:
    told = run("import", *paths(NAMES[:2]), "--json", data=tmp_path).json
    assert told["site"] == "main"
    assert {file["source"] for file in told["files"]} == {
        "asterisk_queue_log",
        "asterisk_cdr",
        "asterisk_cel",
        "asterisk_ami",
    }
    for file in told["files"]:
        names = {"path", "source", "lines", "events", "unreadable", "without_word"}
        assert names | {"first_at", "last_at"} <= set(file)
    assert told["arrived"] == sum(told["outcomes"].values()) == 2
    assert told["refused"] == []
    assert isinstance(told["assumed"], list)
    assert isinstance(told["guessed"], dict)


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    first = run("import", *paths(NAMES[:2]), "--json", data=tmp_path)
    before = run("calls", "--json", data=tmp_path).out
    again = run("import", *paths(NAMES[:2]), "--json", data=tmp_path)
    assert again.code == first.code == 0
    assert len(again.json["already_known"]) == len(first.json["files"])
    assert again.json["files"] == []
    assert run("calls", "--json", data=tmp_path).out == before


def test_files_one_after_another_give_the_calls_of_all_at_once(tmp_path: Path) -> None:
    listed = paths(["s06_no_answer_then_other"])
    run("import", *listed, data=tmp_path / "once")
    for path in reversed(listed):
        run("import", path, data=tmp_path / "each")
    once, each = (run("calls", "--json", data=tmp_path / n).lines for n in ("once", "each"))
    for call in (*once, *each):
        call.pop("evidence")
    assert once == each


def test_sites_are_kept_apart(tmp_path: Path) -> None:
    for site, name in (("berlin", NAMES[0]), ("leeds", NAMES[1])):
        run("import", SCENARIOS / name / "queue_log", "--site", site, data=tmp_path)
    for site, outcome in (("berlin", "answered"), ("leeds", "caller_left_in_queue")):
        (call,) = run("calls", "--json", "--site", site, data=tmp_path).lines
        assert (call["site"], call["outcome"]) == (site, outcome)
    assert run("calls", "--json", data=tmp_path).code == 2


def test_the_data_directory_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERYCALL_DATA", str(tmp_path / "here"))
    assert run("import", SCENARIOS / NAMES[0] / "queue_log").code == 0
    assert (tmp_path / "here" / "history" / "main" / "manifest.json").exists()
    assert len(run("calls", "--json").lines) == 1


def refusals(tmp_path: Path) -> dict[str, Ran]:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all,\nthe phones are fine.\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    data = tmp_path / "data"
    return {
        f"'{letter}' is no log that everycall knows": run("import", letter, data=data),
        "there is no file": run("import", tmp_path / "absent", data=data),
        "there is no log in": run("import", tmp_path / "folder", data=data),
        "there is no source called 'asterisk'": run(
            "import", letter, "--source", "asterisk", data=data
        ),
        "does not look like 3CX call log": run("import", letter, "--source", "threecx", data=data),
        "nothing was imported yet for site 'main'": run("calls", data=data),
        "begin with: everycall import PATH": run("audit", data=data),
        "give one": run("import", letter, "--source", "a", "--mapping", letter, data=data),
        "cannot read the mapping": run("import", letter, "--mapping", "absent.toml", data=data),
        "this is no valid TOML": run("import", letter, "--mapping", letter, data=data),
    }


def test_what_is_wrong_gets_one_sentence_and_code_2(tmp_path: Path) -> None:
    for sentence, ran in refusals(tmp_path).items():
        assert sentence in " ".join(ran.err.split()), (sentence, ran)
        assert (ran.code, ran.out) == (2, ""), (sentence, ran)
        assert "Traceback" not in ran.err


def test_a_file_that_is_no_log_does_not_keep_the_others_out(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all,\n", encoding="utf-8")
    told = run("import", letter, *paths(NAMES[:1]), "--json", data=tmp_path / "data")
    assert told.code == 2
    assert [one["path"] for one in told.json["refused"]] == [str(letter)]
    assert told.json["arrived"] == 1


def test_an_empty_log_is_no_mistake_and_has_no_calls(tmp_path: Path) -> None:
    (tmp_path / "queue_log").touch()
    taken = run("import", tmp_path / "queue_log", "--json", data=tmp_path / "data")
    assert taken.code == 0
    assert [one["reason"] for one in taken.json["left_out"]] == ["is empty"]
    told = run("calls", "--json", data=tmp_path / "data")
    assert (told.code, told.out) == (0, "")


def test_while_another_writes_the_code_is_4(tmp_path: Path) -> None:
    path = SCENARIOS / NAMES[0] / "queue_log"
    with History(tmp_path).writing():
        ran = run("import", path, data=tmp_path)
    assert ran.code == 4
    assert "try again" in ran.err
    assert run("import", path, data=tmp_path).code == 0


FILTERS: dict[str, tuple[tuple[str, ...], Any]] = {
    "outcome": (("--outcome", "answered"), lambda call: call["outcome"] == "answered"),
    "two outcomes": (
        ("--outcome", "answered", "--outcome", "caller_left_in_queue"),
        lambda call: call["outcome"] in ("answered", "caller_left_in_queue"),
    ),
    "direction": (("--direction", "inbound"), lambda call: call["direction"] == "inbound"),
    "queue": (
        ("--queue", "sales"),
        lambda call: any(visit["queue"] == "sales" for visit in call["visits"]),
    ),
    "agent": (
        ("--agent", "Agent 1"),
        lambda call: any(attempt["agent"] == "Agent 1" for attempt in call["attempts"]),
    ),
    "caller": (
        ("--caller", "+441632960104"),
        lambda call: call["caller"] == "+441632960104",
    ),
    "called": (("--called", "5001"), lambda call: call["called"] == "5001"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_options_narrow_the_list(history: Path, calls: list[dict[str, Any]], name: str) -> None:
    options, fits = FILTERS[name]
    found = [call["call_id"] for call in run("calls", *options, "--json", data=history).lines]
    assert found == [call["call_id"] for call in calls if fits(call)]
    assert len(found) > 0


def test_days_are_local_and_the_last_is_included(
    history: Path, calls: list[dict[str, Any]]
) -> None:
    day = calls[0]["arrived_at"][:10]
    same = run("calls", "--from", day, "--to", day, "--json", data=history).lines
    assert len(same) == sum(call["arrived_at"].startswith(day) for call in calls)
    assert run("calls", "--to", "2001-01-01", "--json", data=history).out == ""
    assert len(run("calls", "--limit", "2", "--json", data=history).lines) == 2


def test_a_wrong_outcome_is_answered_with_the_nearest(history: Path) -> None:
    ran = run("calls", "--outcome", "anserwed", data=history)
    assert ran.code == 2
    assert "did you mean 'answered'?" in ran.err


def test_calls_are_given_as_csv_and_as_a_table(history: Path, calls: list[dict[str, Any]]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("calls", "--format", "csv", data=history).out)))
    assert [row["call_id"] for row in rows] == [call["call_id"] for call in calls]
    assert rows[0]["wait_ms"] == str(calls[0]["wait_ms"])
    table = run("calls", data=history).out
    assert max(map(len, table.splitlines())) <= 80
    assert "caller left" in table


def test_calls_are_written_as_parquet_and_as_json_lines(
    history: Path, calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    ran = run("calls", "--format", "parquet", "--output", tmp_path / "c.parquet", data=history)
    assert ran.code == 0
    query = "SELECT call_id, wait_ms, outcome FROM read_parquet(?) ORDER BY arrived_at"
    rows = duckdb.sql(query, params=[str(tmp_path / "c.parquet")]).fetchall()
    assert rows == [(c["call_id"], c["wait_ms"], c["outcome"]) for c in calls]
    assert run("calls", "--format", "parquet", data=history).code == 2
    run("calls", "--format", "json", "--output", tmp_path / "c.jsonl", data=history)
    written = (tmp_path / "c.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == calls


def test_every_field_that_others_rely_on_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "machine-interface.md").read_text("utf-8")
    for name in (*CALL, *VISIT, *ATTEMPT, *WORDS, "evidence", "visits", "attempts"):
        assert name in page, name
