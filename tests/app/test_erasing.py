"""One caller is erased: their number is nowhere, every total is as before, and it does not come back."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.keeping.erasing import Erasure, erase
from everycall.app.site.sitefile import SiteFile
from everycall.errors import NotFoundError
from everycall.history import History

GONE, STAYS = "+493023125001", "+493023125002"
AT = datetime.fromisoformat("2026-10-31T09:00:00+00:00")
ASKED = ("arrived", "answered", "asa", "repeat_rate", "missed_callers")


def event(minutes: int, kind: str, call: str, **more: Any) -> dict[str, Any]:
    return {
        "at": (AT + timedelta(minutes=minutes)).isoformat(),
        "kind": kind,
        "call_id": call,
        **more,
    }


def call(name: str, minutes: int, caller: str) -> list[dict[str, Any]]:
    arrived = {"direction": "inbound", "caller": caller, "called": "+493023125100"}
    return [
        event(minutes, "call.arrived", name, **arrived),
        event(minutes, "queue.entered", name, queue="sales"),
        event(
            minutes + 1, "queue.left", name, queue="sales", reason="caller", text=f"from {caller}"
        ),
        event(minutes + 1, "call.ended", name, reason="caller"),
    ]


def log(path: Path, *calls: list[dict[str, Any]], torn: str = "") -> Path:
    lines = [json.dumps(one) for told in calls for one in told]
    path.write_text("\n".join([*lines, *([torn] if torn else [])]) + "\n", encoding="utf-8")
    return path


TOLD = (
    call("a", 0, GONE),
    call("b", 30, "0049" + GONE[3:]),
    call("c", 60, STAYS),
    call("d", 60 * 48, GONE),
)


def take(data: Path, *paths: Path) -> None:
    Importer(History(data), SiteFile()).take(list(paths))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    torn = '{"at": "2026-10-31T09:00:00Z", "caller": "' + GONE
    take(folder / "data", log(folder / "one.jsonl", *TOLD, torn=torn))
    return folder / "data"


@pytest.fixture
def data(before: Path, tmp_path: Path) -> Path:
    """A copy for each test, which may change it."""
    return Path(shutil.copytree(before, tmp_path / "data"))


def holds(data: Path, number: str) -> list[str]:
    """Return where a number still stands in any file of the history."""
    found = []
    for path in (data / "history").rglob("*.parquet"):
        rows = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()
        if number.removeprefix("+") in str(rows):
            found.append(path.name)
    return found


def totals(data: Path) -> list[dict[str, Any]]:
    with Asking(History(data)) as asking:
        return list(measure(asking, ASKED, ["day"]).as_json())


def callers(data: Path) -> dict[str, str]:
    with Asking(History(data)) as asking:
        return {c["call_id"]: c["caller"] for c in asking.calls(Filter())}


def test_the_number_is_nowhere_and_every_total_is_as_before(data: Path) -> None:
    before = totals(data)
    assert holds(data, GONE)
    erased = erase(data, "main", GONE)
    assert holds(data, GONE) == []
    assert holds(data, STAYS)
    assert totals(data) == before
    assert callers(data) == {
        "a": erased.pseudonym, "b": erased.pseudonym, "c": STAYS, "d": erased.pseudonym,
    }  # fmt: skip


def test_calls_of_one_caller_still_belong_together(data: Path) -> None:
    def together() -> list[Any]:
        with Asking(History(data)) as asking:
            return asking.rows("SELECT episode, COUNT(*) FROM episode_calls GROUP BY 1 ORDER BY 2")

    before = together()
    erase(data, "main", GONE)
    assert together() == before


def test_it_does_not_come_back_when_a_log_is_read_again(data: Path, tmp_path: Path) -> None:
    erased = erase(data, "main", GONE)
    before = totals(data)
    take(data, log(tmp_path / "again.jsonl", *TOLD))
    assert holds(data, GONE) == []
    assert totals(data) == before
    take(data, log(tmp_path / "more.jsonl", call("e", 90, GONE), call("f", 95, STAYS)))
    assert holds(data, GONE) == []
    assert callers(data)["e"] == erased.pseudonym
    assert callers(data)["f"] == STAYS


def test_what_is_kept_does_not_say_who_it_was(data: Path) -> None:
    erase(data, "main", GONE)
    for path in data.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            assert GONE[1:] not in path.read_text(encoding="utf-8"), path
    assert (data / "erasure-key").stat().st_mode & 0o077 == 0


def test_a_caller_of_whom_nothing_is_known_is_kept_out_from_now_on(
    data: Path, tmp_path: Path
) -> None:
    stranger = "+4917612345678"
    generation = History(data).manifest().generation
    erased = erase(data, "main", stranger)
    assert History(data).manifest().generation == generation
    take(data, log(tmp_path / "new.jsonl", call("g", 99, stranger)))
    assert callers(data)["g"] == erased.pseudonym


@pytest.mark.parametrize("number", ["", "anonymous", "12", "x"])
def test_what_is_no_number_erases_nobody(number: str, data: Path) -> None:
    with pytest.raises(NotFoundError):
        erase(data, "main", number)


def test_a_number_within_another_one_stays() -> None:
    erasure = Erasure("erased-1", ("+493023125001", "493023125001"))
    assert erasure.out_of("+4930231250012 1493023125001") == "+4930231250012 1493023125001"
    assert erasure.out_of("+493023125001,493023125001") == "erased-1,erased-1"
