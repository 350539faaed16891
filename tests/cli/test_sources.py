"""`everycall sources`: what can be read, what a file may be, and a mapping to begin with."""

from pathlib import Path

import pytest

from cli.running import run
from everycall.events.sights import Sight
from everycall.registry import names
from everycall.sources.mapping import built_in

RECORDINGS = Path(__file__).parents[1] / "sources"
UNKNOWN = "Ticket,Call Start,Queue Name,Caller,Agent,Wait,Talk,Status\n" + "".join(
    f"{n},2026-11-02 09:{n:02}:00,sales,01632 96{n:04},Ann,{n},{n * 3},"
    f"{'Answered' if n % 3 else 'Abandoned'}\n"
    for n in range(1, 40)
)


def test_every_source_and_every_mapping_is_listed_with_what_it_cannot_see(tmp_path: Path) -> None:
    listed = {one["name"]: one for one in run("sources", "--json", data=tmp_path).lines}
    assert set(listed) == {*names("source"), *(mapping.name for mapping in built_in())}
    for one in listed.values():
        assert {*one["sees"], *one["blind"]} == {sight.value for sight in Sight}
        assert not set(one["sees"]) & set(one["blind"])
        assert all(one["blind"].values()), one["name"]
    assert listed["anonymous_bank_1999"]["kind"] == "mapping"
    assert listed["asterisk_queue_log"]["kind"] == "source"


def test_the_list_fits_80_columns(tmp_path: Path) -> None:
    shown = run("sources", data=tmp_path).out
    assert max(map(len, shown.splitlines())) <= 80
    assert "Asterisk queue_log" in shown


def test_an_own_mapping_is_listed_and_shown(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    text = 'name = "ours"\ntitle = "Our list"\n[columns]\narrived = "when"\n'
    (tmp_path / "mappings" / "ours.toml").write_text(text, encoding="utf-8")
    assert "ours" in [one["name"] for one in run("sources", "--json", data=tmp_path).lines]
    shown = run("sources", "show", "ours", data=tmp_path)
    assert "Our list (mapping ours)" in shown.out


def test_a_source_is_shown_with_what_would_show_what_it_cannot_see(tmp_path: Path) -> None:
    shown = run("sources", "show", "asterisk_queue_log", data=tmp_path)
    assert shown.code == 0
    assert "only a carrier's or trunk's" in shown.out
    told = run("sources", "show", "asterisk_queue_log", "--json", data=tmp_path).json
    assert told["blind"]["lost"].startswith("only a carrier's")


def test_a_source_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    shown = run("sources", "show", "threecxx", data=tmp_path)
    assert (shown.code, shown.out) == (2, "")
    assert "there is no source called 'threecxx', did you mean 'threecx'?" in shown.err


@pytest.mark.parametrize("name", ["threecx", "anonymous_bank_1999", "carrier_example"])
def test_a_known_file_is_named_with_the_reason(tmp_path: Path, name: str) -> None:
    (recording,) = (RECORDINGS / name).glob("recording.*")
    told = run("sources", "guess", recording, data=tmp_path)
    assert (told.code, told.out) == (0, f"{name}\n")
    assert f"everycall import {recording}" in told.err


def test_a_file_that_must_be_named_says_how(tmp_path: Path) -> None:
    recording = RECORDINGS / "threecx_abandoned" / "recording.csv"
    told = run("sources", "guess", recording, data=tmp_path)
    assert told.out == "threecx_abandoned\n"
    assert "--source threecx_abandoned" in told.err


def test_an_unknown_table_of_calls_gets_a_mapping_that_reads_it(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(UNKNOWN, encoding="utf-8")
    told = run("sources", "guess", tmp_path / "calls.csv", data=tmp_path / "data")
    assert told.code == 0
    assert "To decide:" in told.err
    assert "all of the first 39 rows can be read" in told.err
    mapping = tmp_path / "own.toml"
    mapping.write_text(told.out, encoding="utf-8")
    taken = run(
        "import", tmp_path / "calls.csv", "--mapping", mapping, "--json", data=tmp_path / "data"
    )
    assert taken.code == 0
    assert taken.json["outcomes"] == {"answered": 26, "caller_left_in_queue": 13}


def test_a_proposed_mapping_is_written_where_it_is_wanted_and_never_over_another(
    tmp_path: Path,
) -> None:
    (tmp_path / "calls.csv").write_text(UNKNOWN, encoding="utf-8")
    out = tmp_path / "own.toml"
    words = ("sources", "guess", tmp_path / "calls.csv", "--out", out)
    assert run(*words, data=tmp_path).out == ""
    text = out.read_text(encoding="utf-8")
    assert 'arrived = "Call Start"' in text
    again = run(*words, data=tmp_path)
    assert again.code == 2
    assert "is there already" in again.err
    assert out.read_text(encoding="utf-8") == text


def test_a_guess_is_given_as_json_too(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(UNKNOWN, encoding="utf-8")
    told = run("sources", "guess", tmp_path / "calls.csv", "--json", data=tmp_path).json
    assert told["known"] == []
    assert {one["column"] for one in told["columns"] if one["thing"] == "arrived"} == {"Call Start"}
    assert told["mapping"].startswith("# A guess to begin with")
    recording = RECORDINGS / "threecx" / "recording.csv"
    known = run("sources", "guess", recording, "--json", data=tmp_path).json["known"]
    assert known[0]["source"] == "threecx"


@pytest.mark.parametrize(
    "data", [b"", b"hello\nworld\n", bytes(range(256)) * 20, b"a,b\n1,2\n"], ids=repr
)
def test_what_is_no_list_of_calls_gets_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    told = run("sources", "guess", tmp_path / "file", data=tmp_path)
    assert (told.code, told.out) == (2, "")
    assert len(told.err.splitlines()) == 1


def test_the_audit_names_a_mapping_and_what_would_show_what_it_cannot_see(tmp_path: Path) -> None:
    run("import", RECORDINGS / "anonymous_bank_1999" / "recording.txt", data=tmp_path)
    shown = " ".join(run("audit", data=tmp_path).out.split())
    assert "Anonymous Bank call" in shown
    assert "the bank had one number" in shown
