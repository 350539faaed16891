"""Live records that could not be read: kept whole, and read again once they can be."""

import json
from pathlib import Path

import pytest

from cli.running import run
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.sealing import Sealer
from everycall.app.intake.unread import Again, Replayer, kept
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.settings import read_table
from everycall.sources import everycall_events

SITE = read_table(SiteFile, {"zone": "UTC"})
SOURCE = "everycall_events"
STORY = (
    {"at": "2026-11-02T09:00:00Z", "kind": "call.arrived", "direction": "inbound"},
    {"at": "2026-11-02T09:00:01Z", "kind": "queue.entered", "queue": "sales"},
    {"at": "2026-11-02T09:00:20Z", "kind": "queue.left", "queue": "sales", "text": "x" * 700},
    {"at": "2026-11-02T09:00:20Z", "kind": "call.ended"},
)
HOPELESS = '{"at": "yesterday", "kind": "call.arrived", "call_id": "a1"}'


def posted(*bodies: str, part: str = "0") -> list[Entry]:
    return [
        Entry("post", SOURCE, body, f"{part}-{i}", 1_762_074_000_000_000 + i, part, i, i + 1)
        for i, body in enumerate(bodies)
    ]


def story(call: str) -> list[str]:
    return [json.dumps({**one, "call_id": call}) for one in STORY]


def seal(data: Path, *entries: Entry) -> History:
    history = History(data)
    with Journal(data / "journal") as journal:
        journal.append(entries)
        Sealer(journal, history, SITE).seal()
    return history


def told(data: Path) -> list[tuple[object, ...]]:
    with Asking(History(data)) as asking:
        calls = [(c["call_id"], c["outcome"]) for c in asking.calls(Filter())]
        events = asking.rows('SELECT call_id, kind FROM events ORDER BY call_id, "at", kind')
    return [*calls, *events]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A version that reads no long lines; undone, it is the one with the fix."""
    monkeypatch.setattr(everycall_events, "LONGEST", 600)
    return monkeypatch


def test_what_could_not_be_read_is_kept_whole_and_read_again(
    tmp_path: Path, short: pytest.MonkeyPatch
) -> None:
    data, right = tmp_path / "fixed", tmp_path / "right"
    history = seal(data, *posted(*story("a1"), HOPELESS))
    long, hopeless = sorted(kept(history), key=lambda one: one.reason, reverse=True)
    assert (long.source, long.feed, long.reason) == (SOURCE, "post", "too_long")
    assert long.body == story("a1")[2]  # all of it, not only its beginning
    assert (hopeless.body, hopeless.received_at) == (HOPELESS, 1_762_074_000_000_004)
    assert Replayer(history, SITE).replay() == {SOURCE: Again(0, 2)}  # nothing is fixed yet
    assert len(kept(history)) == 2
    short.undo()
    assert Replayer(history, SITE).replay("twilio") == {}
    assert Replayer(history, SITE).replay(SOURCE) == {SOURCE: Again(1, 1)}
    assert [one.body for one in kept(history)] == [HOPELESS]
    assert Replayer(history, SITE).replay() == {SOURCE: Again(0, 1)}
    seal(right, *posted(*story("a1"), HOPELESS))
    assert told(data) == told(right)
    imports = history.manifest().imports
    assert (sum(i.unreadable for i in imports), sum(i.lines for i in imports)) == (1, 5)


def test_a_record_of_a_call_long_over_takes_nothing_away(
    tmp_path: Path, short: pytest.MonkeyPatch
) -> None:
    later = [body.replace("2026-11-02", "2026-11-05") for body in story("b1")]
    data, right = tmp_path / "fixed", tmp_path / "right"
    seal(data, *posted(*story("a1")))
    history = seal(data, *posted(*later, part="1"))
    assert len(kept(history)) == 2
    short.undo()
    assert Replayer(history, SITE).replay() == {SOURCE: Again(2, 0)}
    seal(right, *posted(*story("a1")))
    seal(right, *posted(*later, part="1"))
    assert told(data) == told(right)


def test_nothing_but_bad_records_is_sealed_and_kept(tmp_path: Path) -> None:
    history = seal(tmp_path, *posted("no JSON at all", HOPELESS))
    assert [one.body for one in kept(history)] == [HOPELESS, "no JSON at all"]
    assert Replayer(history, SITE).replay() == {SOURCE: Again(0, 2)}


def test_the_command_says_what_came_of_it(tmp_path: Path, short: pytest.MonkeyPatch) -> None:
    none = run("replay", data=tmp_path)
    assert (none.code, none.out) == (0, "Every live record could be read.\n")
    seal(tmp_path, *posted(*story("a1"), HOPELESS))
    before = run("replay", "--json", data=tmp_path)
    assert (before.code, before.json["sources"]) == (3, {SOURCE: {"read": 0, "still": 2}})
    short.undo()
    after = run("replay", data=tmp_path)
    assert (after.code, after.out) == (3, "everycall_events: 1 read, 1 still cannot be\n")
    [left] = run("skipped", "--json", data=tmp_path).lines
    assert (left["reason"], left["text"]) == ("bad_value", HOPELESS)


def test_another_writer_costs_nothing(tmp_path: Path) -> None:
    history = seal(tmp_path, *posted(*story("a1"), HOPELESS))
    with history.writing():
        assert run("replay", data=tmp_path).code == 4
    assert len(kept(history)) == 1
