"""Following a log as it grows: through rotation, truncation and restarts, each line once.

Where a reader goes on is known by the last line that was taken: the file in which that line still
stands at its place is the one to go on in, whatever it is called by now.
"""

import bz2
import gzip
import lzma
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

READ = 1 << 20
LONGEST = 1 << 16
"""A line longer than this, in bytes, is damage."""

BEFORE = 1 << 16
"""So much of what stands before the place to go on is looked at, to tell equal lines apart."""


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
        self._behind: Iterator[Line | Missed] = self._resumed() if last else iter(())

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self, most: int = 5000) -> list[Line | Missed]:
        """Return what has been added since; nothing if nothing was."""
        found: list[Line | Missed] = []
        while len(found) < most:
            behind = next(self._behind, None)
            if behind is None:
                break
            found.append(behind)
        else:
            return found
        with suppress(OSError):
            found += self._grown(most)
        return found

    def before(self) -> list[str]:
        """Return the lines just before the place at which reading goes on."""
        if self._last is None:
            return []
        for path in [self.path, *self._siblings()]:
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
        file = self._opened()
        if file is None:
            return []
        if not self._still_there(file):
            missed = list(self._of_copy())
            self._next_file(os.dup(file.fileno()))
            return [*missed, *self._lines(most)]
        lines = self._lines(most)
        if lines or not self._is_replaced(file):
            return lines
        torn = self._torn(file)
        self._next_file(None)
        return [*torn, *(self._lines(most) if self._opened() else [])]

    def _opened(self) -> IO[bytes] | None:
        if self._file is None:
            try:
                self._file = self.path.open("rb", buffering=0)
            except OSError as error:
                self.trouble = f"{self.path} cannot be read: {error.strerror}"
                return None
        self.trouble = None
        return self._file

    def _next_file(self, same: int | None) -> None:
        """Begin at the beginning: of another file, or of the same one, which was emptied."""
        self.close()
        if same is not None:
            self._file = os.fdopen(same, "rb", buffering=0)
        self._part, self._at, self._last = self._part + 1, 0, None

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
        return self._last is None or _stands(file, self._last)

    def _is_replaced(self, file: IO[bytes]) -> bool:
        """Tell whether there is another file of that name by now."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        mine = os.fstat(file.fileno())
        return (now.st_dev, now.st_ino) != (mine.st_dev, mine.st_ino)

    def _torn(self, file: IO[bytes]) -> list[Line | Missed]:
        file.seek(self._at)
        rest = file.read(LONGEST)
        return [Missed(f"{self.path}: the file before ended in half a line")] if rest else []

    # ---- what was put away

    def _resumed(self) -> Iterator[Line | Missed]:
        """Go on where the last line stands: here, or in a file that was put away since."""
        last = self._last
        if last is None:
            return
        here = _holding(self.path, last)
        if here is not None:
            here.close()
            self._at = last.end
            return
        yield from self._of_copy(also_newer=True)
        self._part, self._at, self._last = self._part + 1, 0, None

    def _of_copy(self, *, also_newer: bool = False) -> Iterator[Line | Missed]:
        """Yield what was added to a file before it was put away or emptied."""
        last = self._last
        if last is None:
            return
        siblings = self._siblings()
        for i, path in enumerate(siblings):
            found = _holding(path, last)
            if found is not None:
                with found:
                    found.seek(last.end)
                    yield from _rest(found, self._part, last.end)
                for newer in siblings[i + 1 :] if also_newer else ():
                    self._part += 1
                    with suppress(OSError), _open(newer) as whole:
                        yield from _rest(whole, self._part, 0)
                return
        yield Missed(f"{self.path} began anew, and no file beside it holds what came before")

    def _siblings(self) -> list[Path]:
        """Return the files that were put away, the oldest first."""
        found = [path for path in self.path.parent.glob(f"{self.path.name}?*") if path.is_file()]
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _rest(file: IO[bytes], part: int, place: int) -> Iterator[Line]:
    for raw in file:
        end = place + len(raw)
        text = _text(raw.rstrip(b"\n"))
        if raw.endswith(b"\n") and text.strip("\x00 "):
            yield Line(part, place, end, text)
        place = end


def _holding(path: Path, line: Line) -> IO[bytes] | None:
    """Return a file, opened, if a line stands in it at its place."""
    try:
        file = _open(path)
    except OSError:
        return None
    try:
        if _stands(file, line):
            return file
    except (OSError, EOFError, lzma.LZMAError):
        pass
    file.close()
    return None


def _stands(file: IO[bytes], line: Line) -> bool:
    file.seek(line.place)
    raw = file.read(line.end - line.place)
    return raw.endswith(b"\n") and _text(raw[:-1]) == line.text


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
