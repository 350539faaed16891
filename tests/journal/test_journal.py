"""The journal: kept before it is acknowledged, each record once, whatever the disk does."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.errors import BusyError, ClosedError, NotTakenError
from everycall.history.journal import Disk, Journal, Ordinals
from everycall.history.journal_segments import Entry, decode, encode, read_places, segments


def entry(name: str, feed: str = "pbx", place: int = 0) -> Entry:
    return Entry(feed, "test", f"body of {name}", name, 1, "file", place, place + 1)


def ids(journal: Journal, after: int = 0) -> list[str]:
    return [found.event_id for found in journal.entries(after)]


class FakeDisk(Disk):
    """A disk that runs full, goes read-only and comes back, and may be made to wait."""

    def __init__(self) -> None:
        self.is_writing, self.may_write = threading.Event(), threading.Event()
        self.may_write.set()
        self.room: int | None = None
        self.fault: int | None = None
        self.loses_what_it_keeps = False
        self.kept = 0

    def create(self, path: Path) -> int:
        if self.fault == errno.EROFS:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return super().create(path)

    def write(self, descriptor: int, data: bytes) -> None:
        self.is_writing.set()
        self.may_write.wait(30)
        if self.room is not None and len(data) > self.room:
            super().write(descriptor, data[: self.room])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write(descriptor, data)

    def keep(self, descriptor: int) -> None:
        self.kept += 1
        if self.loses_what_it_keeps:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().keep(descriptor)

    def cut(self, descriptor: int, size: int) -> None:
        if self.loses_what_it_keeps:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().cut(descriptor, size)


@pytest.fixture
def disk() -> FakeDisk:
    return FakeDisk()


@pytest.fixture
def journal(tmp_path: Path, disk: FakeDisk) -> Iterator[Journal]:
    with Journal(tmp_path, disk=disk) as opened:
        yield opened


def test_what_was_acknowledged_is_there_after_a_restart(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        receipt = journal.append([entry("a"), entry("b")])
    assert [found.number for found in receipt.fresh] == [1, 2]
    with Journal(tmp_path) as again:
        assert ids(again) == ["a", "b"]
        assert again.append([entry("c")]).fresh[0].number == 3
        assert ids(again, after=2) == ["c"]


def test_the_same_record_is_taken_once_also_after_a_restart(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert journal.append([entry("a"), entry("a")]).known == 1
        assert journal.append([entry("a")]).fresh == ()
    with Journal(tmp_path) as again:
        assert again.append([entry("a"), entry("b")]).known == 1
        assert ids(again) == ["a", "b"]


def test_the_same_id_of_two_feeds_is_two_records(journal: Journal) -> None:
    assert len(journal.append([entry("a"), entry("a", feed="other")]).fresh) == 2


@given(st.text(), st.text(), st.integers(0, 2**60))
def test_any_text_comes_back_as_it_was(body: str, name: str, number: int) -> None:
    one = Entry("feed", "source", body.encode("utf-8", "replace").decode(), name, number)
    try:
        line = encode(one)
    except UnicodeEncodeError:
        return
    assert decode(line) == one
    assert line.count(b"\n") == 1


@given(st.binary(max_size=80), st.integers(0, 200))
def test_a_line_with_any_damage_is_never_taken_for_a_record(noise: bytes, at: int) -> None:
    line = encode(entry("a"))
    assert decode(line[:at]) is None or at >= len(line)
    assert decode(noise) is None


@pytest.mark.parametrize("torn", [1, 9, 30])
def test_a_torn_end_is_passed_over_and_what_comes_next_is_kept(tmp_path: Path, torn: int) -> None:
    with Journal(tmp_path) as journal:
        journal.append([entry("a"), entry("b")])
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes()[:-torn])
    with Journal(tmp_path) as again:
        assert [damage.torn for damage in again.state.damage] == [True]
        again.append([entry("b")])
        assert ids(again) == ["a", "b"]


def test_a_damaged_line_in_the_middle_costs_only_itself(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append([entry("a"), entry("b"), entry("c")])
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"body of b", b"body of x"))
    with Journal(tmp_path) as again:
        assert ids(again) == ["a", "c"]
        (damage,) = again.state.damage
        assert (damage.line, damage.torn) == (2, False)


def test_a_full_disk_refuses_says_so_and_takes_again_when_there_is_room(
    journal: Journal, disk: FakeDisk
) -> None:
    journal.append([entry("a")])
    disk.room = 40
    with pytest.raises(NotTakenError, match="No space left on device"):
        journal.append([entry("b"), entry("c")])
    assert journal.state.refuses == "No space left on device"
    assert journal.state.refused == 2
    disk.room = None
    assert len(journal.append([entry("b"), entry("c")]).fresh) == 2
    assert journal.state.refuses is None
    assert ids(journal) == ["a", "b", "c"]


def test_a_read_only_disk_refuses_and_nothing_is_lost(tmp_path: Path, disk: FakeDisk) -> None:
    disk.fault = errno.EROFS
    with Journal(tmp_path, disk=disk) as journal:
        with pytest.raises(NotTakenError, match="Read-only file system"):
            journal.append([entry("a")])
        disk.fault = None
        journal.append([entry("a")])
        assert ids(journal) == ["a"]


def test_a_disk_that_lost_what_it_was_to_keep_is_not_trusted_and_nothing_is_doubled(
    tmp_path: Path, disk: FakeDisk
) -> None:
    with Journal(tmp_path, disk=disk) as journal:
        disk.loses_what_it_keeps = True
        with pytest.raises(NotTakenError):
            journal.append([entry("a")])
        disk.loses_what_it_keeps = False
        # the refused record stands in the first segment all the same; it was sent again
        assert journal.append([entry("a")]).known == 0
        assert len(segments(tmp_path)) == 2
        assert ids(journal) == ["a"]
    with Journal(tmp_path) as again:
        assert ids(again) == ["a"]


def test_a_limit_of_the_operating_system_refuses_without_a_crash(tmp_path: Path) -> None:
    script = f"""
import resource, sys
from pathlib import Path
from everycall.errors import NotTakenError
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
taken = 0
with Journal(Path({str(tmp_path)!r}), segment=10**9) as journal:
    for n in range(60):
        try:
            journal.append([Entry('f', 's', 'x' * 100, str(n), 1)])
            taken += 1
        except NotTakenError as refusal:
            assert 'File too large' in str(refusal), refusal
print(taken)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    with Journal(tmp_path) as journal:
        assert len(ids(journal)) == int(done.stdout)
    assert 20 < int(done.stdout) < 60


def test_a_new_journal_has_no_records(journal: Journal) -> None:
    assert ids(journal) == []
    assert journal.state.last == 0


def test_a_segment_can_be_ended_so_that_it_can_go(journal: Journal, tmp_path: Path) -> None:
    journal.append([entry("a")])
    journal.roll()
    journal.append([entry("b")])
    assert len(segments(tmp_path)) == 2
    journal.drop(up_to=1)
    assert ids(journal) == ["b"]


def test_many_senders_share_one_request_to_the_disk(journal: Journal, disk: FakeDisk) -> None:
    gate = threading.Event()

    def send(sender: int) -> None:
        gate.wait()
        for n in range(50):
            journal.append([entry(f"{sender}-{n}")])

    senders = [threading.Thread(target=send, args=(i,)) for i in range(16)]
    for sender in senders:
        sender.start()
    gate.set()
    for sender in senders:
        sender.join()
    assert len(ids(journal)) == 800
    assert disk.kept < 800


def test_only_one_process_has_it_open(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(BusyError, match="another everycall"):
        Journal(tmp_path).open()


def test_segments_are_small_and_those_that_are_done_with_can_go(tmp_path: Path) -> None:
    with Journal(tmp_path, segment=250) as journal:
        for n in range(30):
            journal.append([entry(str(n))])
        before = len(segments(tmp_path))
        assert before > 5
        journal.drop(up_to=20)
        left = ids(journal)
        assert left[-1] == "29"
        assert {str(n) for n in range(20, 30)} <= set(left)
        assert len(segments(tmp_path)) < before
        journal.drop(up_to=10**6)
        assert ids(journal), "the segment that is written to stays"


def test_a_reader_goes_on_behind_its_newest_record(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append([entry("a", place=0), entry("b", place=10), entry("x", feed="other")])
    with Journal(tmp_path) as again:
        place = again.place("pbx")
        assert place is not None
        assert (place.event_id, place.end) == ("b", 11)
        assert again.place("nobody") is None


def test_the_place_of_a_quiet_feed_outlasts_its_segment(tmp_path: Path) -> None:
    for turn in range(2):
        with Journal(tmp_path) as journal:
            journal.append([entry(f"a{turn}", feed="quiet", place=7 + turn)])
            journal.roll()
            journal.append([entry(f"b{turn}")])
            journal.drop(up_to=journal.state.last - 1)
        with Journal(tmp_path) as again:
            place = again.place("quiet")
            assert place is not None
            assert (place.event_id, place.end) == (f"a{turn}", 8 + turn)
            assert ids(again) == [f"b{turn}"]
    assert [kept.event_id for kept in read_places(tmp_path)] == ["a1"]


def test_no_number_is_given_twice_when_all_segments_are_gone(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append([entry("a", feed="quiet")])
        journal.roll()
        journal.append([entry("b")])
        journal.drop(up_to=1)
    for path in segments(tmp_path):
        path.unlink()
    with Journal(tmp_path) as again:
        assert again.append([entry("c", feed="quiet")]).fresh[0].number > 1
        place = again.place("quiet")
        assert place is not None
        assert place.event_id == "c"


def test_no_segment_goes_while_the_places_in_it_cannot_be_kept(tmp_path: Path) -> None:
    in_the_way = tmp_path / "places.new"
    with Journal(tmp_path) as journal:
        journal.append([entry("a", feed="quiet")])
        journal.roll()
        journal.append([entry("b")])
        in_the_way.mkdir()
        assert journal.drop(up_to=1) == []
        assert ids(journal) == ["a", "b"]
        in_the_way.rmdir()
        assert len(journal.drop(up_to=1)) == 1


def test_equal_records_of_one_batch_are_two_and_the_batch_again_is_none() -> None:
    first, second = Ordinals(), Ordinals()
    names = [first.name(body) for body in ("x", "y", "x")]
    assert len(set(names)) == 3
    assert [second.name(body) for body in ("x", "y", "x")] == names


def test_what_comes_while_a_journal_closes_is_taken_or_refused_and_never_left_waiting(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path)
    journal.open()
    promises, stop = [], threading.Event()

    def send() -> None:
        while not stop.is_set():
            promises.append(journal.submit([entry(str(len(promises)))]))

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    journal.close()
    stop.set()
    for sender in senders:
        sender.join()
    promises.append(journal.submit([entry("late")]))
    ends = [promise.exception(timeout=5) for promise in promises]
    assert {type(end) for end in ends} <= {type(None), ClosedError}
    assert isinstance(ends[-1], ClosedError)
    with Journal(tmp_path) as again:
        assert len(ids(again)) == len(set(ids(again))) == journal.state.taken


def test_the_last_record_is_the_last_that_is_on_the_disk(journal: Journal, disk: FakeDisk) -> None:
    journal.append([entry("a")])
    assert journal.state.last == 1
    disk.is_writing.clear()
    disk.may_write.clear()
    promise = journal.submit([entry("b"), entry("c")])
    assert disk.is_writing.wait(30)
    assert journal.state.last == 1
    disk.may_write.set()
    promise.result()
    assert journal.state.last == 3


def test_the_last_record_is_known_after_a_restart(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert journal.state.last == 0
        journal.append([entry("a"), entry("b")])
    with Journal(tmp_path) as again:
        assert again.state.last == 2
