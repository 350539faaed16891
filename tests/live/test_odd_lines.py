"""Odd lines of a log: each costs at most itself, in an import, in a seal and in the live picture."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from everycall.app.history.asking import Asking, Filter
from everycall.app.history.skips import skips
from everycall.app.intake.importing import Importer
from everycall.app.intake.sealing import Sealer
from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.clock import from_micros
from everycall.errors import NotThatKindError
from everycall.events import SkipReason
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.settings import read_table
from live.days import AMI, QUEUE_LOG, SAMPLES, lines_of, said, source

SITE = read_table(SiteFile, {"zone": "UTC"})
T = 1793520000
NOW = (T + 700) * 1_000_000


def call(n: int, at: int = T) -> list[str]:
    head = f"{at + 60 * n + 5}|{at + 60 * n}.{n}|q|NONE"
    return [f"{at + 60 * n}|{at + 60 * n}.{n}|q|NONE|ENTERQUEUE||03012345{n:03}|1",
            f"{head}|ABANDON|1|1|5"]  # fmt: skip


def waiting(stamp: object, number: str = "0301", born: str = f"{T + 600}.9") -> str:
    return f"{stamp}|{born}|q|NONE|ENTERQUEUE||{number}|1"


def entries(lines: Sequence[str]) -> list[Entry]:
    found, place = [], 0
    for n, line in enumerate(lines):
        end = place + len(line.encode()) + 1
        found.append(Entry("queue_log", QUEUE_LOG, line, str(n), NOW, "0", place, end))
        place = end
    return found


def told(history: History) -> dict[str, str]:
    with Asking(history) as asking:
        return {one["call_id"]: one["outcome"] for one in asking.calls(Filter())}


def imported(folder: Path, data: bytes) -> History:
    path, history = folder / "queue_log", History(folder / "imported")
    path.write_bytes(data)
    Importer(history, SITE).take([path], QUEUE_LOG)
    return history


def sealed(folder: Path, heard: Sequence[Entry], now: int = NOW) -> History:
    history = History(folder / "sealed")
    with Journal(folder / "journal") as journal:
        journal.append(heard)
        Sealer(journal, history, SITE, clock=lambda: from_micros(now)).seal()
    return history


def board(heard: Sequence[Entry]) -> list[str | None]:
    with LivePicture(SITE, [source(QUEUE_LOG)], NOW) as picture:
        picture.take(heard, NOW)
        return [one.call_id for one in picture.board(NOW).waiting()]


REAL = (
    *call(3),
    f"{T + 600}|{T + 600}.9|q|Agent 1|CONNECT|5|{T + 601}.10|3",
    f"{T + 600}|{T + 600}.9|q|Agent 1|COMPLETECALLER|5|60|1",
    f"{T + 600}|{T + 600}.9|q|Agent 1|ATTENDEDTRANSFER|LINK|a|b|5|60|1",
    f"{T + 600}|{T + 600}.9|q|Agent 1|RINGNOANSWER|20000",
    f"{T + 600}|NONE|q|Agent 1|PAUSE|lunch",
)
ODD = (b"", b"|", b"|" * 9, b"9" * 13, b"9e18", b"0000009e18", b"-1", b"1e308", b"nan", b"NONE",
       b"9223372036854775", b"2026-11-02 09:00:00", b"20261123155301", b"1793520600000",
       b"4070908800", b"\x00", b"\r", b"\xff\xfe", b"\xe4" * 9, b'"', b"'", b"\xe2\x80\xa8")  # fmt: skip


@st.composite
def odd_lines(draw: st.DrawFn) -> bytes:
    """Draw a line that was real once: fields and bytes of it are others now."""
    line = draw(st.sampled_from(REAL)).encode()
    for _ in range(draw(st.integers(1, 3))):
        fields = line.split(b"|")
        at = draw(st.integers(0, len(fields) - 1))
        cut = draw(st.integers(0, len(fields[at])))
        odd = draw(st.sampled_from(ODD) | st.binary(max_size=12))
        whole = draw(st.booleans())
        fields[at] = odd if whole else fields[at][:cut] + odd + fields[at][cut:]
        line = b"|".join(fields)
    return line.replace(b"\n", b" ")


@settings(max_examples=12, derandomize=True)
@given(line=odd_lines())
@example(line=waiting(T + 600, "|".join("0301xxxxxxx")).encode())
@example(line=waiting("20261123155301").encode())
@example(line=waiting("9e18").encode())
@example(line=waiting("1793520600000").encode())
@example(line=waiting(T + 600, born="0000009e18.1").encode())
@example(line=f"{T}|{T}.1|q|Agent 1|CONNECT|9223372036854775|{T}.10|3".encode())
def test_an_odd_line_costs_at_most_itself(line: bytes) -> None:
    good = {f"{T + 60 * n}.{n}" for n in (1, 2)}
    data = b"".join(f"{text}\n".encode() for text in call(1))
    rest = b"".join(f"{text}\n".encode() for text in call(2))
    heard = entries([*call(1), line.decode("utf-8", "replace"), *call(2)])
    with tempfile.TemporaryDirectory() as folder:
        assert good <= set(told(imported(Path(folder), data + line + b"\n" + rest)))
        assert good <= set(told(sealed(Path(folder), heard)))
    board(heard)


def test_what_is_too_much_belongs_to_the_last_field(tmp_path: Path) -> None:
    line = waiting(T + 600, "0301|" + "|".join("abcdefgh"))
    history = imported(tmp_path, "\n".join([*call(1), line, ""]).encode())
    assert (told(history)[f"{T + 600}.9"], list(skips(history, everything=True))) == ("pending", [])
    assert board(entries([line])) == [f"{T + 600}.9"]


def test_a_long_line_in_an_old_encoding_is_read(tmp_path: Path) -> None:
    line = waiting(T + 600).encode() + b"|" + b"\xe4" * 1_040_000 + b"\n"
    assert set(told(imported(tmp_path, line))) == {f"{T + 600}.9"}


def test_a_line_that_begins_like_an_archive_is_a_line(tmp_path: Path) -> None:
    heard = entries(["BZh torn", *call(1)])
    assert set(told(sealed(tmp_path, heard))) == {f"{T + 60}.1"}
    board(heard)


def test_skips_name_their_lines_though_others_are_empty(tmp_path: Path) -> None:
    lines = [*call(1), "", "", "bad", *call(2), f"|{T}.9|q|NONE|ENTERQUEUE||0301|1", ""]
    found = list(skips(imported(tmp_path, "\n".join(lines).encode()), everything=False))
    assert [(one["line"], one["reason"]) for one in found] == [
        (5, "too_few_fields"),
        (8, "bad_time"),
    ]


@pytest.mark.parametrize("ahead", [2 * 86_400, 30 * 86_400, 4_070_908_800 - T, T * 999])
def test_a_line_from_the_future_is_not_the_present(tmp_path: Path, ahead: int) -> None:
    on = waiting(T + 690, born=f"{T + 690}.2")
    heard = entries([waiting(T + ahead), on])
    assert board(heard) == [f"{T + 690}.2"]
    history = sealed(tmp_path, heard)
    assert told(history) == {f"{T + 690}.2": "pending"}
    assert max(one.last_at for one in history.manifest().sources) < NOW
    (skip,) = skips(history, everything=False)
    assert (skip["reason"], skip["text"]) == (SkipReason.BAD_TIME, heard[0].body)


def test_hours_ahead_of_our_clock_are_not_the_present(tmp_path: Path) -> None:
    heard = entries([waiting(T + 72_000), waiting(T + 690, born=f"{T + 690}.2")])
    assert set(board(heard)) == {f"{T + 690}.2", f"{T + 600}.9"}
    assert told(sealed(tmp_path, heard)) == {f"{T + 690}.2": "pending", f"{T + 600}.9": "pending"}


def test_a_source_that_cannot_be_sealed_keeps_no_other_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = SAMPLES / "scenarios" / "s01_caller_hangs_up" / "ami.jsonl.gz"
    take = Sealer._take

    def refusing(sealer: Sealer, name: str, found: list[Entry]) -> int:
        if name == QUEUE_LOG:
            raise NotThatKindError("not today")
        return take(sealer, name, found)

    with Journal(tmp_path / "journal") as journal:
        sealer = Sealer(journal, History(tmp_path), SITE)
        journal.append([*entries(call(1)), *said(lines_of(story), AMI, "pbx")])
        with monkeypatch.context() as patch:
            patch.setattr(Sealer, "_take", refusing)
            for _ in range(2):
                with pytest.raises(NotThatKindError, match="not today"):
                    sealer.seal()
        assert [one.source for one in History(tmp_path).manifest().imports] == [AMI]
        assert set(sealer.seal().records) == {QUEUE_LOG}
        assert sealer.seal().records == {}


def test_an_old_line_has_no_months_between_counted(tmp_path: Path) -> None:
    lines = [*call(1), *call(2, T - 5 * 365 * 86_400)]
    path, said_so = tmp_path / "queue_log", list[str]()
    path.write_text("\n".join([*lines, ""]))
    importer = Importer(History(tmp_path), SITE, progress=lambda what, _: said_so.append(what))
    importer.take([path], QUEUE_LOG)
    counted = [what for what in said_so if what.startswith("counting")]
    assert counted == [
        "counting 2021-11",
        "counting 2026-10",
        "counting 2026-11",
    ]


def test_months_that_a_log_newly_speaks_for_are_counted_again(tmp_path: Path) -> None:
    history, said_so = History(tmp_path), list[str]()
    importer = Importer(history, SITE, progress=lambda what, _: said_so.append(what))
    for name, months in (("one", (-9,)), ("two", (-6, 0))):
        path = tmp_path / name
        path.write_text(
            "\n".join(line for m in months for line in [*call(1, T + m * 31 * 86_400), ""])
        )
        said_so.clear()
        importer.take([path], QUEUE_LOG)
    assert "counting 2026-01" in said_so or "counting 2026-02" in said_so
