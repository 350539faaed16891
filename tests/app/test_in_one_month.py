"""A call counts in one month, however far apart its records lie, in whichever order they come."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from app.test_recounting import site_of, told
from cli.running import run
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake import totals
from everycall.app.intake.importing import Importer
from everycall.app.intake.sorting_out import Summary
from everycall.errors import BrokenHistoryError
from everycall.history import History
from everycall.history.store import Stray

DAY = 86_400
JULY = int(datetime.fromisoformat("2026-07-20T09:00:00+00:00").timestamp())
PLAIN = [JULY + n * DAY for n in (0, 3, 12, 45, 80, 108)]
"""Calls as they usually are, in July, August, September, October and November."""

Line = tuple[int, str, str, str]


def entering(at: int, call: str) -> Line:
    return (at, call, "NONE", f"ENTERQUEUE||0301{at % 10_000:04}|1")


def connected(at: int, call: str) -> Line:
    return (at, call, "PJSIP/1", f"CONNECT|8|{call}9|3")


def completed(at: int, call: str) -> Line:
    return (at, call, "PJSIP/1", "COMPLETECALLER|8|60|1")


def call_at(at: int, call: str = "", until: int = 68) -> list[Line]:
    name = call or f"{at}.1"
    return [entering(at, name), connected(at + 8, name), completed(at + until, name)]


def plain() -> list[Line]:
    return [line for at in PLAIN for line in call_at(at)]


def take(folder: Path, lines: Sequence[Line], name: str = "queue_log") -> Summary:
    log = folder / name
    log.parent.mkdir(exist_ok=True)
    said = [f"{at}|{call}|sales|{who}|{what}" for at, call, who, what in sorted(lines)]
    log.write_text("\n".join(said) + "\n", encoding="utf-8")
    return Importer(History(folder), site_of({})).take([log], "asterisk_queue_log")


def second(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def calls(folder: Path) -> dict[str, tuple[int, str]]:
    """Return the second in which each call arrived, and what became of it."""
    with Asking(History(folder)) as asking:
        found = list(asking.calls(Filter()))
    by_id = {one["call_id"]: (second(one["arrived_at"]), one["outcome"]) for one in found}
    assert len(by_id) == len(found)
    return by_id


def test_a_call_that_was_stuck_for_months_keeps_its_end(tmp_path: Path) -> None:
    at = JULY + 5 * DAY
    summary = take(tmp_path, [*plain(), *call_at(at, "stuck.7", until=100 * DAY)])
    assert [(one.call_id, one.month) for one in summary.strays] == [("stuck.7", "2026-07")]
    assert calls(tmp_path)["stuck.7"] == (at, "answered")
    assert len(calls(tmp_path)) == len(PLAIN) + 1


def test_a_line_of_another_time_takes_no_call_out_of_its_month(tmp_path: Path) -> None:
    last = PLAIN[-1]
    summary = take(tmp_path, [*plain(), entering(JULY + 6 * DAY, f"{last}.1")])
    assert [one.month for one in summary.strays] == ["2026-11"]
    assert calls(tmp_path)[f"{last}.1"] == (last, "answered")
    assert len(calls(tmp_path)) == len(PLAIN)


def test_what_comes_later_ends_the_call_where_it_counts(tmp_path: Path) -> None:
    begun, ended = (
        call_at(JULY, "stuck.7", until=100 * DAY)[:2],
        completed(JULY + 100 * DAY, "stuck.7"),
    )
    take(tmp_path / "parts", [*plain(), *begun], "first")
    take(tmp_path / "parts", [ended], "second")
    take(tmp_path / "parts", call_at(JULY + 101 * DAY), "third")
    take(tmp_path / "whole", [*plain(), *begun, ended, *call_at(JULY + 101 * DAY)])
    assert calls(tmp_path / "parts") == calls(tmp_path / "whole")
    assert calls(tmp_path / "parts")["stuck.7"] == (JULY, "answered")
    assert History(tmp_path / "parts").manifest().strays == (
        Stray("stuck.7", "2026-07", (JULY + 100 * DAY) * 1_000_000),
    )


def test_where_most_is_said_is_looked_at_anew(tmp_path: Path) -> None:
    at = JULY + 100 * DAY
    said = [[entering(JULY, "odd.7"), connected(JULY, "odd.7")], call_at(at, "odd.7")]
    parts = [said[0], said[1][:1], said[1][1:]]
    months = []
    for n, lines in enumerate(parts):
        take(tmp_path / "parts", [*lines, *call_at(JULY + 40 * DAY + n)], f"{n}")
        strays = History(tmp_path / "parts").manifest().strays
        months.append([one.month for one in strays])
    assert months == [[], ["2026-07"], ["2026-10"]]
    take(tmp_path / "whole", [line for lines in said for line in lines])
    assert calls(tmp_path / "parts")["odd.7"] == calls(tmp_path / "whole")["odd.7"]


def test_ids_that_come_again_each_month_are_refused_by_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "_FEW", 1)
    again = [line for n in range(2) for at in PLAIN[:4:3] for line in call_at(at + n * 99, f"{n}")]
    with pytest.raises(
        BrokenHistoryError, match="2 ids stand for calls of several months, such as '0'"
    ):
        take(tmp_path, again)
    assert not History(tmp_path).manifest().segments


def test_it_is_said(tmp_path: Path) -> None:
    take(tmp_path / "unused", [*plain(), *call_at(JULY, "stuck.7", until=100 * DAY)])
    done = run("import", str(tmp_path / "unused" / "queue_log"), data=tmp_path / "data")
    assert "records of one call lie in several months: stuck.7" in " ".join(done.out.split())


moments = st.sampled_from(
    [JULY + n * DAY + m for n in (3, 11, 12, 13, 42, 43, 44, 75) for m in (0, 70_000)]
)
kinds = st.sampled_from([entering, connected, completed])
names = st.sampled_from(["a", "b", "c"])
odd = st.builds(lambda kind, at, name: kind(at, name), kinds, moments, names)


@given(st.lists(odd, max_size=9, unique=True), st.data())
@examples(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_the_order_of_files_makes_no_difference(lines: list[Line], data: st.DataObject) -> None:
    everything = call_at(PLAIN[1]) + lines
    parts: list[list[Line]] = [[], []]
    for line in everything:
        parts[data.draw(st.integers(0, 1))].append(line)
    with TemporaryDirectory() as kept:
        whole, pieces = Path(kept) / "whole", Path(kept) / "pieces"
        take(whole, everything)
        for n, part in enumerate(parts):
            if part:
                take(pieces, part, f"part{n}")
        assert told(History(whole)) == told(History(pieces))
        assert calls(pieces)
