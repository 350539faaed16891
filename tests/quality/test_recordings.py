"""A recording belongs to a call by a whole id, a message by its caller and its time."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.keeping.recordings import recordings
from everycall.app.site.sitefile import SiteFile
from everycall.events.origins import Origin
from everycall.history import History
from everycall.quality.recordings import RecordingSettings, is_message_of, is_of, note_of
from everycall.sources.marking import marked_line

NOTE = """;
; Message Information file
;
[message]
origmailbox=600
context=default
origtime=1793610020
callerid="Ann" <+493023125001>
duration=12
"""

LOG = """1793610000|1793610000.1|sales|NONE|ENTERQUEUE||+493023125001|1
1793610020|1793610000.1|sales|NONE|EXITWITHTIMEOUT|1|1|20
1793610100|1793610100.12|sales|NONE|ENTERQUEUE||+493023125002|1
1793610110|1793610100.12|sales|NONE|ABANDON|1|1|10
"""


MINE = ("q-sales-20261102-090000-1793610000.1.wav", "1793610000.1.mp3")
OTHERS = ("1793610000.12.wav", "11793610000.1.wav", "1793610000.wav")


def test_only_a_whole_id_counts() -> None:
    assert all(is_of(name, ["1793610000.1"]) for name in MINE)
    assert not any(is_of(name, ["1793610000.1"]) for name in OTHERS)


def test_a_note_says_when_and_from_whom() -> None:
    note = note_of(NOTE)
    assert note is not None
    assert (note.at, note.seconds) == (datetime.fromtimestamp(1793610020, UTC), 12)
    assert note.caller == "+493023125001"


@pytest.mark.parametrize("text", ["", "[message]", "[message]\norigtime=soon", "no note"])
def test_a_note_that_says_nothing_is_none(text: str) -> None:
    assert note_of(text) is None


def test_a_message_of_another_caller_or_time_is_not_of_the_call() -> None:
    note = note_of(NOTE)
    assert note is not None
    began, ended = note.at - timedelta(seconds=20), note.at + timedelta(seconds=20)
    assert is_message_of(note, ["030 23125001"], began, ended)
    assert not is_message_of(note, ["+493023125002"], began, ended)
    assert not is_message_of(note, ["+493023125001"], began - timedelta(hours=1), began)
    assert not is_message_of(note, [""], began, ended)


def written(path: Path, text: str = "sound", at: int = 1793610030) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at, at))
    return path


@pytest.fixture
def spool(tmp_path: Path) -> RecordingSettings:
    monitor, boxes = tmp_path / "monitor", tmp_path / "voicemail"
    written(monitor / "2026" / "11" / "02" / "sales-1793610000.1.wav")
    written(monitor / "2025" / "11" / "02" / "old-1793610000.1.wav")
    written(monitor / "2026" / "11" / "02" / "sales-1793610100.12.wav")
    written(monitor / "2026" / "11" / "02" / "sales-1793610000.1.gsm")
    written(boxes / "600" / "INBOX" / "msg0000.txt", NOTE)
    written(boxes / "600" / "INBOX" / "msg0000.wav")
    written(boxes / "600" / "INBOX" / "msg0001.wav")
    return RecordingSettings((str(monitor),), (str(boxes),))


def found(
    folder: Path, spool: RecordingSettings, mark: str = ""
) -> dict[str, list[tuple[str, bool]]]:
    lines = (marked_line(line, Origin(mark)) for line in LOG.splitlines())
    log = written(folder / "queue_log", "".join(f"{line}\n" for line in lines))
    history = History(folder / "data")
    Importer(history, SiteFile()).take([log])
    with Asking(history) as asking:
        calls: list[dict[str, Any]] = list(asking.calls(Filter()))
        return {
            call["call_id"]: [
                (Path(kept.where).name, kept.message) for kept in recordings(asking, call, spool)
            ]
            for call in calls
        }


def test_a_call_has_its_recording_and_its_message(tmp_path: Path, spool: RecordingSettings) -> None:
    assert found(tmp_path, spool) == {
        "1793610000.1": [("sales-1793610000.1.wav", False), ("msg0000.wav", True)],
        "1793610100.12": [("sales-1793610100.12.wav", False)],
    }


def test_folders_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    assert set(map(tuple, found(tmp_path, RecordingSettings(("/nowhere",))).values())) == {()}


def test_each_phone_system_has_folders_of_its_own(tmp_path: Path, spool: RecordingSettings) -> None:
    plain = found(tmp_path / "north", spool)
    assert any(plain.values())
    marked = RecordingSettings(
        tuple(f"south~{folder}" for folder in spool.folders),
        tuple(f"south~{folder}" for folder in spool.voicemail),
    )
    # what lies in the folders of the other one belongs to no call here, and the other way round
    assert not any(found(tmp_path / "here", marked).values())
    assert found(tmp_path / "there", marked, "south") == {
        f"south~{call}": kept for call, kept in plain.items()
    }
    assert not any(found(tmp_path / "apart", spool, "south").values())
