"""Damage: whatever happens to a file, a source reads what can be read, names the rest, and never breaks."""

import copy
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycall.app.intake.finding import every_source
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.errors import EverycallError
from everycall.events import Event, Kind, Skip
from everycall.history import History
from everycall.sources.base import CallTranslation, Record, Site
from everycall.sources.lines import open_bytes

HERE = Path(__file__).parent
SOURCES = every_source()
WHOLE = {n: s for n, s in SOURCES.items() if isinstance(s.translation, CallTranslation)}
SITE = Site(zone="Europe/Berlin", tag_fields=("userfield", "accountcode", "disposition"))


def recording(name: str) -> list[bytes]:
    path = min((HERE / name).glob("recording*"))
    with open_bytes(path) as file:
        return file.read().splitlines(keepends=True)[:60]


ODD = st.sampled_from(
    [b"", b"NULL", b'"', b"0", b"-1", b"99999999999999999999", b"1e308", b"nan", b"\xff\xfe", b"\x00",
     b"2026-02-30 25:61:61", b"0000-00-00 00:00:00", b"\xc3\xa4", b"[]", b"{}", b"null", b"true", b"'"]
)  # fmt: skip


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[str, int, int, bytes]]:
    one = st.tuples(
        st.sampled_from(["drop", "twice", "swap", "cut", "put", "field"]),
        st.integers(0, 59),
        st.integers(0, 400),
        ODD,
    )
    return draw(st.lists(one, min_size=1, max_size=6))


def damaged(lines: list[bytes], steps: list[tuple[str, int, int, bytes]]) -> bytes:
    found = list(lines)
    for how, line, place, text in steps:
        at = line % len(found)
        old = found[at]
        match how:
            case "drop" if len(found) > 1:
                del found[at]
            case "twice":
                found.insert(at, old)
            case "swap":
                found[at], found[-1 - at] = found[-1 - at], found[at]
            case "cut":
                found[at] = old[: place % (len(old) + 1)] + b"\n"
            case "put":
                where = place % (len(old) + 1)
                found[at] = old[:where] + text + old[where:]
            case _:
                found[at] = _another_field(old, place, text)
    return b"".join(found)


def _another_field(line: bytes, place: int, text: bytes) -> bytes:
    """Put something else in the place of one field, whatever separates them."""
    for mark in (b"|", b"\t", b";", b","):
        fields = line.split(mark)
        if len(fields) > 3:
            at = place % len(fields)
            end = b"\n" if at == len(fields) - 1 else b""
            fields[at] = text + end
            return mark.join(fields)
    return text + b"\n"


def events_of(name: str, path: Path) -> list[Event]:
    translation: Any = WHOLE[name].translation
    records = [r for r in translation.read(path, SITE) if isinstance(r, Record)]
    records.sort(key=lambda r: (r.call is None, r.call or "", r.at, r.line))
    return [
        event
        for call, rows in groupby(records, key=lambda r: r.call)
        for event in translation.translate(call, list(rows), SITE)
    ]


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Let a file be refused as a whole, in one sentence."""
    try:
        yield
    except EverycallError as error:
        if len(str(error).splitlines()) != 1:
            raise


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=40, derandomize=True)
@given(steps=damages())
def test_a_damaged_file_gives_events_skips_or_one_sentence(
    name: str, steps: list[tuple[str, int, int, bytes]]
) -> None:
    found: list[Event] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(damaged(recording(name), steps))
        with _one_sentence():
            found = events_of(name, path)
    for event in found:
        assert isinstance(event.at, int)
        assert event.kind in Kind
        assert event.value is None or isinstance(event.value, int)


def in_json(name: str) -> list[Any]:
    """Return the objects of a recording; none where it is no JSON."""
    try:
        return [json.loads(line) for line in recording(name)]
    except ValueError:
        return []


JSON = [name for name in WHOLE if in_json(name)]
VALUES = st.sampled_from([None, 5, -1, 1e300, True, "x", "", [], {}, [1], {"a": 1}, "2026-13-45"])


def places(thing: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value of an object, the values that hold others included."""
    inside = thing.items() if isinstance(thing, dict) else enumerate(thing)
    for key, value in inside:
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from places(value, (*at, key))


def replaced(thing: Any, place: tuple[Any, ...], value: Any) -> Any:
    found = copy.deepcopy(thing)
    inside = found
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return found


@pytest.mark.parametrize("name", JSON)
@settings(max_examples=150, derandomize=True)
@given(line=st.integers(0, 59), where=st.integers(0, 10_000), value=VALUES)
def test_a_value_of_another_kind_costs_no_more_than_its_record(
    name: str, line: int, where: int, value: Any
) -> None:
    objects = in_json(name)
    at = line % len(objects)
    ways = list(places(objects[at]))
    objects[at] = replaced(objects[at], ways[where % len(ways)], value)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_text("".join(json.dumps(one) + "\n" for one in objects))
        assert events_of(name, path)


@settings(max_examples=6, derandomize=True)
@given(steps=damages())
def test_a_damaged_queue_log_is_counted_and_adds_up(
    steps: list[tuple[str, int, int, bytes]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue_log"
        path.write_bytes(damaged(recording("asterisk_queue_log"), steps))
        with _one_sentence():
            summary = Importer(History(Path(folder) / "data"), SiteFile()).take([path])
            assert sum(summary.outcomes.values()) == summary.arrived


def test_what_is_skipped_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(b"".join(recording("freeswitch")) + b'{"variables": {"uuid": "x"}}\n')
        found = [r for r in WHOLE["freeswitch"].translation.read(path, SITE) if isinstance(r, Skip)]  # type: ignore[union-attr]
        assert [skip.detail for skip in found] == ["no start_epoch"]
