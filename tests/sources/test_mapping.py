"""Any CSV by a mapping: what rows become, how cells are read, and how a wrong mapping is refused."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.skips import skips
from everycall.app.intake.importing import Importer
from everycall.errors import BadSettingsError, NotThatKindError
from everycall.events.sights import Sight
from everycall.history import History
from everycall.sources.mapping import load_mapping, mappings_in, read_mapping, seen
from everycall.sources.mapping_settings import Unit
from everycall.sources.mapping_values import DamagedError, cell, duration, identity, moment
from truth.histories import Told, read, site_of

CALLS = """
name = "own"
[columns]
call_id = "id"
arrived = "start"
wait = "wait"
talk = "talk"
direction = "way"
caller = "who"
queue = "queue"
agent = "agent"
result = "result"
[times]
formats = ["auto", "%d/%m/%Y %H:%M:%S"]
[values.direction]
in = "inbound"
out = "outbound"
[values.result]
ok = "answered"
gone = "caller"
late = "timeout"
vm = "voicemail"
"""
HEADING = "id,start,wait,talk,way,who,queue,agent,result\n"
ANSWERED = "1,2026-11-02 09:00:00,20,60,in,01632960001,sales,Ann,ok\n"
GONE = "2,2026-11-02 09:05:00,45,,in,01632960002,sales,,gone\n"

Given = Callable[..., Told]


@pytest.fixture
def given(tmp_path: Path) -> Given:
    """Take a text in by a mapping; returns what became of it."""

    def take(text: str | bytes, mapping: str = CALLS, **site: Any) -> Told:
        (tmp_path / "own.toml").write_text(mapping, encoding="utf-8")
        data = text.encode() if isinstance(text, str) else text
        (tmp_path / "calls.csv").write_bytes(data)
        history = History(tmp_path / "data")
        importer = Importer(history, site_of(**site))
        taken = importer.take([tmp_path / "calls.csv"], mapping=tmp_path / "own.toml")
        return read(history, [taken])

    return take


def skipped(tmp_path: Path) -> list[tuple[int, str, str]]:
    found = skips(History(tmp_path / "data"), everything=True)
    return [(one["line"], one["reason"], one["detail"]) for one in found]


def test_a_row_per_call_gives_a_stay_and_a_talk(given: Given) -> None:
    answered, gone = given(HEADING + ANSWERED + GONE).calls
    assert (answered["outcome"], answered["wait_ms"], answered["talk_ms"]) == (
        "answered",
        20_000,
        60_000,
    )
    assert (answered["answered_queue"], answered["answered_agent"]) == ("sales", "Ann")
    assert answered["arrived_at"] == "2026-11-02T09:00:00Z"
    assert (gone["outcome"], gone["wait_ms"]) == ("caller_left_in_queue", 45_000)
    assert gone["visits"][0]["exit"] == "caller"


def test_what_the_file_does_not_say_is_null(given: Given) -> None:
    (call,) = given(HEADING + ANSWERED).calls
    for unseen in ("hold_ms", "trunk", "called", "ended_by", "language", "client"):
        assert call[unseen] is None


def test_local_times_are_read_in_the_zone_of_the_site(given: Given) -> None:
    (call,) = given(HEADING + ANSWERED, zone="America/New_York").calls
    assert call["arrived_at"] == "2026-11-02T14:00:00Z"


def test_a_zone_in_the_mapping_wins_over_that_of_the_site(given: Given) -> None:
    mapping = CALLS.replace("[times]", '[times]\nzone = "Asia/Tokyo"')
    (call,) = given(HEADING + ANSWERED, mapping, zone="America/New_York").calls
    assert call["arrived_at"] == "2026-11-02T00:00:00Z"


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_found(given: Given, separator: str) -> None:
    text = (HEADING + ANSWERED + GONE).replace(",", separator)
    assert [call["outcome"] for call in given(text).calls] == ["answered", "caller_left_in_queue"]


@pytest.mark.parametrize(
    "form",
    [
        lambda text: ("\ufeff" + text).encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: ("sep=,\n" + text).encode(),
        lambda text: ("Calls of November\n\n" + text).encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: (text + "Total,2,65,60,,,,,\n").encode(),
        lambda text: (text + HEADING).encode(),
    ],
    ids=["bom", "utf-16", "crlf", "sep=", "title", "no last line end", "sum", "second heading"],
)
def test_what_spreadsheets_do_to_a_file_changes_no_call(
    given: Given, form: Callable[[str], bytes]
) -> None:
    calls = given(form(HEADING + ANSWERED + GONE)).calls
    assert [(c["call_id"], c["wait_ms"]) for c in calls] == [("1", 20_000), ("2", 45_000)]


def test_a_repeated_row_is_one_unless_the_mapping_says_each(given: Given, tmp_path: Path) -> None:
    assert len(given(HEADING + ANSWERED + ANSWERED).calls) == 1
    assert skipped(tmp_path) == [(3, "left_out", "a row that stands in the file already")]


def test_rows_that_cannot_be_read_are_named_and_the_others_count(
    given: Given, tmp_path: Path
) -> None:
    rows = (
        ANSWERED.replace("2026-11-02 09:00:00", "soon").replace("1,", "7,", 1),
        "8,2026-11-02\n",
        ANSWERED.replace(",20,", ",a while,").replace("1,", "9,", 1),
        ANSWERED.replace("\n", ",more\n").replace("1,", "10,", 1),
        ANSWERED.replace("1,2026", ",2026"),
    )
    told = given(HEADING + "".join(rows) + GONE)
    assert [call["call_id"] for call in told.calls] == ["2"]
    assert [(line, reason) for line, reason, _ in skipped(tmp_path)] == [
        (2, "bad_time"),
        (3, "too_few_fields"),
        (4, "bad_value"),
        (5, "too_many_fields"),
        (6, "no_call_id"),
    ]
    assert told.summaries[0].unreadable == 5


def test_a_word_that_the_mapping_does_not_know_is_named_and_the_call_is_kept(
    given: Given, tmp_path: Path
) -> None:
    told = given(HEADING + GONE.replace("gone", "vanished"))
    assert len(told.calls) == 1
    assert skipped(tmp_path) == [(2, "no_word", "result 'vanished' has no meaning in the mapping")]
    assert told.summaries[0].unreadable == 0


LEGS = """
name = "legs"
grain = "leg"
[columns]
call_id = "id"
arrived = "start"
ring = "ring"
talk = "talk"
caller = "who"
agent = "to"
kind = "kind"
wait = "wait"
queue = "queue"
result = "result"
[values.kind]
q = "queue"
p = "agent"
[values.result]
yes = "answered"
no = "no_answer"
gone = "caller"
[always]
direction = "inbound"
"""


def test_rows_of_legs_with_one_id_are_one_call(given: Given) -> None:
    text = (
        "id,start,ring,talk,who,to,kind,wait,queue,result\n"
        "1,2026-11-02 09:00:00,,,01632960001,,q,30,sales,yes\n"
        "1,2026-11-02 09:00:05,15,,01632960001,Ann,p,,sales,no\n"
        "1,2026-11-02 09:00:25,5,60,01632960001,Ben,p,,sales,yes\n"
    )
    (call,) = given(text, LEGS).calls
    assert (call["outcome"], call["answered_agent"], call["wait_ms"]) == ("answered", "Ben", 30_000)
    assert [(a["agent"], a["result"], a["ring_ms"]) for a in call["attempts"]] == [
        ("Ann", "no_answer", 15_000),
        ("Ben", "answered", 5_000),
    ]
    assert call["talk_ms"] == 60_000


def test_a_number_that_a_spreadsheet_cut_joins_nobody(given: Given) -> None:
    rows = (ANSWERED, GONE)
    text = "".join(row.replace("0163296000" + row[0], "4.41633E+11") for row in rows)
    told = given(HEADING + text)
    assert [call["caller"] for call in told.calls] == [None, None]
    assert len({call["episode"] for call in told.calls}) == 2
    (notes,) = told.summaries[0].notes.values()
    assert "2 numbers lost their last digits" in " ".join(notes)


@pytest.mark.parametrize(
    ("text", "unit", "milliseconds"),
    [
        ("90", Unit.SECONDS, 90_000),
        ("1:30", Unit.SECONDS, 90_000),
        ("1:30", Unit.HOURS_MINUTES, 5_400_000),
        ("0:01:30", Unit.SECONDS, 90_000),
        ("1.00:00:01", Unit.SECONDS, 86_401_000),
        ("00:00:01.5", Unit.SECONDS, 1_500),
        ("1500", Unit.MILLISECONDS, 1_500),
        ("1.5", Unit.MINUTES, 90_000),
        ("1,200", Unit.SECONDS, 1_200_000),
    ],
)
def test_durations_are_read_as_they_are_written(text: str, unit: Unit, milliseconds: int) -> None:
    assert duration(text, unit) == milliseconds


def test_a_comma_may_stand_before_the_fraction() -> None:
    assert duration("1.200,5", Unit.SECONDS, ",") == 1_200_500


@pytest.mark.parametrize("text", ["", "soon", "1:75", "1e999", "1:2:3:4"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        duration(text, Unit.SECONDS)


@pytest.mark.parametrize(
    ("text", "form", "hour"),
    [
        ("2026-11-02T09:00:00", "auto", 9),
        ("2026-11-02 09:00", "auto", 9),
        ("1793610000", "auto", 9),
        ("1793610000000", "auto", 9),
        ("1793610000.25", "auto", 9),
        ("02/11/2026 09:00:00", "%d/%m/%Y %H:%M:%S", 9),
        ("11/02/2026 09:00:00 PM", "%m/%d/%Y %I:%M:%S %p", 21),
    ],
)
def test_moments_are_read_as_they_are_written(text: str, form: str, hour: int) -> None:
    found = moment(text, (form,)).replace(tzinfo=None, microsecond=0)
    assert found == datetime(2026, 11, 2, hour)  # noqa: DTZ001


def test_what_spreadsheets_put_around_a_cell_is_taken_off() -> None:
    assert [cell(text) for text in ('="0123"', "'0123", " 0123 ", "plain")] == [
        "0123",
        "0123",
        "0123",
        "plain",
    ]
    assert identity("441632960001.0") == "441632960001"
    assert identity("4.4163E+4") == "44163"
    with pytest.raises(DamagedError):
        identity("4.41633E+11")


def test_all_mistakes_of_a_mapping_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(
        'name = "own"\ngrain = "cal"\n[columns]\narived = "start"\n[values.result]\nok = "anserwed"\n',
        encoding="utf-8",
    )
    with pytest.raises(BadSettingsError) as refused:
        load_mapping(path)
    told = str(refused.value)
    assert "wrong.toml: grain: unknown word 'cal', did you mean 'call'?" in told
    assert "unknown word 'arived', did you mean 'arrived'?" in told
    assert "values.result.ok: unknown word 'anserwed', did you mean 'answered'?" in told


def test_the_mistakes_of_every_mapping_in_a_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text("name = 1", encoding="utf-8")
    (tmp_path / "two.toml").write_text("this is no TOML", encoding="utf-8")
    with pytest.raises(BadSettingsError) as refused:
        mappings_in(tmp_path)
    assert {mistake.place.partition(":")[0] for mistake in refused.value.mistakes} == {
        "one.toml",
        "two.toml",
    }


def test_a_file_without_a_mapped_column_is_refused_with_the_nearest_name(given: Given) -> None:
    with pytest.raises(NotThatKindError, match="it has no column 'agent', did you mean 'agents'"):
        given(HEADING.replace("agent", "agents") + ANSWERED)


def test_what_is_seen_follows_from_what_is_mapped() -> None:
    table = {"name": "own", "columns": {"arrived": "start"}}
    assert seen(read_mapping(table)) == frozenset()
    table = {"name": "own", "columns": {"arrived": "start", "caller": "who", "hold": "hold"}}
    assert seen(read_mapping(table)) == {Sight.CALLER, Sight.HOLD}
    carrier = read_mapping({**table, "carrier": True})
    assert seen(carrier) == {Sight.CALLER, Sight.LOST}


def test_a_mapping_may_say_itself_what_it_cannot_see() -> None:
    table = {"name": "own", "columns": {"arrived": "start", "caller": "who"}}
    blinded = read_mapping({**table, "blind": {"caller": "masked"}})
    assert Sight.CALLER not in seen(blinded)


def test_an_own_mapping_in_the_data_folder_is_found_by_itself(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mappings"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text(CALLS, encoding="utf-8")
    (tmp_path / "calls.csv").write_text(HEADING + ANSWERED, encoding="utf-8")
    history = History(tmp_path / "data")
    Importer(history, site_of()).take([tmp_path / "calls.csv"])
    assert [call["sources"] for call in read(history).calls] == [["own"]]
