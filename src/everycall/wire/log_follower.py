"""Following a log as it grows: through rotation, truncation and restarts, each line once.

Where a reader goes on is known by the last line that was taken: the file in which that line still
stands at its place is the one to go on in, whatever it is called by now.
"""

import bz2
import gzip
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import IO, cast

READ = 1 << 20
LONGEST = 1 << 16
"""A line longer than this, in bytes, is damage."""

BEFORE = 1 << 16
"""So much of what stands before the place to go on is looked at, to tell equal lines apart."""

PACKED = (".gz", ".bz2", ".xz")

UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""What reading a damaged file raises, packed or not."""

Away = tuple[Path, IO[bytes]]
"""A file that was put away, and opened."""


@dataclass(frozen=True, slots=True)
class Line:
    """A whole line: the how-many-eth file it stands in, from which byte to which, and its text."""

    part: int
    place: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Missed:
    """Something that could not be read, and why."""

    reason: str


class LogFollower:
    """Reads what is added to a log.

    Attributes:
        trouble: why nothing can be read at present.
    """

    def __init__(
        self, path: Path, last: Line | None = None, wanted: Callable[[str], bool] | None = None
    ) -> None:
        """`last` is the line that was taken last; without it reading begins at the first line that
        is wanted.
        """
        self.path = path
        self.trouble: str | None = None
        self._last = last
        self._part = last.part if last else 0
        self._at = 0
        self._file: IO[bytes] | None = None
        self._wanted = wanted if last is None else None
        self._is_found, self._waits = last is None, False
        self._behind: Iterator[Line | Missed] = iter(())
        self._aside = ExitStack()

    def close(self) -> None:
        """Let the files go."""
        self._aside.close()
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self, most: int = 5000) -> list[Line | Missed]:
        """Return what has been added since; nothing if nothing was."""
        found: list[Line | Missed] = []
        # what cannot be read now is tried again the next time
        with suppress(OSError):
            self._add_behind(found, most)
            if len(found) < most:
                found += self._grown(most - len(found))
        return found

    def before(self) -> list[str]:
        """Return the lines just before the place at which reading goes on."""
        if self._last is None:
            return []
        with suppress(*UNREADABLE):
            for path in [self.path, *reversed(self._siblings())]:
                found = _holding(path, self._last)
                if found is not None:
                    with found:
                        start = max(0, self._last.end - BEFORE)
                        found.seek(start)
                        lines = found.read(self._last.end - start).split(b"\n")[:-1]
                    return [_text(line) for line in lines[1 if start else 0 :]]
        return [self._last.text]

    # ---- the file that grows

    def _grown(self, most: int) -> list[Line | Missed]:
        if not self._is_found and not (self._waits and self._is_empty()):
            return self._gone_on(None, most)
        file = self._opened()
        if file is None or not self._is_found:
            return []
        if not self._still_there(file):
            return self._gone_on(None, most)
        # asked before reading: what is read after that is all that this file will ever hold
        is_replaced = self._is_replaced(file)
        at, lines = self._at, self._lines(most)
        if self._at > at or not is_replaced:
            return lines
        torn = self._torn(file)
        return [*torn, *self._gone_on(file, most)]

    def _opened(self) -> IO[bytes] | None:
        if self._file is None:
            try:
                self._file = self.path.open("rb", buffering=0)
            except OSError as error:
                self.trouble = f"{self.path} cannot be read: {error.strerror}"
                return None
        self.trouble = None
        return self._file

    def _lines(self, most: int) -> list[Line | Missed]:
        if self._file is None:
            return []
        self._file.seek(self._at)
        data = self._file.read(READ)
        found: list[Line | Missed] = []
        for raw in data.split(b"\n")[:-1]:
            place, self._at = self._at, self._at + len(raw) + 1
            line = self._line(raw, place)
            if line is not None:
                found.append(line)
            if len(found) >= most:
                break
        if not found and len(data) == READ and b"\n" not in data:
            self._at += len(data)
            found.append(Missed(f"{self.path}: a line of more than {READ} bytes"))
        return found

    def _line(self, raw: bytes, place: int) -> Line | Missed | None:
        text = _text(raw)
        if not text.strip("\x00 "):
            return None
        if len(raw) > LONGEST:
            return Missed(f"{self.path}: a line of {len(raw)} bytes")
        if self._wanted is not None:
            if not self._wanted(text):
                return None
            self._wanted = None
        self._last = Line(self._part, place, place + len(raw) + 1, text)
        return self._last

    def _still_there(self, file: IO[bytes]) -> bool:
        """Tell whether the last line stands where it stood; else the file was emptied."""
        if os.fstat(file.fileno()).st_size < self._at:
            return False
        if self._last is None or self._last.part != self._part:
            return True
        return _stands(file, self._last)

    def _is_replaced(self, file: IO[bytes]) -> bool:
        """Tell whether another file of that name is written to by now.

        While that one is empty whoever writes may still write to this one, until told to begin
        anew; they let this one go before they write to another.
        """
        try:
            now = self.path.stat()
        except OSError:
            return False
        return now.st_size > 0 and not os.path.samestat(now, os.fstat(file.fileno()))

    def _is_empty(self) -> bool:
        try:
            return not self.path.stat().st_size
        except FileNotFoundError:
            return True

    def _torn(self, file: IO[bytes]) -> list[Line | Missed]:
        file.seek(self._at)
        return [self._half()] if file.read(1) else []

    def _half(self) -> Missed:
        return Missed(f"{self.path}: the file before ended in half a line")

    # ---- what was put away

    def _gone_on(self, left: IO[bytes] | None, most: int) -> list[Line | Missed]:
        """Go on behind the last line: through what was put away since, to the file that grows.

        Args:
            left: the file that was read to its end; None if the last line has to be found.
            most: so many lines are wanted.
        """
        found: list[Line | Missed] = []
        self._aside.close()
        self._behind = self._onward(left)
        self._add_behind(found, most)
        if len(found) < most and self._opened() is not None and self._is_found:
            found += self._lines(most - len(found))
        return found

    def _add_behind(self, found: list[Line | Missed], most: int) -> None:
        for one in self._behind:
            found.append(one)
            if len(found) == most:
                return

    def _onward(self, left: IO[bytes] | None) -> Iterator[Line | Missed]:
        """Yield what was put away; from then on what is added to the file that grows is read."""
        while True:
            # the log first: what is put away from now on has its place behind it
            here = self._here()
            away, missed = self._away(here, left)
            yield from missed
            if here is None and away and away[-1][0].suffix not in PACKED:
                # nothing stands in the log yet: whoever writes may still write to the one before
                here = away.pop()[1]
            if not away:
                break
            for path, file in away:
                yield from self._rest(path, file)
            # whoever reads may have taken their time: what was put away meanwhile comes next
            left = away[-1][1]
        self._at = self._start(here)
        same = os.dup(here.fileno()) if here is not None else None
        self.close()
        self._file = os.fdopen(same, "rb", buffering=0) if same is not None else None
        self._waits = same is None
        # where nothing is written yet, the last line is looked for again when something is
        self._is_found = not self._waits or self._last is None

    def _here(self) -> IO[bytes] | None:
        """Open the log; None if nothing stands in it."""
        try:
            file = self._aside.enter_context(self.path.open("rb", buffering=0))
        except FileNotFoundError:
            return None
        except OSError as error:
            self.trouble = f"{self.path} cannot be read: {error.strerror}"
            raise
        return file if os.fstat(file.fileno()).st_size else None

    def _away(
        self, here: IO[bytes] | None, left: IO[bytes] | None
    ) -> tuple[list[Away], list[Line | Missed]]:
        """Open what was put away since the last line was taken, the oldest first; and say what is
        missing.
        """
        last = self._last
        away: list[Away] = []
        missed: list[Line | Missed] = []
        if left is None and (last is None or (here is not None and _holds(here, last))):
            return away, missed
        for path in reversed(self._siblings()):
            try:
                file = self._aside.enter_context(_open(path))
            except PermissionError as error:
                missed.append(Missed(f"{path} cannot be read: {error.strerror}"))
                continue
            if _is_empty(file) or (here is not None and _is_same(file, here)):
                continue
            if left is not None and (_is_same(file, left) or _written(file) < _written(left)):
                return away, missed
            away.insert(0, (path, file))
            if last is not None and _holds(file, last):
                return away, missed
        if left is not None:
            return away, missed
        self._last = None
        reason = f"{self.path} began anew, and no file beside it holds what came before"
        return [], [*missed, Missed(reason)]

    def _rest(self, path: Path, file: IO[bytes]) -> Iterator[Line | Missed]:
        try:
            at = self._start(file)
            file.seek(at)
            for raw in file:
                if not raw.endswith(b"\n"):
                    yield self._half()
                elif (line := self._line(raw[:-1], at)) is not None:
                    yield line
                at += len(raw)
        except UNREADABLE as error:
            yield Missed(f"{path} is damaged: {error}")

    def _start(self, file: IO[bytes] | None) -> int:
        """Return where to begin in a file: behind the last line if that stands in it."""
        if file is not None and self._last is not None and _holds(file, self._last):
            self._part = self._last.part
            return self._last.end
        self._part += 1
        return 0

    def _siblings(self) -> list[Path]:
        """Return the files that were put away, the oldest first.

        Raises:
            FileNotFoundError: one was given another name at this very moment.
        """
        found = []
        for path in self.path.parent.glob(f"{self.path.name}?*"):
            plain = path.with_suffix("")
            if path.suffix in PACKED and plain != self.path and plain.exists():
                # it is being packed
                continue
            state = path.lstat()
            if S_ISREG(state.st_mode):
                found.append((state.st_mtime_ns, path.name, path))
        return [path for *_, path in sorted(found)]


def _holding(path: Path, line: Line) -> IO[bytes] | None:
    """Return a file, opened, if a line stands in it at its place."""
    try:
        file = _open(path)
    except OSError:
        return None
    if _holds(file, line):
        return file
    file.close()
    return None


def _holds(file: IO[bytes], line: Line) -> bool:
    """Tell whether a line stands in a file at its place, be it damaged or not."""
    try:
        return _stands(file, line)
    except UNREADABLE:
        return False


def _stands(file: IO[bytes], line: Line) -> bool:
    before = min(line.place, 1)
    file.seek(line.place - before)
    raw = file.read(before + line.end - line.place)
    if before and not raw.startswith(b"\n"):
        # the end of a longer line
        return False
    return raw.endswith(b"\n") and _text(raw[before:-1]) == line.text


def _is_same(one: IO[bytes], other: IO[bytes]) -> bool:
    return os.path.sameopenfile(one.fileno(), other.fileno())


def _is_empty(file: IO[bytes]) -> bool:
    try:
        return not file.read(1)
    except UNREADABLE:
        return False


def _written(file: IO[bytes]) -> int:
    """Return when a file was last written to."""
    return os.fstat(file.fileno()).st_mtime_ns


def _open(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if path.suffix == ".bz2":
        return cast(IO[bytes], bz2.open(path, "rb"))
    if path.suffix == ".xz":
        return cast(IO[bytes], lzma.open(path, "rb"))
    return path.open("rb")


def _text(raw: bytes) -> str:
    """Return a line as text; Latin-1 is read as such."""
    line = raw.rstrip(b"\r")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
