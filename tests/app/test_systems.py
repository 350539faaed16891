"""Files of one of several phone systems: asked for whose they are, and never counted twice.

Both phone systems say the same, word for word, so that every name and every id collides.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.running import run
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.feeds import Log, Manager, Posted
from everycall.app.intake.importing import Importer
from everycall.app.intake.sealing import Sealer
from everycall.app.intake.systems import note_systems, systems_of
from everycall.app.site.sitefile import SiteFile
from everycall.errors import BadSettingsError, NotFoundError, NotThatKindError, UnsaidError
from everycall.events.origins import HERE, Origin, mark_of
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.settings import read_table
from everycall.sources.marking import marked_line
from everycall.wire.ami import Pbx
from live.days import AMI, QUEUE_LOG, SAMPLES, lines_of, said

SITE = read_table(SiteFile, {"zone": "UTC"})
SOUTH = Origin("south")
APART = Origin("south", own_queues=True)
PBX = Pbx("127.0.0.1", "everycall", "s", 5038)

STORIES = [
    SAMPLES / "scenarios" / name
    for name in (
        "s01_caller_hangs_up",
        "s04_abandon_5s",
        "s16_blind_transfer_to_queue",
        "s30_pause_all",
    )
]
LOGS = {"queue_log": "queue_log", "ami.jsonl": "ami.jsonl.gz"}


def lines(name: str, stories: Iterable[Path] = STORIES) -> list[str]:
    return [line for story in stories for line in lines_of(story / name)]


def otherwise(told: Iterable[str]) -> list[str]:
    """Return the lines of a queue_log with other ids: the names in it are the same."""
    return [re.sub(r"\|(\d{10})\.(\d+)", r"|\1.9\2", line) for line in told]


def live(origin: Origin, logs: Sequence[str] = tuple(LOGS)) -> list[Entry]:
    """Return what the connection of a phone system writes down."""
    entries: list[Entry] = []
    if "queue_log" in logs:
        own = [marked_line(line, origin) for line in lines("queue_log")]
        entries += said(own, QUEUE_LOG, f"{origin.mark or 'office'}-log")
    if "ami.jsonl" in logs:
        own = [_marked(line, origin) for line in lines("ami.jsonl.gz")]
        entries += said(own, AMI, origin.mark or "office")
    return entries


def _marked(line: str, origin: Origin) -> str:
    own = {"_of": origin.mark} if origin.mark else {}
    return json.dumps(
        {**json.loads(line), **own, **({"_own_queues": True} if origin.own_queues else {})}
    )


def hear(data: Path, *entries: Entry, origins: Sequence[Origin] = (HERE, SOUTH)) -> History:
    """Hear records live and seal them."""
    history = History(data)
    with Journal(data / "journal" / "main") as journal:
        note_systems(journal.folder, feeds(*origins))
        journal.append(list(entries))
        Sealer(journal, history, SITE).seal()
    return history


def feeds(*origins: Origin) -> list[Manager | Log | Posted]:
    return [
        *(Manager(one.mark or "office", PBX, one) for one in origins),
        *(Log(f"{one.mark or 'office'}-log", Path("queue_log"), origin=one) for one in origins),
        Posted("post-twilio", "twilio"),
    ]


def log(folder: Path, name: str, told: Iterable[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    return path


def take(history: History, path: Path, system: str | None = None) -> None:
    Importer(history, SITE).take([path], system=system)


def counted(history: History) -> list[Any]:
    """Return everything that history tells of its calls and of the time of its people.

    A number that calls at both at once is marked as shared, which it is not where there is one.
    """
    with Asking(history) as asking:
        calls = [
            {k: v for k, v in call.items() if k != "flags"}
            for call in asking.calls(Filter(), evidence=False)
        ]
        staff = asking.rows(
            'SELECT kind, agent, queue, "at", COUNT(*) FROM events WHERE call_id IS NULL '
            "GROUP BY ALL ORDER BY ALL"
        )
    return [sorted(calls, key=lambda call: str(call["call_id"])), list(staff)]


# ---- whose it is


def test_with_one_phone_system_there_is_nothing_to_say(tmp_path: Path) -> None:
    path = log(tmp_path, "queue_log", lines("queue_log"))
    alone = History(tmp_path / "alone")
    take(alone, path)
    connected = hear(tmp_path / "one", *live(HERE), origins=[HERE])
    assert [system.names for system in systems_of(connected, SITE)] == [("office", "office-log")]
    take(connected, path)
    take(connected, path, "office")
    assert {mark_of(c["call_id"]) for c in counted(alone)[0]} == {""}
    assert len(counted(connected)[0]) == len(counted(alone)[0])


def test_with_several_it_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    history = hear(tmp_path / "data", *live(HERE), *live(SOUTH))
    path = log(tmp_path, "queue_log-20261001", lines("queue_log")[:3])
    before = history.manifest()
    with pytest.raises(UnsaidError) as caught:
        take(history, path)
    assert str(caught.value) == (
        "this site has 2 phone systems; say whose 'queue_log-20261001' is: "
        "--system office or --system south"
    )
    with pytest.raises(NotFoundError, match=r"called 'soth', did you mean 'south'\? \(there are"):
        take(history, path, "soth")
    assert history.manifest() == before
    answer = run("import", path, data=tmp_path / "data")
    assert (answer.code, answer.err.count("\n"), "--system south" in answer.err) == (2, 1, True)


def test_a_phone_system_that_was_connected_once_stays_known(tmp_path: Path) -> None:
    journal = tmp_path / "journal" / "main"
    journal.mkdir(parents=True)
    note_systems(journal, feeds(HERE, SOUTH))
    note_systems(journal, feeds(HERE))
    assert [one.name for one in systems_of(History(tmp_path), SITE)] == ["office", "south"]


def test_who_takes_the_place_of_the_first_is_the_same_phone_system(tmp_path: Path) -> None:
    journal = tmp_path / "journal" / "main"
    journal.mkdir(parents=True)
    note_systems(journal, [Manager("office", PBX)])
    note_systems(journal, [Manager("new-office", PBX)])
    (one,) = systems_of(History(tmp_path), SITE)
    assert set(one.names) == {"office", "new-office"}


def test_one_that_is_never_connected_is_named_in_the_site_file(tmp_path: Path) -> None:
    site = read_table(SiteFile, {"zone": "UTC", "systems": {"south": {"own_queues": True}}})
    history = History(tmp_path / "data")
    assert [one.name for one in systems_of(history, site)] == ["first", "south"]
    path = log(tmp_path, "one", lines("queue_log"))
    other = log(tmp_path, "two", otherwise(lines("queue_log")))
    Importer(history, site).take([path], "asterisk_queue_log", system="first")
    Importer(history, site).take([other], "asterisk_queue_log", system="south")
    with Asking(history) as asking:
        queues = {mark_of(str(q)) for (q,) in asking.rows("SELECT DISTINCT queue FROM visits")}
    assert queues == {"", "south"}
    bad = read_table(SiteFile, {"systems": {"Süd": {}}})
    with pytest.raises(BadSettingsError, match=r"systems\.Süd: a mark is made of"):
        systems_of(history, bad)


def test_where_nothing_is_connected_a_name_is_unknown(tmp_path: Path) -> None:
    path = log(tmp_path, "queue_log", lines("queue_log"))
    with pytest.raises(NotFoundError, match=r"none is connected; name it in the site file"):
        take(History(tmp_path / "data"), path, "south")


def test_a_file_of_a_kind_without_namesakes_has_no_phone_system(tmp_path: Path) -> None:
    history = hear(tmp_path / "data", *live(HERE), *live(SOUTH))
    event = {"at": "2026-10-01T10:00:00Z", "kind": "call.arrived", "call_id": "a"}
    path = log(tmp_path, "own.jsonl", [json.dumps(event)])
    summary = Importer(history, SITE).take([path], system="south")
    assert "take it in without --system" in summary.refused[0][1]
    assert not Importer(history, SITE).take([path]).refused


def test_a_file_is_of_one_phone_system_only(tmp_path: Path) -> None:
    history = hear(tmp_path / "data", origins=[HERE, SOUTH])
    path = log(tmp_path, "queue_log", lines("queue_log"))
    take(history, path, "south")
    before = counted(history)
    assert Importer(history, SITE).take([path], system="south").known == [path]
    (refused,) = Importer(history, SITE).take([path], system="office").refused
    assert refused[1].startswith("was taken in before of the phone system south;")
    assert counted(history) == before


# ---- heard and taken in


@pytest.mark.parametrize("origin", [SOUTH, APART], ids=["queues shared", "own queues"])
@pytest.mark.parametrize("name", LOGS)
def test_what_was_heard_and_is_taken_in_is_the_same_calls(
    name: str, origin: Origin, tmp_path: Path
) -> None:
    heard = [*live(HERE, [name]), *live(origin, [name])]
    history = hear(tmp_path / "data", *heard, origins=[HERE, origin])
    before = counted(history)
    assert {mark_of(c["call_id"]) for c in before[0]} == {"", "south"}
    path = log(tmp_path, name, lines(LOGS[name]))
    take(history, path, "south")
    assert counted(history) == before
    other = log(tmp_path / "again", name, lines(LOGS[name]))
    other.write_text(other.read_text() + "\n")
    take(history, other, "office")
    assert counted(history) == before


PARTS = 3


def part_of(told: Sequence[str], number: int) -> Sequence[str]:
    size = -(-len(told) // PARTS)
    return told[number * size : (number + 1) * size]


STEPS = st.lists(
    st.tuples(st.sampled_from(["north", "south"]), st.sampled_from([None, 0, 1, 2])),
    min_size=1,
    max_size=5,
)
"""Something is heard live to its end, or a part of a log is taken in, in any order and again."""


@settings(max_examples=5)
@given(STEPS)
def test_in_whatever_order_and_in_parts_it_is_all_the_same(
    steps: list[tuple[str, int | None]],
) -> None:
    told = {"office": lines("queue_log"), "south": otherwise(lines("queue_log"))}
    with TemporaryDirectory() as folder:
        home = Path(folder)
        history = hear(home / "data")
        heard = {"north": live(HERE, ["queue_log"]), "south": southern()}
        for number, (where, part) in enumerate([*steps, ("north", None), ("south", None)]):
            if part is None:
                hear(home / "data", *heard[where])
                continue
            name = "office" if where == "north" else "south"
            path = log(home / str(number), "queue_log", part_of(told[name], part))
            take(history, path, name)
        assert counted(history) == truth()


@cache
def truth() -> list[Any]:
    """Return what both are where they are heard live and nothing is taken in."""
    with TemporaryDirectory() as folder:
        return counted(hear(Path(folder), *live(HERE, ["queue_log"]), *southern()))


def southern() -> list[Entry]:
    own = (marked_line(line, SOUTH) for line in otherwise(lines("queue_log")))
    return said(own, QUEUE_LOG, "south-log")


# ---- logs that know different things


RECORDS = {"Master.csv": "Master.csv", "cel.csv": "cel.csv"}


@pytest.mark.parametrize("names", [["Master.csv"], ["cel.csv"], [*RECORDS]], ids=" ".join)
def test_records_of_the_second_are_of_the_calls_that_were_heard_of_it(
    names: list[str], tmp_path: Path
) -> None:
    alone, both = tmp_path / "alone", tmp_path / "both"
    north = hear(alone, *live(HERE), origins=[HERE])
    two = hear(both, *live(HERE), *live(SOUTH))
    before = of("", two)
    assert before == of("", north)
    for name in names:
        path = log(tmp_path / name, name, lines(name))
        take(north, path)
        take(two, path, "south")
    assert of("south", two) == of("", north) != before
    assert of("", two) == before


def of(mark: str, history: History) -> Any:
    """Return what is told of the calls of one phone system, in its own words."""
    own = [call for call in counted(history)[0] if mark_of(str(call["call_id"])) == mark]
    return json.loads(json.dumps(own, default=str).replace("south~", ""))


def test_what_another_has_said_already_is_refused(tmp_path: Path) -> None:
    history = hear(tmp_path / "data", *live(HERE))
    before = counted(history)
    for name in LOGS:
        path = log(tmp_path, name, lines(LOGS[name])[5:])
        with pytest.raises(NotThatKindError, match="already as those of office; they would be"):
            take(history, path, "south")
    assert counted(history) == before
    take(history, log(tmp_path, "theirs", otherwise(lines("queue_log"))), "south")
    assert len(counted(history)[0]) > len(before[0])


def test_what_was_there_before_the_second_came_stays_as_it_is(tmp_path: Path) -> None:
    history = History(tmp_path / "data")
    take(history, log(tmp_path, "queue_log", lines("queue_log")))
    before = counted(history)
    hear(tmp_path / "data", *live(SOUTH))
    assert [one.name for one in systems_of(history, SITE)] == ["office", "south"]
    found = counted(history)[0]
    assert [call for call in found if not mark_of(str(call["call_id"]))] == before[0]
    take(history, log(tmp_path, "later", [*lines("queue_log"), ""]), "office")
    assert counted(history)[0] == found
