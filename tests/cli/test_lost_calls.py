"""Calls that never got in: found by a carrier's records, unknown without them, never 0."""

from pathlib import Path
from typing import Any

import pytest

from cli.running import run

LOG = """\
1793610000|1793610000.1|sales|NONE|DID|01632960100
1793610000|1793610000.1|sales|NONE|ENTERQUEUE||01632960001|1
1793610010|1793610000.1|sales|Ann|CONNECT|10|1793610005.2|5
1793610060|1793610000.1|sales|Ann|COMPLETECALLER|10|50|1
1793613600|1793613600.3|sales|NONE|DID|01632960100
1793613600|1793613600.3|sales|NONE|ENTERQUEUE||01632960002|1
1793613640|1793613600.3|sales|NONE|ABANDON|1|1|40
"""
HEADING = "id,setup,release,calling,called,sip,cause\n"
MATCHED = (
    "c1,2026-11-02 09:00:03,2026-11-02 09:01:00,+441632960001,+441632960100,200,16\n"
    "c2,2026-11-02 09:59:58,2026-11-02 10:00:40,+441632960002,+441632960100,200,16\n"
)
LOST = "c3,2026-11-02 09:30:00,2026-11-02 09:30:01,+441632960003,+441632960100,503,34\n"
MAPPING = """
name = "our_carrier"
carrier = true
[columns]
call_id = "id"
arrived = "setup"
ended = "release"
from_number = "calling"
to_number = "called"
sip_code = "sip"
q850 = "cause"
[times]
zone = "UTC"
[always]
direction = "inbound"
"""
SITE = 'zone = "UTC"\nregion = "GB"\n'


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A site whose phone system knows of two calls."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "site.toml").write_text(SITE, encoding="utf-8")
    (tmp_path / "carrier.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "queue_log").write_text(LOG, encoding="utf-8")
    assert run("import", tmp_path / "queue_log", data=tmp_path / "data").code == 0
    return tmp_path


def carried(office: Path, rows: str) -> list[dict[str, Any]]:
    """Take the carrier's records in, and return all calls."""
    (office / "carrier.csv").write_text(HEADING + rows, encoding="utf-8")
    taken = run(
        "import", office / "carrier.csv", "--mapping", office / "carrier.toml", data=office / "data"
    )
    assert taken.code == 0, taken.err
    return run("calls", "--json", data=office / "data").lines


def outcomes(calls: list[dict[str, Any]]) -> list[str]:
    return [call["outcome"] for call in calls]


def test_what_the_carrier_has_and_we_have_not_never_got_in(office: Path) -> None:
    calls = carried(office, MATCHED + LOST)
    assert outcomes(calls) == ["answered", "failed_before_ring", "caller_left_in_queue"]
    lost = calls[1]
    assert (lost["caller"], lost["sip_code"], lost["q850"]) == ("+441632960003", 503, 34)
    assert lost["sources"] == ["our_carrier"]
    assert lost["rule"] == "inbound.failed_before_ring"
    for unseen in ("wait_ms", "talk_ms", "first_queue"):
        assert lost[unseen] is None


def test_what_both_know_is_one_call_seen_by_both(office: Path) -> None:
    calls = carried(office, MATCHED)
    assert [call["sources"] for call in calls] == [["asterisk_queue_log", "our_carrier"]] * 2
    assert calls[0]["call_id"] == "1793610000.1"
    assert calls[0]["wait_ms"] == 10_000


@pytest.mark.parametrize(("seconds", "matched"), [(5, True), (6, False)])
def test_clocks_may_be_five_seconds_apart(office: Path, seconds: int, *, matched: bool) -> None:
    calls = carried(office, MATCHED.replace("09:00:03", f"09:00:{seconds:02}"))
    assert ("failed_before_ring" in outcomes(calls)) is not matched


def test_the_site_may_allow_more(office: Path) -> None:
    site = office / "data" / "site.toml"
    site.write_text(SITE + '[limits]\ncarrier_match = "30 s"\n', encoding="utf-8")
    calls = carried(office, MATCHED.replace("09:00:03", "09:00:29"))
    assert outcomes(calls) == ["answered", "caller_left_in_queue"]


@pytest.mark.parametrize(
    ("called", "matched"),
    [
        ("+441632960100", True),
        ("01632960100", True),
        ("00441632960100", True),
        ("", True),
        ("600", True),
        ("+441632960199", False),
    ],
)
def test_the_number_that_was_called_is_compared_where_it_is_one(
    office: Path, called: str, *, matched: bool
) -> None:
    calls = carried(office, MATCHED.replace("+441632960100", called))
    assert outcomes(calls).count("failed_before_ring") == (0 if matched else 2)


def test_another_caller_at_the_same_moment_is_another_call(office: Path) -> None:
    other = MATCHED.splitlines(keepends=True)[0].replace("960001", "960009").replace("c1", "c9")
    assert outcomes(carried(office, MATCHED + other)).count("failed_before_ring") == 1


def test_two_records_of_one_moment_are_matched_with_one_call_each(office: Path) -> None:
    twice = MATCHED.splitlines(keepends=True)[0].replace("c1", "c8").replace("09:00:03", "09:00:04")
    assert outcomes(carried(office, MATCHED + twice)).count("failed_before_ring") == 1


def test_before_our_records_begin_nothing_is_called_lost(office: Path) -> None:
    early = LOST.replace("2026-11-02 09:30", "2026-11-01 09:30")
    calls = carried(office, MATCHED + early)
    assert outcomes(calls)[0] == "unknown"


def test_the_order_of_the_two_imports_does_not_matter(office: Path) -> None:
    calls = carried(office, MATCHED + LOST)
    other = office / "other"
    other.mkdir()
    (other / "site.toml").write_text(SITE, encoding="utf-8")
    run("import", office / "carrier.csv", "--mapping", office / "carrier.toml", data=other)
    run("import", office / "queue_log", data=other)
    assert outcomes(run("calls", "--json", data=other).lines) == outcomes(calls)


def test_the_law_holds_with_lost_calls(office: Path) -> None:
    carried(office, MATCHED + LOST)
    told = run("audit", "--json", data=office / "data").out
    assert "failed before ring" in told.replace("_", " ")


def test_without_a_carrier_the_audit_says_how_to_connect_one(office: Path) -> None:
    shown = " ".join(run("audit", data=office / "data").out.split())
    assert "calls that never got in" in shown
    assert "carrier" in shown
    for call in run("calls", "--json", data=office / "data").lines:
        assert call["outcome"] != "failed_before_ring"


def test_with_a_carrier_the_audit_no_longer_says_that_lost_calls_are_unseen(office: Path) -> None:
    carried(office, MATCHED)
    sections = run("audit", "--json", data=office / "data").json["sections"]
    quality = next(one for one in sections if one["id"] == "quality")
    unseen = [row[0] for row in quality["tables"][-1]["rows"]]
    assert not any("never got in" in thing for thing in unseen)
