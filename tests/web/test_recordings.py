"""Recordings are played by right, in parts if asked for, and every listening is on record."""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from everycall.app.history.asking import Filter
from everycall.app.intake.importing import Importer
from everycall.app.keeping import recordings as keeping
from everycall.app.keeping.recordings import recordings, recordings_of
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.records.connections import Connection
from everycall.records.models import Entry, Person
from everycall.web.reading import site_reader
from web.conftest import browser, person
from wire.sound_store import SOUND, Store, running, trusted


@pytest.fixture
def recorded(calls: None, tmp_path: Path) -> str:
    """Return the id of a call of which there is a recording."""
    with site_reader().asking() as asking:
        call = next(iter(asking.calls(Filter(limit=1), evidence=False)))
    sound = tmp_path / f"out-{call['call_id']}.wav"
    sound.write_bytes(bytes(range(100)))
    at = datetime.fromisoformat(call["arrived_at"]).timestamp() + 5
    os.utime(sound, (at, at))
    (settings.DATA / "site.toml").write_text(f'[recordings]\nfolders = ["{tmp_path}"]\n')
    return str(call["call_id"])


@pytest.fixture(autouse=True)
def no_site_file() -> object:
    yield
    (settings.DATA / "site.toml").unlink(missing_ok=True)


def test_who_may_hears_it_on_the_page_and_that_is_on_record(
    recorded: str, supervisor: Person
) -> None:
    who = browser(supervisor)
    assert "<audio" in who.get(f"/calls/{recorded}/").content.decode()
    answer = who.get(f"/calls/{recorded}/recordings/0/")
    assert b"".join(answer) == bytes(range(100))  # type: ignore[arg-type]
    entry = Entry.objects.get(action="recording heard")
    assert (entry.about, entry.who) == (recorded, str(supervisor))


def test_what_is_found_of_many_calls_is_what_is_found_of_each(recorded: str) -> None:
    terms = site_reader().settings().recordings
    with site_reader().asking() as asking:
        calls = list(asking.calls(Filter(limit=30), evidence=False, parts=False))
        each = [recordings(asking, call, terms) for call in calls]
        assert recordings_of(asking, calls, terms) == each
        assert recordings_of(asking, [], terms) == []
    assert [bool(found) for found in each].count(True) == 1


def test_a_player_gets_the_part_that_it_asks_for(recorded: str, supervisor: Person) -> None:
    who = browser(supervisor)
    answer = who.get(f"/calls/{recorded}/recordings/0/", headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, bytes(range(10, 20)))
    assert answer.headers["Content-Range"] == "bytes 10-19/100"
    beyond = who.get(f"/calls/{recorded}/recordings/0/", headers={"Range": "bytes=200-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize("part", ["bytes=1-", "bytes=-90", "bytes=5-99", "BYTES=0-"])
def test_nobody_listens_in_parts_without_being_on_record(
    part: str, recorded: str, supervisor: Person
) -> None:
    who = browser(supervisor)
    for _ in range(3):
        who.get(f"/calls/{recorded}/recordings/0/", headers={"Range": part}).close()
    assert Entry.objects.filter(action="recording heard", about=recorded).count() == 1


def test_a_player_that_goes_on_is_one_listening(recorded: str, supervisor: Person) -> None:
    who = browser(supervisor)
    for part in ("bytes=0-", "bytes=20-39", "bytes=40-99"):
        who.get(f"/calls/{recorded}/recordings/0/", headers={"Range": part}).close()
    assert Entry.objects.filter(action="recording heard").count() == 1


def test_who_may_not_hears_nothing(recorded: str, viewer: Person) -> None:
    for somebody in (viewer, person("Anna", "agent")):
        assert "<audio" not in browser(somebody).get(f"/calls/{recorded}/").content.decode()
        assert browser(somebody).get(f"/calls/{recorded}/recordings/0/").status_code == 403


def test_a_recording_that_is_not_there_is_not_found(recorded: str, supervisor: Person) -> None:
    assert browser(supervisor).get(f"/calls/{recorded}/recordings/5/").status_code == 404
    assert browser(supervisor).get("/calls/nobody/recordings/0/").status_code == 404


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Yield a cloud phone system's store, with a call of which it keeps a talk and a message."""
    with running(trusted(tmp_path, monkeypatch)) as found:
        monkeypatch.setattr(settings, "DATA", tmp_path)
        kinds = ["call.arrived", "recording.saved", "voicemail.left", "call.ended"]
        told = [
            {
                "at": f"2026-10-31T09:00:0{second}Z",
                "kind": kind,
                "call_id": "a",
                "text": f"{found.address}/sound" if second in {1, 2} else None,
            }
            for second, kind in enumerate(kinds)
        ]
        log = tmp_path / "events.jsonl"
        log.write_text("".join(json.dumps(event) + "\n" for event in told))
        Importer(History(tmp_path), SiteFile()).take([log])
        yield found


def connected(kind: str, **given: str) -> None:
    row = Connection(name="cloud", kind=kind)
    row.keep({"secret": "token", **given})
    row.save()


@pytest.mark.usefixtures("store")
def test_what_was_told_of_many_calls_is_what_was_told_of_each() -> None:
    terms = site_reader().settings().recordings
    with site_reader().asking() as asking:
        calls = list(asking.calls(Filter(limit=5), evidence=False, parts=False))
        each = [recordings(asking, call, terms) for call in calls]
        assert recordings_of(asking, calls, terms) == each
    assert any(each)


def test_what_a_cloud_phone_system_keeps_is_played_through_us(
    store: Store, supervisor: Person
) -> None:
    connected("aircall", recordings=f"https://elsewhere.example {store.address}")
    who = browser(supervisor)
    assert who.get("/calls/a/").content.decode().count("<audio") == 1
    answer = who.get("/calls/a/recordings/0/")
    assert b"".join(answer) == SOUND  # type: ignore[arg-type]
    assert store.asked == [("/sound", None)]
    assert Entry.objects.filter(action="recording heard").count() == 1


def test_twilio_is_shown_its_key(store: Store, supervisor: Person) -> None:
    connected("twilio", account="me", recordings=store.address)
    store.detours["/sound.mp3"] = "/sound"
    answer = browser(supervisor).get("/calls/a/recordings/0/")
    assert b"".join(answer) == SOUND  # type: ignore[arg-type]
    assert store.asked[0] == ("/sound.mp3", "Basic bWU6dG9rZW4=")


def test_nothing_is_fetched_from_where_no_phone_system_keeps_any(
    store: Store, supervisor: Person
) -> None:
    connected("aircall", recordings="https://elsewhere.example")
    assert browser(supervisor).get("/calls/a/recordings/0/").status_code == 404
    assert store.asked == []


def test_what_a_cloud_phone_system_does_not_give_out_is_said(
    store: Store, supervisor: Person
) -> None:
    connected("aircall", recordings=store.address)
    store.detours["/sound"] = "/sound"
    answer = browser(supervisor).get("/calls/a/recordings/0/")
    assert answer.status_code == 502
    assert "does not give the recording out" in answer.content.decode()


def test_a_name_that_no_file_can_have_breaks_nothing(recorded: str, tmp_path: Path) -> None:
    (tmp_path.parent / "secret.wav").write_bytes(b"x")
    terms = site_reader().settings().recordings
    call = {"call_id": recorded}
    for name in ("a\0b.wav", "x" * 5000, "../secret.wav", str(tmp_path.parent / "secret.wav"), "."):
        assert keeping._inside(name, call, terms) is None, name
    inside = next(tmp_path.glob("*.wav"))
    assert keeping._inside(inside.name, call, terms) == inside.resolve()


def test_a_link_that_leads_out_of_the_folder_is_not_followed(recorded: str, tmp_path: Path) -> None:
    (tmp_path.parent / "secret.wav").write_bytes(b"x")
    (tmp_path / "link.wav").symlink_to(tmp_path.parent / "secret.wav")
    terms = site_reader().settings().recordings
    assert keeping._inside("link.wav", {"call_id": recorded}, terms) is None


def test_a_part_that_is_asked_for_has_bounds(
    recorded: str, supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everycall.web.views.recordings.PART", 10)
    who, path = browser(supervisor), f"/calls/{recorded}/recordings/0/"
    part = who.get(path, headers={"range": "bytes=20-"})
    assert (part.status_code, part.headers["Content-Range"]) == (206, "bytes 20-29/100")
    for odd in (f"bytes={'9' * 5000}-", f"bytes=1-{'9' * 5000}", "bytes=\u0661-", "bytes=-5", "x"):
        whole = who.get(path, headers={"range": odd})
        assert (whole.status_code, len(b"".join(whole))) == (200, 100)  # type: ignore[arg-type]
    assert who.get(path, headers={"range": "bytes=500-"}).status_code == 416
