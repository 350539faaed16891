"""What is older than a site keeps it goes, by night, and what would go is shown before."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DataError
from django.utils import timezone

from app.test_erasing import GONE, STAYS, call, holds, log
from everycall.app.intake.importing import Importer
from everycall.app.site.site_writing import change
from everycall.app.site.sitefile import SiteFile
from everycall.errors import BadSettingsError, BusyError
from everycall.history import History
from everycall.records import retaining as records
from everycall.records.alerts import AlertCall
from everycall.records.hooks import Hook, Telling
from everycall.records.jobs import Job
from everycall.records.models import (
    Alert,
    AlertRule,
    Channel,
    Delivery,
    Entry,
    OptOut,
    Person,
    RetentionRun,
    Text,
)
from everycall.records.trail import note
from everycall.web.reading import site_reader
from everycall.web.work.retaining import by_night, store_of, would_go
from web.conftest import browser, person
from web.serving import environment
from web.test_erasing import everything, promise

NOW = datetime(2027, 12, 1, 4, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)
TORN = '{"at": "2026-10-31T09:00:00Z", "caller": "' + STAYS


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory: one caller of a year ago, one who rang since."""
    folder = tmp_path_factory.mktemp("before")
    told = (call("a", 0, GONE), call("b", 60, STAYS), call("c", 60 * 24 * 380, STAYS))
    said = log(folder / "one.jsonl", *told, torn=TORN)
    Importer(History(folder / "data"), SiteFile()).take([said])
    return folder / "data"


@pytest.fixture(autouse=True)
def home(before: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy for each test, which may change it."""
    data = settings.DATA / "retention"
    shutil.copytree(before, data)
    monkeypatch.setattr(site_reader(), "data", data)
    monkeypatch.setattr(site_reader(), "history", History(data))
    monkeypatch.setattr(settings, "DATA", data)
    yield data
    shutil.rmtree(data)


def keep(home: Path, **kept: str) -> None:
    change(home, "main", {("retention",): kept})


def test_by_default_everything_is_kept(home: Path) -> None:
    store = store_of(site_reader())
    assert [line.kept for line in would_go(store, store.site.retention, NOW)] == [None] * 7
    assert by_night(site_reader(), NOW) == {}
    assert holds(home, GONE)
    assert not Entry.objects.exists()


def test_who_has_not_rung_for_long_has_no_number_any_more(home: Path) -> None:
    keep(home, numbers="300 d")
    owed = promise(GONE)
    type(owed).objects.filter(pk=owed.pk).update(
        state="expired", missed_at=NOW - timedelta(days=350), ended_at=NOW - timedelta(days=349)
    )
    OptOut.objects.create(number=GONE, client="", at=LONG_AGO, how="text")
    assert by_night(site_reader(), NOW) == {"numbers": 1}
    assert not holds(home, GONE)
    assert holds(home, STAYS)
    owed.refresh_from_db()
    assert owed.caller.startswith("erased-")
    assert OptOut.objects.get().number == GONE  # that they want no texts is not forgotten
    assert Entry.objects.get(action="retention").details == {"numbers": 1}


def test_who_is_owed_a_call_is_not_forgotten(home: Path) -> None:
    keep(home, numbers="300 d")
    promise(GONE)
    assert by_night(site_reader(), NOW) == {}
    assert holds(home, GONE)


def test_a_night_is_done_once_and_only_at_night(home: Path) -> None:
    keep(home, numbers="300 d")
    assert by_night(site_reader(), NOW.replace(hour=2)) is None
    assert by_night(site_reader(), NOW) == {"numbers": 1}
    assert by_night(site_reader(), NOW + timedelta(hours=1)) is None
    assert by_night(site_reader(), NOW + timedelta(days=1)) == {}
    assert RetentionRun.objects.count() == 2


def test_a_night_in_which_history_is_written_is_tried_again(home: Path) -> None:
    keep(home, numbers="300 d")
    with History(home).writing(), pytest.raises(BusyError):
        by_night(site_reader(), NOW)
    assert by_night(site_reader(), NOW + timedelta(minutes=1)) == {"numbers": 1}


def test_one_kind_that_fails_holds_no_other_back(
    home: Path, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_out_of: Callable[[str], str]) -> int:
        raise DataError("value too long for type character varying(400)")

    monkeypatch.setattr(records, "forget_numbers", fails)
    keep(home, numbers="300 d", texts="30 d")
    Text.objects.create(kind="answer", number=STAYS, body="hello", state="received", at=LONG_AGO)
    assert by_night(site_reader(), NOW) == {"numbers failed": 1, "texts": 1}
    assert holds(home, GONE)
    page = browser(owner).get("/setup/retention/").content.decode()
    assert "Numbers of callers, since they were heard of last: this failed" in page
    assert "Texts to and from callers: 1." in page


def test_old_recordings_and_messages_are_deleted_and_nothing_else(
    home: Path, tmp_path: Path
) -> None:
    talks, boxes = tmp_path / "monitor" / "2027", tmp_path / "voicemail"
    for folder in (talks, boxes):
        folder.mkdir(parents=True)
        for name in ("old.wav", "new.wav", "old.txt", "old.conf"):
            (folder / name).write_text("x")
            at = LONG_AGO if name.startswith("old") else NOW
            os.utime(folder / name, (at.timestamp(), at.timestamp()))
    (talks / "link.wav").symlink_to(boxes / "old.wav")
    places = {"folders": [str(talks.parent)], "voicemail": [str(boxes)]}
    change(home, "main", {("recordings",): places})
    keep(home, recordings="90 d")
    assert by_night(site_reader(), NOW) == {"recordings": 1}
    assert sorted(path.name for path in talks.iterdir()) == ["link.wav", "new.wav", "old.conf"]
    assert len(list(boxes.iterdir())) == 4
    keep(home, voicemail="90 d")
    assert by_night(site_reader(), NOW + timedelta(days=1)) == {"voicemail": 1}
    assert sorted(path.name for path in boxes.iterdir()) == ["new.wav", "old.conf"]


def test_what_could_not_be_read_is_only_counted_after_a_time(home: Path) -> None:
    keep(home, unread="100 d")
    before = sum(one.unreadable for one in History(home).manifest().imports)
    assert before == 1
    assert by_night(site_reader(), NOW) == {"unread": 1}
    assert not list((home / "history").rglob("skipped.parquet"))
    assert sum(one.unreadable for one in History(home).manifest().imports) == before


def test_who_listened_what_was_said_and_texts_go(home: Path, owner: Person) -> None:
    keep(home, listening="30 d", deliveries="30 d", texts="30 d")
    for action in ("recording heard", "act: whisper", "number revealed"):
        Entry.objects.filter(pk=note(owner, action).pk).update(at=LONG_AGO)
    Entry.objects.filter(pk=note(owner, "recording heard").pk).update(at=NOW)
    rule, channel = AlertRule.objects.create(name="r", measure="m"), Channel(name="c", kind="mail")
    channel.keep({})
    channel.save()
    for n, closed in enumerate((LONG_AGO, None)):
        alert = Alert.objects.create(rule=rule, thing=str(n), since=LONG_AGO, closed_at=closed)
        made = Delivery.objects.create(alert=alert, channel=channel, message={}, key=str(n))
        Delivery.objects.filter(pk=made.pk).update(made_at=LONG_AGO)
    for number, at in ((GONE, LONG_AGO), (STAYS, NOW)):
        Text.objects.create(kind="answer", number=number, body="hello", state="received", at=at)
    assert by_night(site_reader(), NOW) == {"listening": 2, "deliveries": 1, "texts": 1}
    left = list(Entry.objects.exclude(action="retention").values_list("action", flat=True))
    assert sorted(left) == ["number revealed", "recording heard"]
    assert Delivery.objects.get().alert.closed_at is None
    assert Text.objects.get().number == STAYS


def test_sessions_that_have_ended_go_every_night(home: Path) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=LONG_AGO)
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + timedelta(1))
    by_night(site_reader(), NOW)
    assert [one.session_key for one in Session.objects.all()] == ["new"]


def test_what_nothing_can_come_of_goes_though_everything_is_kept(home: Path) -> None:
    rule, channel = AlertRule.objects.create(name="r", measure="m"), Channel(name="c", kind="mail")
    channel.keep({})
    channel.save()
    year = timedelta(days=366)
    told = Alert.objects.create(rule=rule, thing="told", since=NOW - year, closed_at=NOW - year)
    Delivery.objects.create(alert=told, channel=channel, message={}, key="1")
    Alert.objects.create(rule=rule, thing="over", since=NOW - year, closed_at=NOW - year)
    Alert.objects.create(rule=rule, thing="lately", since=NOW - year, closed_at=LONG_AGO)
    Alert.objects.create(rule=rule, thing="open", since=NOW - year)
    hook = Hook(name="h", kinds=["promise.moved"])
    hook.keep({})
    hook.save()
    for name, at in (("old", LONG_AGO), ("new", NOW)):
        AlertCall.objects.create(rule=rule, call_id=name, at=at)
        Job.objects.create(func=name, run_at=at, failed_at=at)
        row = Telling.objects.create(hook=hook, about=name, kind="promise.moved", body={})
        Telling.objects.filter(pk=row.pk).update(made_at=at)
    Job.objects.create(func="waiting", run_at=LONG_AGO)
    assert by_night(site_reader(), NOW) == {}
    assert {one.thing for one in Alert.objects.all()} == {"told", "lately", "open"}
    assert [one.call_id for one in AlertCall.objects.all()] == ["new"]
    assert {one.func for one in Job.objects.all()} == {"new", "waiting"}
    assert [one.about for one in Telling.objects.all()] == ["new"]


@pytest.mark.parametrize("wrong", [{"numbers": "1 h"}, {"journal": "1 d"}])
def test_a_time_that_is_too_short_is_refused(home: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(BadSettingsError, match="or longer"):
        keep(home, **wrong)


# ---- the page and the command


def test_what_would_go_is_shown_before_it_is_saved(home: Path, owner: Person) -> None:
    ago = (timezone.now() - datetime(2026, 10, 31, tzinfo=UTC)).days
    if ago < 5:
        pytest.skip("the calls of this test are of the future")
    page = browser(owner).post("/setup/retention/", {"numbers": "1"}).content.decode()
    rows = page.split("<tbody>")[1].split("</tr>")
    assert '<td>1 day</td><td class="number">1</td>' in rows[0]
    assert '<td>for good</td><td class="number">–</td>' in rows[1]
    assert not (home / "site.toml").exists()
    assert holds(home, GONE)
    given = {"numbers": "1", "texts": "90", "confirmed": "1"}
    page = browser(owner).post("/setup/retention/", given, follow=True).content.decode()
    assert "what is older goes tonight" in page
    kept = site_reader().settings().retention
    assert (kept.numbers, kept.texts, kept.recordings) == (
        timedelta(days=1), timedelta(days=90), None,
    )  # fmt: skip
    entry = Entry.objects.get()
    assert (entry.about, entry.details) == ("retention", {"numbers": "1 d", "texts": "90 d"})
    assert 'value="90"' in browser(owner).get("/setup/retention/").content.decode()


def test_a_number_of_days_that_is_none_is_said(home: Path, owner: Person) -> None:
    page = browser(owner).post("/setup/retention/", {"journal": "1", "confirmed": "1"})
    assert b"greater than or equal to 2" in page.content
    assert not (home / "site.toml").exists()


@pytest.mark.parametrize("role", ["manager", "supervisor"])
def test_nobody_but_an_owner_may(role: str) -> None:
    assert browser(person("Mo", role)).get("/setup/retention/").status_code == 403


def test_the_command_shows_it_and_does_it(tmp_path: Path) -> None:
    data = tmp_path / "data"

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "everycall", *words, "--data", str(data)]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment(data)
        )

    told = [call("a", -60 * 24 * 900, GONE), call("b", -60 * 24 * 20, STAYS)]
    Importer(History(data), SiteFile()).take([log(tmp_path / "one.jsonl", *told)])
    run("migrate")
    keep(data, numbers="400 d")
    before = run("retention", "run", "--dry-run", "--json")
    assert json.loads(before.stdout)[0] == {
        "kind": "numbers", "days": 400, "old": 1, "refused": 0, "failed": False,
    }  # fmt: skip
    assert holds(data, GONE)
    done = run("retention", "run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].split()[-3:] == ["400", "days", "1"]
    assert not holds(data, GONE)
    shown = run("retention", "show")
    assert shown.stdout.splitlines()[0].split()[-3:] == ["400", "days", "0"]
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())


def test_nothing_of_a_forgotten_caller_is_left_in_any_record(home: Path) -> None:
    keep(home, numbers="300 d")
    note(None, "number revealed", GONE, why=[f"asked for {GONE}"])
    by_night(site_reader(), NOW)
    assert GONE[1:] not in everything()
