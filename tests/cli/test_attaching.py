"""What is said of calls afterwards finds its call, counts once, and is never lost in silence."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.running import Ran, run
from everycall.app.site.attached_rows import Scale

START = datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
ANN, BEN = "+441632960001", "+441632960002"


def call(name: str, caller: str, minutes: int, lasts: int = 5) -> list[dict[str, Any]]:
    """Return the events of a call that a person answered."""
    begins = START + timedelta(minutes=minutes)
    told = [
        (0, {"kind": "call.arrived", "direction": "inbound", "caller": caller}),
        (1, {"kind": "queue.entered", "queue": "support"}),
        (20, {"kind": "queue.left", "queue": "support", "reason": "answered"}),
        (
            20,
            {"kind": "talk.started", "agent": "Ann", "agent_kind": "person", "leg": f"leg-{name}"},
        ),
        (lasts * 60, {"kind": "talk.ended", "agent": "Ann", "agent_kind": "person"}),
        (lasts * 60, {"kind": "call.ended", "reason": "caller"}),
    ]
    return [
        {"at": (begins + timedelta(seconds=s)).isoformat(), "call_id": name, **event}
        for s, event in told
    ]


CALLS = [
    *call("c1", ANN, 0),
    *call("c2", ANN, 60),
    *call("c3", BEN, 70),
    *call("c4", BEN, 30 * 60),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    log = tmp_path / "calls.jsonl"
    log.write_text("".join(json.dumps(event) + "\n" for event in CALLS))
    home = tmp_path / "data"
    home.mkdir()
    (home / "site.toml").write_text('zone = "Europe/London"\nregion = "GB"\n')
    assert run("import", log, data=home).code == 0
    return home


def attach(data: Path, text: str, *words: str, kind: str = "ratings") -> Ran:
    path = data.parent / f"{kind}.csv"
    path.write_text(text)
    return run("attach", kind, path, *words, "--json", data=data)


def csat(data: Path, *metrics: str) -> dict[str, Any]:
    found: dict[str, Any] = run(
        "metrics", *(metrics or ("csat", "csat_mean", "csat_response_rate")), "--json", data=data
    ).json
    return found


def test_without_ratings_there_is_no_number(data: Path) -> None:
    for cell in csat(data).values():
        assert cell["value"] is None
        assert cell["note"] == "nobody rated a call"


def test_a_row_finds_its_call_by_id_by_leg_or_by_caller_and_nearest_end(data: Path) -> None:
    done = attach(
        data,
        "call_id,phone,time,score\n"
        "c1,,,5\n"
        "leg-c4,,,1\n"
        ",01632 960001,2026-03-28 10:20,4\n"  # c2 ended 10:05, c1 9:05
        ',"+44 1632 960002",2026-03-28T10:16:00Z,2\n',
    )
    assert done.code == 0, done.err
    found = done.json
    assert (found["rows"], found["by_id"], found["by_caller"]) == (4, 2, 2)
    assert found["unmatched"] == found["unreadable"] == []
    cells = csat(data)
    assert (cells["csat"]["numerator"], cells["csat"]["denominator"]) == (2, 4)
    assert cells["csat_mean"]["value"] == 3
    assert cells["csat_response_rate"]["value"] == 1
    assert run("metrics", "csat_mean", "--caller", BEN, "--json", data=data).json["csat_mean"][
        "value"
    ] == pytest.approx(1.5)


def test_every_row_without_a_call_is_counted_and_says_why(data: Path) -> None:
    done = attach(
        data,
        "call id;caller;time;rating\n"
        "c9;;;5\n"
        f";{ANN};2026-04-02 10:00;4\n"
        ";+441632960009;2026-03-28 10:00;4\n"
        ";anonymous;2026-03-28 10:00;4\n"
        ";;;4\n"
        f";{ANN};whenever;4\n"
        "c1;;;\n"
        "c1;;;great\n"
        "c1;;;6\n"
        "c2;;;3\n",
    )
    found = done.json
    assert done.code == 3
    assert found["rows"] == 10
    assert found["by_id"] == 1
    assert {row["line"]: row["reason"] for row in found["unmatched"]} == {
        2: "there is no call 'c9'",
        3: f"no call of {ANN} ended within 24 h of it",
        4: "no call of +441632960009 ended within 24 h of it",
        5: "'anonymous' is no number by which a caller is known",
        6: "it names no call, and no caller with a time",
    }
    assert {row["line"]: row["reason"] for row in found["unreadable"]} == {
        7: "'whenever' has not the form of auto",
        8: "it has no score",
        9: "'great' is no score",
        10: "6 is not on the scale 1-5",
    }
    shown = run("skipped", "--json", data=data).lines
    assert [row["line"] for row in shown] == list(range(2, 11))


def test_the_same_file_again_adds_nothing_and_another_score_replaces_the_first(data: Path) -> None:
    first = attach(data, f"caller,time,score\n{ANN},2026-03-28 10:06,5\n")
    again = attach(data, f"caller,time,score\n{ANN},2026-03-28 10:06,5\n")
    assert (first.json["known"], again.json["known"]) == (0, 1)
    assert csat(data)["csat"]["denominator"] == 1
    attach(data, f"caller,time,score\n{ANN},2026-03-28 10:06,1\n")
    assert csat(data)["csat_mean"]["value"] == 1


def test_what_came_before_its_call_finds_it_when_the_call_is_there(data: Path) -> None:
    text = "call_id,score\nlater,5\n"
    assert attach(data, text).json["unmatched"]
    log = data.parent / "later.jsonl"
    log.write_text("".join(json.dumps(e) + "\n" for e in call("later", ANN, 40 * 24 * 60)))
    assert run("import", log, data=data).code == 0
    assert attach(data, text).json["by_id"] == 1
    assert csat(data)["csat"]["value"] == 1
    assert run("skipped", "--json", data=data).lines == []


def test_what_is_attached_stays_when_more_calls_come(data: Path) -> None:
    attach(data, "call_id,score\nc1,5\n")
    log = data.parent / "later.jsonl"
    log.write_text("".join(json.dumps(e) + "\n" for e in call("c5", ANN, 100)))
    before = run("calls", "--json", data=data).lines
    run("import", log, data=data)
    assert csat(data)["csat"]["denominator"] == 1
    assert run("calls", "--json", data=data).lines[:2] == before[:2]


@pytest.mark.parametrize(
    ("scale", "score", "mean"),
    [("0-10", "10", 5), ("0-10", "0", 1), ("6-1", "1", 5), ("0-1", "1", 5), ("1-7", "4", 3)],
)
def test_a_scale_is_brought_to_one_to_five(data: Path, scale: str, score: str, mean: float) -> None:
    assert attach(data, f"call_id,score\nc1,{score}\n", "--scale", scale).code == 0
    assert csat(data)["csat_mean"]["value"] == mean


def test_the_scale_the_window_and_the_headings_may_stand_in_the_site_file(data: Path) -> None:
    with (data / "site.toml").open("a") as file:
        file.write(
            '[ratings]\nscale = "0-10"\nwithin = "5 min"\n[ratings.columns]\nwhat = "How?"\n'
        )
    done = attach(data, f"caller,time,How?\n{ANN},2026-03-28 09:12,10\n{ANN},2026-03-28 10:06,10\n")
    assert [row["line"] for row in done.json["unmatched"]] == [2]
    assert csat(data)["csat_mean"]["value"] == 5


def test_a_day_without_a_time_means_the_last_call_of_that_day(data: Path) -> None:
    attach(data, f"caller,date,score\n{ANN},28/03/2026,5\n{BEN},29/03/2026,1\n")
    # c2 is Ann's last on the 28th; Ben rang at 15:00 UTC on the 29th, the day of 23 hours
    kept = {c["call_id"] for c in run("calls", "--json", data=data).lines}
    assert kept == {"c1", "c2", "c3", "c4"}
    by_call = run("metrics", "csat_mean", "--by", "60min", "--json", data=data).lines
    given_ = {row["60min"]: row["csat_mean"]["value"] for row in by_call}
    assert given_["2026-03-28T10:00:00+00:00"] == 5
    assert given_["2026-03-29T16:00:00+01:00"] == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no heading"),
        ("name,age\nAnn,40\n", "has no heading that names a score"),
        ("call_id,score\n", "has a heading and no rows"),
    ],
)
def test_a_file_of_something_else_is_refused_in_one_sentence(
    data: Path, text: str, sentence: str
) -> None:
    done = attach(data, text)
    assert done.code == 2
    assert sentence in done.err
    assert len(done.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [("call_id,score\nc1,5\n", "ratings"), ("Phone;Time;Disposition\n1;2;3\n", "tags")],
)
def test_who_imports_it_is_told_what_it_is(data: Path, text: str, kind: str) -> None:
    path = data.parent / "survey.csv"
    path.write_text(text)
    done = run("import", path, data=data)
    assert done.code == 2
    assert f"everycall attach {kind} survey.csv" in done.err


def test_mistakes_on_the_command_line_are_told(data: Path) -> None:
    assert "is no scale" in attach(data, "call_id,score\nc1,1\n", "--scale", "five").err
    assert "is no duration" in attach(data, "call_id,score\nc1,1\n", "--within", "soon").err
    assert "'x=y' is not one of" in attach(data, "call_id,score\nc1,1\n", "--column", "x=y").err
    wrong = attach(data, "call_id,score\nc1,1\n", "--column", "what=scores")
    assert "has no column 'scores', did you mean 'score'?" in wrong.err


@settings(max_examples=60)
@given(
    st.floats(-1000, 1000).map(lambda f: round(f, 3)),
    st.floats(-1000, 1000).map(lambda f: round(f, 3)),
    st.floats(0, 1),
)
def test_every_scale_keeps_its_order(worst: float, best: float, place: float) -> None:
    if worst == best:
        return
    scale = Scale(worst, best)
    assert scale.out_of_five(worst) == 1
    assert scale.out_of_five(best) == 5
    assert scale.out_of_five(worst + (best - worst) * place * 0.999) <= 5
