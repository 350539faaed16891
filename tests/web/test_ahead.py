"""What is asked first is there before it is asked, once for each import and each newest day."""

import os
import shutil
import threading
from dataclasses import replace
from datetime import date

import pytest

from everycall.app.history import kept_tables
from everycall.records.models import Person
from everycall.web.reading import site_reader
from everycall.web.reports import awaiting
from everycall.web.reports.making import last_days
from everycall.web.rounds import GIVES_WAY, going_on
from everycall.web.work import ahead
from everycall.web.work.ahead import Ahead, Rules, spans
from web.conftest import browser, person

pytestmark = pytest.mark.usefixtures("calls")


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_tables, "LEAST", 1)


@pytest.fixture
def none_made() -> None:
    shutil.rmtree(site_reader().history.folder / "audits", ignore_errors=True)


def made() -> int:
    return len(list((site_reader().history.folder / "audits").glob("*.report.json")))


@pytest.mark.usefixtures("none_made")
def test_the_usual_reports_are_there_before_the_owner_asks(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = browser(owner)
    monkeypatch.setattr(awaiting, "PATIENCE", 0.0)
    Ahead(site_reader()).round()
    assert made() == len({*spans(newest())})
    for first, last in spans(newest()):
        page = waiting.get(f"/report/?from={first}&to={last}").content
        assert b'data-again="from=' not in page
        assert b"report-body" in page


@pytest.mark.usefixtures("none_made")
def test_they_are_made_once(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds, times = Ahead(site_reader()), list[Person]()
    monkeypatch.setattr(rounds, "make", lambda who, _newest: times.append(who))
    for _ in range(3):
        rounds.round()
    assert times == [owner]


@pytest.mark.usefixtures("none_made")
def test_nobody_owns_it_yet_or_few_calls_are_there_and_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rounds = Ahead(site_reader())
    rounds.round()
    person("Olga", "owner")
    monkeypatch.setattr(kept_tables, "LEAST", 1_000_000)
    rounds.round()
    assert made() == 0


def test_what_may_take_long_gives_way_and_what_it_begins_does_too() -> None:
    (urgent, patient), done = ahead.ahead(site_reader()), threading.Event()
    assert (urgent.gives_way, patient.gives_way) == (False, True)
    seen: list[int] = []

    def look() -> None:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def work() -> None:
        child = threading.Thread(target=look)
        child.start()
        child.join()
        done.set()

    with going_on(replace(patient, work=work, pause=0.01)):
        assert done.wait(20)
    look()
    assert seen[0] == seen[-1] + GIVES_WAY


def test_the_rules_are_planned_once_for_each_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[str] = []
    monkeypatch.setattr(ahead, "make_ready", lambda _zone, own: planned.append(own.id))
    reader = site_reader()
    rules, site = Rules(reader), reader.settings()
    for words in ("", "", "nhs_30s", "nhs_30s", "no_such_words", ""):
        monkeypatch.setattr(reader, "settings", lambda w=words: replace(site, definition=w))
        rules.round()
    assert planned == ["xon", "nhs_30s", "xon"]


def test_a_year_a_month_and_thirty_days_end_with_the_newest_day() -> None:
    day = date(2028, 2, 29)
    assert [last for _, last in spans(day)] == [day] * 3
    assert [(last - first).days + 1 for first, last in spans(day)] == [30, 29, 365]


def newest() -> date:
    with site_reader().asking() as asking:
        return last_days(asking)[1]
