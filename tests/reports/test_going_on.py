"""A report of a day that is not over: calls that go on are in no share, and in no list of one."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from everycall.app.audit.auditing import Order, make_audit
from everycall.app.history.asking import Asking, day_bounds
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.reports import Report
from everycall.reports.ledger import count
from reports.clickable import clickable

UTC = ZoneInfo("UTC")

LOG = """\
1793610000|1.1|sales|NONE|ENTERQUEUE||493011111|1
1793610012|1.1|sales|Ann|CONNECT|12|2.1|3
1793610090|1.1|sales|Ann|COMPLETECALLER|12|78|1
1793610100|1.2|sales|NONE|ENTERQUEUE||493022222|1
1793610140|1.2|sales|NONE|ABANDON|1|1|40
1793610200|1.3|sales|NONE|ENTERQUEUE||493033333|1
1793610208|1.3|sales|Ann|CONNECT|8|2.3|3
1793610210|1.4|sales|NONE|ENTERQUEUE||493044444|1
1793610211|1.5|sales|NONE|ENTERQUEUE||493055555|2
1793610215|1.5|sales|NONE|ABANDON|2|2|4
"""
"""The third caller is being spoken with, the fourth waits."""


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    folder = tmp_path_factory.mktemp("going-on")
    log = folder / "queue_log"
    log.write_text(LOG)
    Importer(History(folder), SiteFile(zone=UTC)).take([log])
    with Asking(History(folder), UTC) as opened:
        yield opened


@pytest.fixture(scope="module")
def report(asking: Asking) -> Report:
    return make_audit(asking, site=SiteFile(zone=UTC))


@pytest.mark.parametrize(
    ("first", "last", "lead", "noted"),
    [
        (2, 2, "5 calls arrived", False),
        (2, 4, "5 calls arrived", True),
        (3, 4, "Nothing is known of this time: the newest record that was read is of 2026-11-02.", False),
    ],
)  # fmt: skip
def test_what_lies_after_the_newest_record_is_not_known_and_no_zero(
    asking: Asking, first: int, last: int, lead: str, *, noted: bool
) -> None:
    since, until = day_bounds(date(2026, 11, first), date(2026, 11, last), UTC)
    with Asking(asking.history, UTC) as opened:
        report = make_audit(opened, site=SiteFile(zone=UTC), order=Order(since, until))
    (summary,) = (one for one in report.sections if one.id == "summary")
    assert summary.lead.startswith(lead)
    arrived = next(one for one in summary.figures if one.id == "arrived")
    assert (arrived.value, arrived.why) == ((5, "") if first == 2 else (None, lead))
    note = "Nothing is known of the days after 2026-11-02, of which the newest record is."
    assert (note in summary.notes) is noted


def counted(asking: Asking, **wanted: str) -> int:
    return count(asking.rows, "UTC", {"arrived": "yes", **wanted})


def test_a_number_and_its_list_agree_while_calls_go_on(asking: Asking, report: Report) -> None:
    found = list(clickable(report))
    assert {value for where, value, _ in found if where == "summary: arrived"} == {5}
    assert [
        (where, value, listed)
        for where, value, calls in found
        if (listed := count(asking.rows, "UTC", calls)) != abs(value)
    ] == []


def test_a_share_and_its_list_agree_while_calls_go_on(asking: Asking, report: Report) -> None:
    (share,) = (f for f in report.sections[0].figures if f.id == "answer_rate.arrived")
    assert share.value == pytest.approx(1 / 3)
    assert share.calls is not None
    assert count(asking.rows, "UTC", share.calls) == share.count == 1


def test_a_call_that_goes_on_has_neither_been_answered_nor_not(
    asking: Asking, report: Report
) -> None:
    assert counted(asking) == 5
    assert counted(asking, outcome="pending") == 2
    assert (counted(asking, spoke="yes"), counted(asking, spoke="no")) == (1, 2)
    assert (counted(asking, asked="yes"), counted(asking, asked="no")) == (3, 0)
