"""Logs as they lie about: compressed, rotated, in folders, in old encodings, damaged."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from everycall.app.history.skips import skips
from everycall.errors import EverycallError
from everycall.history import History
from truth.histories import Told, site_of, told

SITE = site_of(zone="UTC")
LINES = (
    "1700000000|1700000000.1|sales|NONE|ENTERQUEUE||+441632960001|1",
    "1700000010|1700000000.1|sales|Ann|CONNECT|10|1700000000.2|4",
    "1700000070|1700000000.1|sales|Ann|COMPLETECALLER|10|60|1",
)
TEXT = "\n".join(LINES) + "\n"


def take(folder: Path, data: bytes, name: str = "queue_log") -> Told:
    path = folder / name
    path.write_bytes(data)
    return told(folder / "data", [path], SITE)


def told_of(folder: Path) -> list[tuple[int, str]]:
    return [(s["line"], s["reason"]) for s in skips(History(folder / "data"), everything=True)]


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("queue_log-20231114.gz", gzip.compress),
        ("queue_log.1.bz2", bz2.compress),
        ("queue_log.2.xz", lzma.compress),
        ("queue_log.3", gzip.compress),
    ],
)
def test_a_packed_log_is_known_by_its_first_bytes(
    name: str, packed: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    (tmp_path / "plain").mkdir()
    plain = take(tmp_path / "plain", TEXT.encode())
    assert take(tmp_path, packed(TEXT.encode()), name).calls == plain.calls


def test_a_folder_is_searched_and_what_is_no_log_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "log" / "asterisk"
    folder.mkdir(parents=True)
    (folder / "queue_log.1").write_text("\n".join(LINES[:2]) + "\n", encoding="utf-8")
    (folder / "queue_log").write_text(LINES[2] + "\n", encoding="utf-8")
    (folder / "messages").write_text(
        "[Nov 14] NOTICE[1]: nothing of a call\n" * 3, encoding="utf-8"
    )
    found = told(tmp_path / "data", [tmp_path / "var"], SITE)
    assert found.only["outcome"] == "answered"
    assert [left.path.name for left in found.summaries[0].left_out] == ["messages"]


def test_a_damaged_archive_is_one_sentence_and_nothing_of_it_is_taken(tmp_path: Path) -> None:
    whole = gzip.compress(TEXT.encode() * 50)
    path = tmp_path / "queue_log.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EverycallError, match="damaged"):
        told(tmp_path / "data", [path], SITE)
    assert not History(tmp_path / "data").manifest().segments


def test_a_damaged_file_beside_a_good_one_is_named_and_the_good_one_is_taken(
    tmp_path: Path,
) -> None:
    good, bad = tmp_path / "queue_log", tmp_path / "queue_log.1.gz"
    good.write_text(TEXT, encoding="utf-8")
    whole = gzip.compress(TEXT.encode() * 50)
    bad.write_bytes(whole[: len(whole) // 2])
    found = told(tmp_path / "data", [good, bad], SITE)
    assert found.only["outcome"] == "answered"
    said = [*found.summaries[0].refused, *((x.path, "") for x in found.summaries[0].left_out)]
    assert [path.name for path, _ in said] == ["queue_log.1.gz"]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\n\n").encode(),
    ],
    ids=["windows-line-ends", "byte-order-mark", "utf-16", "empty-lines"],
)
def test_line_ends_and_marks_of_other_systems_make_no_difference(
    data: bytes, tmp_path: Path
) -> None:
    (tmp_path / "plain").mkdir()
    plain = take(tmp_path / "plain", TEXT.encode())
    other = take(tmp_path, data)
    assert other.calls == plain.calls
    assert told_of(tmp_path) == []


def test_a_name_in_an_old_encoding_costs_no_call(tmp_path: Path) -> None:
    data = TEXT.replace("Ann", "J\u00f6rg").encode("latin-1")
    assert take(tmp_path, data).only["answered_agent"] == "J\u00f6rg"


def test_zeros_in_a_line_after_a_crash_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    data = (LINES[0] + "\n").encode() + b"17000\x00\x00\x00|x\n" + b"\x00" * 40 + b"\n"
    found = take(tmp_path, data + "\n".join(LINES[1:]).encode() + b"\n")
    assert found.only["outcome"] == "answered"
    assert told_of(tmp_path) == [(2, "bad_encoding")]


def test_an_endless_line_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    found = take(
        tmp_path, (LINES[0] + "\n" + "9" * 70_000 + "\n" + "\n".join(LINES[1:]) + "\n").encode()
    )
    assert found.only["outcome"] == "answered"
    assert told_of(tmp_path) == [(2, "too_few_fields")]


def test_an_empty_log_and_one_without_calls_are_no_error(tmp_path: Path) -> None:
    text = "1700000000|NONE|NONE|NONE|QUEUESTART|\n1700000001|MANAGER|sales|Ann|ADDMEMBER|\n"
    assert take(tmp_path, text.encode()).calls == []


def test_a_file_that_is_something_else_is_one_clear_sentence(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text("Dear Sir or Madam,\nthis is a letter.\n", encoding="utf-8")
    with pytest.raises(EverycallError) as raised:
        told(tmp_path / "data", [path], SITE)
    assert "queue_log" in str(raised.value)
    assert "\n" not in str(raised.value)
