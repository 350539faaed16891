"""Asterisk's queue_log, line by line: its units, its verbs, and what goes wrong with such files."""

from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.skips import skips
from everycall.history import History
from truth.histories import Told, site_of, told

SITE = site_of(zone="UTC")


def log(folder: Path, *lines: str, name: str = "queue_log", end: str = "\n") -> Path:
    """Write lines of queue_log; the seconds may be left as small numbers since 1700000000."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(_stamped, lines)) + end, encoding="utf-8")
    return path


def _stamped(line: str) -> str:
    at, _, rest = line.partition("|")
    return f"{1_700_000_000 + int(at)}|{rest}" if len(at) < 8 and at.isdigit() else line


def take(folder: Path, *lines: str, **settings: Any) -> Told:
    return told(folder / "data", [log(folder, *lines)], site_of(zone="UTC", **settings))


def one(folder: Path, *lines: str) -> dict[str, Any]:
    return take(folder, *lines).only


def skipped(folder: Path) -> list[tuple[int, str]]:
    """Return line and reason of everything that became no event."""
    return [(s["line"], s["reason"]) for s in skips(History(folder / "data"), everything=True)]


CALL = (
    "0|1700000000.1|sales|NONE|ENTERQUEUE||+441632960001|1",
    "10|1700000000.1|sales|Ann|CONNECT|10|1700000000.2|4",
    "70|1700000000.1|sales|Ann|COMPLETECALLER|10|60|1",
)


# ---- units ------------------------------------------------------------------------------------


def test_rings_are_milliseconds_in_one_verb_and_seconds_in_another(tmp_path: Path) -> None:
    call = one(
        tmp_path,
        "0|1700000000.1|sales|NONE|ENTERQUEUE||+441632960001|1",
        "8|1700000000.1|sales|Ann|RINGNOANSWER|8000",
        "12|1700000000.1|sales|Bob|CONNECT|12|1700000008.3|3",
        "22|1700000000.1|sales|Bob|COMPLETEAGENT|12|10|1",
    )
    assert {a["agent"]: (a["ring_ms"], a["result"]) for a in call["attempts"]} == {
        "Ann": (8000, "no_answer"),
        "Bob": (3000, "answered"),
    }
    assert (call["wait_ms"], call["ring_ms"], call["talk_ms"]) == (12_000, 3000, 10_000)


def test_no_ring_at_all_is_a_phone_out_of_reach_not_one_that_nobody_answered(
    tmp_path: Path,
) -> None:
    call = one(
        tmp_path,
        "0|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
        "0|1700000000.1|sales|Ann|RINGNOANSWER|0",
        "9|1700000000.1|sales|NONE|ABANDON|1|1|9",
    )
    assert [(a["ring_ms"], a["result"]) for a in call["attempts"]] == [(0, "unreachable")]


def test_moments_may_have_fractions_of_a_second(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(
        "1700000000.250000|1700000000.1|sales|NONE|ENTERQUEUE||1|1\n"
        "1700000005.750000|1700000000.1|sales|NONE|ABANDON|1|1|5\n",
        encoding="utf-8",
    )
    (visit,) = told(tmp_path / "data", [path], SITE).only["visits"]
    assert (visit["entered_at"], visit["left_at"]) == (
        "2023-11-14T22:13:20.25Z",
        "2023-11-14T22:13:25.75Z",
    )


def test_an_attended_transfer_between_two_lines_moves_the_fields_by_one(tmp_path: Path) -> None:
    begins = (
        "0|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
        "1|1700000000.1|sales|Ann|CONNECT|1|1700000000.2|1",
    )
    for number, fields in enumerate(
        ("BRIDGE|7590f799|1|12|1", "APP|Voicemail|1|12|1", "LINK|PJSIP/1|PJSIP/2|1|12|1")
    ):
        line = f"13|1700000000.1|sales|Ann|ATTENDEDTRANSFER|{fields}"
        call = one(tmp_path / str(number), *begins, line)
        assert [talk["talk_ms"] for talk in call["talks"]] == [12_000], fields


def test_a_blind_transfer_tells_whom_it_was_for_and_how_long_they_had_talked(
    tmp_path: Path,
) -> None:
    for number, verb in enumerate(("BLINDTRANSFER", "TRANSFER")):
        call = one(
            tmp_path / str(number),
            "0|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
            "1|1700000000.1|sales|Ann|CONNECT|1|1700000000.2|1",
            f"5|1700000000.1|sales|Ann|{verb}|1003|internal|1|4|1",
        )
        assert [talk["talk_ms"] for talk in call["talks"]] == [4000]
        assert call["transfers"] == 1
        assert call["talk_ms"] is None, "what came after the transfer is unseen"


@pytest.mark.parametrize(
    ("verb", "outcome", "waited"),
    [
        ("ABANDON|1|1|0", "caller_left_in_queue", 0),
        ("ABANDON|1|1|11", "caller_left_in_queue", 11),
        ("EXITWITHTIMEOUT|1|1|11", "timed_out", 11),
    ],
)
def test_two_stays_that_begin_in_one_second_keep_their_order(
    tmp_path: Path, verb: str, outcome: str, waited: int
) -> None:
    call = one(
        tmp_path,
        "0|1700000000.1|sales|NONE|ENTERQUEUE||+441632960001|1",
        "0|1700000000.1|sales|NONE|EXITEMPTY|1|1|0",
        "0|1700000000.1|billing|NONE|ENTERQUEUE||+441632960001|1",
        f"{waited}|1700000000.1|billing|NONE|{verb}",
    )
    assert (call["outcome"], call["wait_ms"]) == (outcome, waited * 1000)
    assert call["first_queue"] == "sales"


# ---- one call, several of its kind --------------------------------------------------------------


def test_a_call_may_visit_several_queues_and_one_of_them_twice(tmp_path: Path) -> None:
    call = one(
        tmp_path,
        "0|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
        "10|1700000000.1|sales|NONE|EXITWITHTIMEOUT|1|1|10",
        "10|1700000000.1|support|NONE|ENTERQUEUE||1|1",
        "30|1700000000.1|support|NONE|EXITEMPTY|1|1|20",
        "30|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
        "35|1700000000.1|sales|Ann|CONNECT|5|1700000030.2|2",
        "65|1700000000.1|sales|Ann|COMPLETECALLER|5|30|1",
    )
    assert [(v["queue"], v["exit"], v["wait_ms"]) for v in call["visits"]] == [
        ("sales", "timeout", 10_000),
        ("support", "empty", 20_000),
        ("sales", "answered", 5000),
    ]
    assert (call["outcome"], call["wait_ms"]) == ("answered", 35_000)


def test_two_words_for_one_departure_are_one_stay(tmp_path: Path) -> None:
    """Wazo says LEAVEEMPTY after Asterisk's EXITEMPTY; a failed connection is followed by ABANDON."""
    call = one(
        tmp_path / "a",
        "0|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
        "9|1700000000.1|sales|NONE|EXITEMPTY|1|1|9",
        "9|1700000000.1|sales|NONE|LEAVEEMPTY|",
        "9|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
        "20|1700000000.1|sales|NONE|ABANDON|1|1|11",
    )
    assert [(v["exit"], v["wait_ms"]) for v in call["visits"]] == [
        ("empty", 9000),
        ("caller", 11000),
    ]
    call = one(
        tmp_path / "b",
        "0|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
        "9|1700000000.1|sales|Ann|SYSCOMPAT|",
        "9|1700000000.1|sales|NONE|ABANDON|1|1|9",
    )
    assert [(v["exit"], v["wait_ms"]) for v in call["visits"]] == [("system", 9000)]
    assert call["outcome"] == "failed_waiting"


def test_a_member_named_in_abandon_is_nobody_who_answered(tmp_path: Path) -> None:
    call = one(
        tmp_path,
        "0|1700000000.1|sales|NONE|ENTERQUEUE||1|1",
        "9|1700000000.1|sales|Ann|ABANDON|1|1|9",
    )
    assert (call["outcome"], call["answered"]) == ("caller_left_in_queue", False)


def test_refusals_at_the_door_are_stays_of_no_length(tmp_path: Path) -> None:
    exits = {"FULL": "full", "JOINEMPTY": "unstaffed", "DIVERT_CA_RATIO": "full"}
    for verb, exit_ in exits.items():
        call = one(tmp_path / verb, f"0|1700000000.1|sales|NONE|{verb}|")
        assert [(v["exit"], v["wait_ms"]) for v in call["visits"]] == [(exit_, 0)]


def test_a_log_that_begins_in_a_talk_still_tells_that_the_queue_answered(tmp_path: Path) -> None:
    call = one(
        tmp_path,
        "0|1700000000.1|first|NONE|ENTERQUEUE||1|1",
        "240|1700000000.1|second|Ann|COMPLETEAGENT|12|6|1",
    )
    assert (call["outcome"], call["answered_queue"]) == ("answered", "second")
    assert [(v["queue"], v["exit"]) for v in call["visits"]] == [
        ("first", None),
        ("second", "answered"),
    ]
    assert call["visits"][1]["entered_at"] is None, "nothing says when it was entered"
    assert call["wait_ms"] is None


# ---- restarts -----------------------------------------------------------------------------------


RESTART = "100|NONE|NONE|NONE|QUEUESTART|"


def test_a_restart_after_connect_cut_the_talk_off_and_nobody_knows_when(tmp_path: Path) -> None:
    call = one(tmp_path, *CALL[:2], RESTART)
    assert (call["outcome"], call["talk_ms"], call["ended_at"], call["ended_by"]) == (
        "dropped_in_talk",
        None,
        None,
        "system",
    )


def test_a_restart_ends_a_wait(tmp_path: Path) -> None:
    call = one(tmp_path, CALL[0], RESTART)
    assert (call["outcome"], call["ended_by"]) == ("failed_waiting", "system")


def test_a_call_that_comes_in_the_second_of_a_restart_came_after_it(tmp_path: Path) -> None:
    call = one(tmp_path, "0|NONE|NONE|NONE|QUEUESTART|", *CALL[:1])
    assert call["outcome"] == "pending"


def test_a_restart_before_or_after_a_call_changes_nothing(tmp_path: Path) -> None:
    clean = one(tmp_path / "clean", *CALL)
    before = one(tmp_path / "before", "0|NONE|NONE|NONE|QUEUESTART|", *CALL, RESTART)
    assert before == clean


def test_a_call_that_the_phone_system_never_spoke_of_again_is_unknown(tmp_path: Path) -> None:
    call = one(tmp_path, "0|1700000000.1|sales|NONE|DID|5001", RESTART)
    assert call["outcome"] == "unknown"


# ---- order and repeats --------------------------------------------------------------------------


def test_lines_out_of_order_tell_the_same_call(tmp_path: Path) -> None:
    assert one(tmp_path / "back", *reversed(CALL)) == one(tmp_path / "forth", *CALL)


def test_the_same_file_and_a_rotated_one_that_overlaps_double_nothing(tmp_path: Path) -> None:
    clean = one(tmp_path / "clean", *CALL)
    older = log(tmp_path, *CALL[:2], name="queue_log.1")
    newer = log(tmp_path, *CALL[1:], name="queue_log")
    history = tmp_path / "overlap"
    assert told(history, [older, newer], SITE).only == clean
    assert told(history, [newer], SITE).only == clean
    copy = log(tmp_path / "copy", *CALL, name="queue_log")
    assert told(history, [copy], SITE).only == clean


def test_two_equal_lines_of_one_file_are_two(tmp_path: Path) -> None:
    ring = "8|1700000000.1|sales|Ann|RINGNOANSWER|0"
    call = one(tmp_path, CALL[0], ring, ring, "10|1700000000.1|sales|NONE|ABANDON|1|1|10")
    assert len(call["attempts"]) == 2


def test_a_torn_last_line_is_held_back_and_taken_when_it_is_whole(tmp_path: Path) -> None:
    path = log(tmp_path, *CALL[:2], "70|1700000000.1|sales|Ann|COMPL", end="")
    history = tmp_path / "data"
    cut = told(history, [path], SITE)
    assert cut.summaries[0].unreadable == 1
    assert skipped(tmp_path) == [(3, "torn")]
    assert cut.only["outcome"] in ("pending", "answered")
    assert told(history, [log(tmp_path, *CALL)], SITE).only == one(tmp_path / "clean", *CALL)


# ---- what cannot be read, and what has no word --------------------------------------------------


def test_every_line_that_gives_nothing_is_kept_with_its_reason(tmp_path: Path) -> None:
    all_ = take(
        tmp_path,
        *CALL,
        "80|1700000000.1|sales|NONE|MYVERB|something|else",
        "yesterday|1700000000.9|sales|NONE|ENTERQUEUE||1|1",
        "81|only|three",
        "82|NONE|sales|NONE|ABANDON|1|1|5",
        "83|NONE|NONE|NONE|CONFIGRELOAD|",
    )
    assert skipped(tmp_path) == [
        (4, "no_word"),
        (5, "bad_time"),
        (6, "too_few_fields"),
        (7, "no_call_id"),
    ]
    assert (all_.summaries[0].unreadable, all_.summaries[0].without_word) == (3, 1)
    assert all_.only["outcome"] == "answered"


def test_a_verb_of_the_dialplan_becomes_what_the_site_says_that_it_means(tmp_path: Path) -> None:
    lines = (
        CALL[0],
        "5|1700000000.1|sales|NONE|EXITWITHKEY|9|1|1|5",
        "6|1700000000.1|sales|NONE|MYCALLBACK|1",
    )
    assert one(tmp_path / "without", *lines)["outcome"] == "left_by_key"
    markers = {"callback_requested": ["verb:MYCALLBACK"]}
    told_ = take(tmp_path / "with", *lines, markers=markers)
    assert told_.only["outcome"] == "callback_requested"
    assert told_.summaries[0].without_word == 0


def test_agents_comings_and_goings_are_events_of_no_call(tmp_path: Path) -> None:
    all_ = take(
        tmp_path,
        "0|MANAGER|sales|PJSIP/1001|ADDMEMBER|",
        "1|NONE|sales|Ann|PAUSE|lunch",
        "2|NONE|NONE|Ann|UNPAUSEALL|",
        "3|REALTIME|sales|PJSIP/1001|REMOVEMEMBER|",
        *CALL,
    )
    staff = [(e["kind"], e["agent"], e["text"]) for e in all_.events if e["call_id"] is None]
    assert staff == [
        ("agent.signed_in", "PJSIP/1001", None),
        ("agent.paused", "Ann", "lunch"),
        ("agent.resumed", "Ann", None),
        ("agent.signed_out", "PJSIP/1001", None),
    ]
    assert len(all_.calls) == 1


@pytest.mark.parametrize("empty", ["", "|", "||||"])
def test_fields_that_are_empty_or_not_there_are_unknown(empty: str, tmp_path: Path) -> None:
    call = one(
        tmp_path,
        f"0|1700000000.1|sales|NONE|ENTERQUEUE{empty}",
        f"9|1700000000.1|sales|NONE|ABANDON{empty}",
    )
    assert (call["outcome"], call["caller"]) == ("caller_left_in_queue", None)
    assert call["visits"][0]["exit"] == "caller"
