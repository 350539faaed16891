"""What was counted by other settings is counted again, as if it had been read by them at once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.running import run
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.counting_mark import counting_mark, outdated
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.settings import read_table
from live.days import SHOP

LOG = SHOP / "queue_log-20261019.gz"


def site_of(table: dict[str, Any]) -> SiteFile:
    return read_table(SiteFile, {"zone": "Europe/Berlin", "region": "DE", **table})


CHANGES: dict[str, dict[str, Any]] = {
    "hours": {"hours": {"week": ["mon-fri 11:00-12:00"], "holidays": "DE"}},
    "names": {"agents": {"Ann Keller": "Bilal Demir"}},
    "brands": {"clients": {"kiesel": {"queues": ["sales"], "language": "de"}}},
    "shared numbers": {"shared_numbers": ["06990009500", "04066969401"]},
}


def told(history: History) -> list[Any]:
    with Asking(history) as asking:
        calls = list(asking.calls(Filter()))
        episodes = asking.rows("SELECT * FROM episodes ORDER BY ALL")
    return [calls, [str(row) for row in episodes]]


@pytest.mark.parametrize("change", list(CHANGES))
def test_it_is_as_if_it_had_been_read_by_them(change: str, tmp_path: Path) -> None:
    site = site_of(CHANGES[change])
    late, soon = History(tmp_path / "late"), History(tmp_path / "soon")
    Importer(late, site_of({})).take([LOG])
    before = told(late)
    assert outdated(late.manifest(), site)
    done = Importer(late, site).recount()
    Importer(soon, site).take([LOG])
    assert done.months == len(late.manifest().segments)
    assert told(late) == told(soon)
    assert told(late) != before
    assert not outdated(late.manifest(), site)


def test_what_is_not_touched_is_left_alone(tmp_path: Path) -> None:
    history, site = History(tmp_path), site_of({})
    Importer(history, site).take([LOG])
    generation = history.manifest().generation
    for same in (site, replace(site, definition="reachability")):
        assert Importer(history, same).recount().months == 0
    assert history.manifest().generation == generation


def test_a_holiday_of_one_month_touches_that_month_only() -> None:
    week = {"week": ["mon-fri 08:00-18:00"]}
    closed = week | {"exceptions": ["2026-10-19 closed"]}
    before, after = site_of({"hours": week}), site_of({"hours": closed})
    assert counting_mark(before, "2026-10") != counting_mark(after, "2026-10")
    assert counting_mark(before, "2026-12") == counting_mark(after, "2026-12")


def test_a_file_that_is_known_is_not_read_again_and_all_is_counted_again(tmp_path: Path) -> None:
    history, site = History(tmp_path), site_of(CHANGES["names"])
    Importer(history, site_of({})).take([LOG])
    summary = Importer(history, site).take([LOG])
    assert summary.months
    assert not summary.files
    assert not outdated(history.manifest(), site)


def test_the_command_line_says_so_and_does_it(tmp_path: Path) -> None:
    run("import", LOG, data=tmp_path)
    assert not run("calls", data=tmp_path).err
    (tmp_path / "site.toml").write_text('[agents]\n"Ann Keller" = "Ann Vogt"\n')
    assert "everycall recount" in run("calls", data=tmp_path).err
    assert run("recount", "--json", data=tmp_path).json["months"]
    assert "by what the site file says now" in run("recount", data=tmp_path).out
    people = run("metrics", "answered", "--by", "agent", data=tmp_path)
    assert "Ann Vogt" in people.out
    assert not people.err


def test_what_only_reading_anew_changes_is_said(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('region = "DE"\n')
    run("import", LOG, data=tmp_path)
    assert run("recount", "--json", data=tmp_path).json["read_otherwise"] == []
    (tmp_path / "site.toml").write_text('region = "AT"\n')
    assert run("recount", "--json", data=tmp_path).json["read_otherwise"] == [str(LOG)]
    assert "everycall import --anew" in " ".join(run("recount", data=tmp_path).out.split())
    run("import", LOG, "--anew", data=tmp_path)
    assert run("recount", "--json", data=tmp_path).json["read_otherwise"] == []
