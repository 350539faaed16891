"""Following a log: each line once, through everything that logrotate and crashes do to it."""

import gzip
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from everycall.wire.log_follower import Line, LogFollower, Missed


def texts(found: list[Line | Missed]) -> list[str]:
    return [line.text for line in found if isinstance(line, Line)]


def missed(found: list[Line | Missed]) -> list[str]:
    return [line.reason for line in found if isinstance(line, Missed)]


def add(path: Path, *lines: str, end: str = "\n") -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + end)


Follow = Callable[..., LogFollower]


@pytest.fixture
def follow() -> Iterator[Follow]:
    opened: list[LogFollower] = []

    def make(*given: Any, **named: Any) -> LogFollower:
        opened.append(LogFollower(*given, **named))
        return opened[-1]

    yield make
    for follower in opened:
        follower.close()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "queue_log"
    add(path, "1|a", "2|b")
    return path


def rename(log: Path, name: str = "queue_log.1") -> None:
    log.rename(log.with_name(name))
    log.touch()


def compress(log: Path) -> None:
    rename(log, "queue_log-new")
    aside = log.with_name("queue_log-new")
    with gzip.open(log.with_name("queue_log-20261101.gz"), "wb") as file:
        file.write(aside.read_bytes())
    aside.unlink()


def copy_and_truncate(log: Path) -> None:
    shutil.copy2(log, log.with_name("queue_log.1"))
    os.truncate(log, 0)


def test_lines_come_as_they_are_added_and_half_a_line_waits(follow: Follow, log: Path) -> None:
    follower = follow(log)
    assert texts(follower.read()) == ["1|a", "2|b"]
    add(log, "3|hal", end="")
    assert follower.read() == []
    add(log, "f")
    assert texts(follower.read()) == ["3|half"]
    assert follower.read() == []


@pytest.mark.parametrize("rotate", [rename, copy_and_truncate, compress])
def test_rotation_loses_nothing_that_came_just_before_it(
    follow: Follow, log: Path, rotate: object
) -> None:
    follower = follow(log)
    assert len(follower.read()) == 2
    add(log, "3|before")
    rotate(log)  # type: ignore[operator]
    add(log, "4|after")
    found = follower.read() + follower.read()
    assert texts(found) == ["3|before", "4|after"]
    assert missed(found) == []


@pytest.mark.parametrize("rotate", [rename, copy_and_truncate, compress])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_restart_goes_on_at_the_right_byte_whatever_happened_meanwhile(
    follow: Follow, log: Path, rotate: object, times: int
) -> None:
    *_, last = follow(log).read()
    assert isinstance(last, Line)
    expected = []
    for turn in range(times):
        add(log, f"{turn}|while away")
        expected.append(f"{turn}|while away")
        os.utime(log, ns=(turn * 10**9, turn * 10**9))
        rotate(log)  # type: ignore[operator]
        for i, path in enumerate(sorted(log.parent.glob("queue_log?*"))):
            if path.name in ("queue_log.1", "queue_log-20261101.gz"):
                path.rename(
                    path.with_name(
                        f"{path.name.removesuffix('.gz')}{turn}{i}"
                        + (".gz" if path.suffix == ".gz" else "")
                    )
                )
    add(log, "9|now")
    found = follow(log, last).read()
    assert texts(found) == [*expected, "9|now"]


def test_a_file_that_was_emptied_and_grew_longer_again_is_seen_to_be_another(
    follow: Follow, log: Path
) -> None:
    follower = follow(log)
    follower.read()
    shutil.copy2(log, log.with_name("queue_log.1"))
    log.write_text("7|x\n8|longer than before\n9|y\n", encoding="utf-8")
    assert texts(follower.read()) == ["7|x", "8|longer than before", "9|y"]


def test_what_cannot_be_found_any_more_is_said(follow: Follow, log: Path) -> None:
    *_, last = follow(log).read()
    assert isinstance(last, Line)
    log.write_text("5|e\n", encoding="utf-8")
    found = follow(log, last).read()
    assert texts(found) == ["5|e"]
    assert "no file beside it holds" in missed(found)[0]


def test_a_log_that_is_not_there_yet_is_waited_for(follow: Follow, tmp_path: Path) -> None:
    follower = follow(tmp_path / "queue_log")
    assert follower.read() == []
    assert "No such file" in (follower.trouble or "")
    add(tmp_path / "queue_log", "1|a")
    assert texts(follower.read()) == ["1|a"]
    assert follower.trouble is None


def test_the_first_time_reading_begins_at_what_is_wanted(follow: Follow, log: Path) -> None:
    follower = follow(log, wanted=lambda text: text >= "2")
    add(log, "1|out of order")
    assert texts(follower.read()) == ["2|b", "1|out of order"]


def test_old_encodings_and_damage_cost_no_other_line(follow: Follow, log: Path) -> None:
    follower = follow(log)
    with log.open("ab") as file:
        file.write(b"3|J\xf6rg\n\x00\x00\n" + b"x" * 100_000 + b"\n4|d\r\n")
    found = follower.read()
    assert texts(found) == ["1|a", "2|b", "3|Jörg", "4|d"]
    assert "100000 bytes" in missed(found)[0]


def test_the_lines_before_the_place_to_go_on_are_known(follow: Follow, log: Path) -> None:
    first = follow(log).read()[0]
    assert isinstance(first, Line)
    assert follow(log, first).before() == ["1|a"]


def test_what_is_written_into_the_old_file_until_the_phone_system_begins_the_new_one_is_read(
    follow: Follow, log: Path
) -> None:
    follower = follow(log)
    follower.read()
    with log.open("a", encoding="utf-8") as old:
        rename(log)
        assert follower.read() == []
        old.write("3|before the reload\n")
        old.flush()
        assert texts(follower.read()) == ["3|before the reload"]
        old.write("4|just before the reload\n")
    add(log, "5|after the reload")
    found = follower.read() + follower.read()
    assert texts(found) == ["4|just before the reload", "5|after the reload"]
    assert missed(found) == []


def test_a_restart_between_rotation_and_reload_goes_on_in_the_file_that_is_written_to(
    follow: Follow, log: Path
) -> None:
    *_, last = follow(log).read()
    with log.open("a", encoding="utf-8") as old:
        rename(log)
        follower = follow(log, last)
        assert follower.read() == []
        old.write("3|before the reload\n")
    add(log, "4|after the reload")
    assert texts(follower.read() + follower.read()) == ["3|before the reload", "4|after the reload"]


@pytest.mark.parametrize("rotate", [rename, copy_and_truncate])
def test_the_file_between_two_rotations_is_read_by_one_who_was_held_up(
    follow: Follow, log: Path, rotate: Callable[[Path], None]
) -> None:
    follower = follow(log)
    follower.read()
    for day in ("3|a day", "4|the day between"):
        add(log, day)
        os.utime(log, ns=(int(day[0]), int(day[0])))
        rotate(log)
        log.with_name("queue_log.1").rename(log.with_name(f"queue_log.{day[0]}"))
    add(log, "5|today")
    found = follower.read() + follower.read()
    assert texts(found) == ["3|a day", "4|the day between", "5|today"]
    assert missed(found) == []


def test_half_a_line_that_a_file_ended_in_is_said(follow: Follow, log: Path) -> None:
    follower = follow(log)
    follower.read()
    add(log, "3|whole", "4|ha", end="")
    rename(log)
    add(log, "5|e")
    found = follower.read() + follower.read()
    assert texts(found) == ["3|whole", "5|e"]
    assert "ended in half a line" in missed(found)[0]


def damaged(log: Path) -> Path:
    """Put an archive beside a log that is broken in the middle."""
    body = "".join(f"{n * n}|some line\n" for n in range(5000)).encode()
    packed = bytearray(gzip.compress(body))
    packed[200:230] = b"\xff" * 30
    path = log.with_name("queue_log-20261101.gz")
    path.write_bytes(packed)
    return path


@pytest.mark.parametrize("at", [1, 10**18])
def test_a_damaged_archive_stops_nothing_else_from_being_read(
    follow: Follow, log: Path, at: int
) -> None:
    add(log, *(f"{n}|line" for n in range(3000)))
    *_, last = follow(log).read()
    os.utime(log, ns=(1000, 1000))
    os.utime(damaged(log), ns=(at, at))
    rename(log)
    add(log, "9|now")
    assert follow(log, last).before()[-1] == "2999|line"
    found = follow(log, last).read()
    assert texts(found)[-1] == "9|now"
    assert ["is damaged" in reason for reason in missed(found)] == ([True] if at > 1000 else [])


def test_an_archive_that_was_cut_off_is_read_as_far_as_it_goes(follow: Follow, log: Path) -> None:
    *_, last = follow(log).read()
    os.utime(log, ns=(1000, 1000))
    rename(log, "queue_log.2")
    packed = gzip.compress(b"3|c\n" * 10)
    log.with_name("queue_log.1.gz").write_bytes(packed[:-4])
    add(log, "9|now")
    found = follow(log, last).read()
    assert texts(found) == [*["3|c"] * 10, "9|now"]
    assert "queue_log.1.gz is damaged" in missed(found)[0]


def test_an_archive_that_is_being_made_is_left_alone(follow: Follow, log: Path) -> None:
    *_, last = follow(log).read()
    add(log, "3|c")
    rename(log)
    log.with_name("queue_log.1.gz").write_bytes(gzip.compress(b"1|a\n2|b\n3|c\n")[:-12])
    add(log, "4|d")
    found = follow(log, last).read()
    assert texts(found) == ["3|c", "4|d"]
    assert missed(found) == []


class Writer:
    """Asterisk, which writes on into the file it has open until it is told to reload, and logrotate."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.written: list[str] = []
        self._moment = self._names = 0
        self._file = log.open("ab", buffering=0)

    def write(self, count: int) -> None:
        for _ in range(count):
            self._moment += 1
            self.written.append(f"{self._moment}|line")
            self._file.write(f"{self.written[-1]}\n".encode())
            os.utime(self._file.fileno(), ns=(self._moment, self._moment))

    def reload(self) -> None:
        self._file.close()
        self._file = self.log.open("ab", buffering=0)

    def rename(self) -> None:
        rename(self.log, self._name())

    def move_away(self) -> None:
        self.log.rename(self.log.with_name(self._name()))

    def copy_and_truncate(self) -> None:
        shutil.copy2(self.log, self.log.with_name(self._name()))
        os.truncate(self.log, 0)

    def pack(self) -> None:
        for path in self.log.parent.glob("queue_log-*"):
            if path.suffix != ".gz" and not path.samefile(f"/proc/self/fd/{self._file.fileno()}"):
                packed = path.with_name(f"{path.name}.gz")
                packed.write_bytes(gzip.compress(path.read_bytes()))
                shutil.copystat(path, packed)
                path.unlink()

    def close(self) -> None:
        self._file.close()

    def _name(self) -> str:
        self._names += 1
        return f"queue_log-{self._names:03}"


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_rotated_and_whenever_it_is_read_every_line_once(
    follow: Follow, tmp_path: Path, seed: int
) -> None:
    chance, heard = random.Random(seed), list[Line]()
    writer = Writer(tmp_path / "queue_log")
    writer.write(1)
    follower = follow(writer.log)

    def read(most: int) -> None:
        found = follower.read(most)
        assert missed(found) == []
        heard.extend(line for line in found if isinstance(line, Line))

    def restart() -> None:
        nonlocal follower
        follower.close()
        follower = follow(writer.log, heard[-1])

    read(1)
    for _ in range(150):
        chance.choices(
            [
                lambda: writer.write(chance.randint(1, 5)),
                lambda: read(chance.choice([2, 5000])),
                writer.reload,
                lambda: writer.log.exists() and writer.rename(),
                lambda: writer.log.exists() and writer.move_away(),
                lambda: writer.log.exists() and writer.copy_and_truncate(),
                writer.pack,
                restart,
            ],
            [8, 8, 4, 2, 1, 2, 1, 1],
        )[0]()
    writer.reload()
    writer.write(1)
    for _ in range(9):
        read(5000)
    writer.close()
    assert texts(list(heard)) == writer.written


@pytest.mark.parametrize("seed", range(6))
def test_anything_in_any_order_every_line_once(follow: Follow, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    log = tmp_path / "queue_log"
    log.touch()
    follower, last, heard, written = follow(log), None, [], []
    for step in range(120):
        action = chance.random()
        if action < 0.5:
            lines = [f"{step}|{i}" for i in range(chance.randint(1, 5))]
            written += lines
            add(log, *lines)
        elif action < 0.8:
            found = follower.read(chance.choice([2, 5000]))
            heard += texts(found)
            last = next((x for x in reversed(found) if isinstance(x, Line)), last)
        elif action < 0.9 and last is not None:
            follower.close()
            follower = follow(log, last)
        elif last is not None:
            # whatever is not read before two rotations in a row is found in the files put away
            found = follower.read()
            heard += texts(found)
            last = next((x for x in reversed(found) if isinstance(x, Line)), last)
            rename(log, f"queue_log.{step:04}")
    for _ in range(5):
        heard += texts(follower.read())
    assert heard == written
