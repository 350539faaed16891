"""Reading any log without losing a line in silence: chunks, encodings, torn ends, compression."""

import bz2
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from everycall.errors import NotFoundError, NotThatKindError
from everycall.events import Skip, SkipReason

CHUNK = 64 << 20
LONGEST_LINE = 1 << 20
"""Longer ones are damage: what reads them further on has limits of its own."""

_MAGIC = (
    (re.compile(rb"\x1f\x8b"), gzip.open),
    # a line may well begin with the letters, but not with what follows them
    (re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"), bz2.open),
    (re.compile(rb"\xfd7zXZ\x00"), lzma.open),
)
ALWAYS = 256 << 20
"""To so much a packed file may unpack, however small it is."""

TIMES = 200
"""To so many times its size a larger one may; logs become ten to a hundred times as large."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines of a file, as UTF-8, and what in them could not be read.

    Attributes:
        first_line: the number of its first line in the file, from 1.
        skips: lines that are damaged; `filler` stands in their place, so that numbers still hold.
    """

    data: bytes
    first_line: int
    lines: int
    skips: tuple[Skip, ...] = field(default=())


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, decompressed if its first bytes say so.

    Raises:
        NotFoundError: there is no such file, or it must not be read.
        NotThatKindError: later, while it is read, if it unpacks to more than any log does.
    """
    try:
        with path.open("rb") as plain:
            magic = plain.read(10)
    except OSError as error:
        raise NotFoundError(f"cannot read '{path}': {error.strerror}") from None
    for start, opener in _MAGIC:
        if start.match(magic):
            return io.BufferedReader(_Unpacked(opener(path, "rb"), path), 1 << 20)
    return path.open("rb")


class _Unpacked(io.RawIOBase):
    """What a packed file holds, as far as it can be that of a log: small ones may hold a disk full."""

    def __init__(self, held: Any, path: Path) -> None:
        self._held = held
        self._path = path
        self._most = max(ALWAYS, TIMES * path.stat().st_size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return int(self._held.seek(place, whence))

    def tell(self) -> int:
        return int(self._held.tell())

    def readinto(self, into: Any) -> int:
        count = int(self._held.readinto(into))
        if self._held.tell() > self._most:
            size = f"{self._most >> 20} MB"
            sentence = f"'{self._path}' unpacks to more than {size}; unpack it first if it is a log"
            raise NotThatKindError(sentence)
        return count

    def close(self) -> None:
        self._held.close()
        super().close()


def lines_in(path: Path) -> int:
    """Count the lines of a file, to tell how far a run is; 0 where it cannot be read to its end."""
    try:
        with open_bytes(path) as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    except (EOFError, OSError, lzma.LZMAError, zlib.error, NotThatKindError):
        return 0


def chunks(
    path: Path, filler: str, size: int = CHUNK, *, keep_last: bool = False
) -> Iterator[Chunk]:
    """Yield a file in chunks of whole lines; damaged lines are replaced and reported.

    A last line without an end is held back: it may have been cut while it was written. With
    `keep_last` it is given as it is, for formats that show by themselves whether a row is whole.

    Raises:
        NotThatKindError: the file is damaged as a whole, such as a broken archive.
    """
    line = 1
    rest = b""
    for block in _blocks(path, size):
        cut = block.rfind(b"\n") + 1
        data, rest = rest + block[:cut], block[cut:] if cut else rest + block
        if cut:
            yield (chunk := _checked(data, line, path.name, filler))
            line += chunk.lines
    if keep_last and rest.strip():
        yield _checked(rest + b"\n", line, path.name, filler)
    elif rest.strip(b"\x00\r "):
        skip = Skip(path.name, line, SkipReason.TORN, "the last line has no end", _text(rest))
        yield Chunk(b"", line, 0, (skip,))


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    try:
        with open_bytes(path) as file:
            first = file.read(size)
            if first[:2] in _UTF16:
                yield (first + file.read()).decode("utf-16", "replace").encode()
                return
            yield first.removeprefix(b"\xef\xbb\xbf")
            while block := file.read(size):
                yield block
    except (EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        raise NotThatKindError(f"'{path}' is a damaged archive: {error}") from None


def _checked(data: bytes, first_line: int, name: str, filler: str) -> Chunk:
    if _clean(data):
        return Chunk(data, first_line, data.count(b"\n"))
    lines: list[bytes] = []
    skips: list[Skip] = []
    for number, raw in enumerate(data[:-1].split(b"\n"), first_line):
        line, reason = _mended(raw)
        if reason is not None:
            skips.append(Skip(name, number, reason, "", _text(raw)))
        lines.append(line or filler.encode())
    return Chunk(b"\n".join(lines) + b"\n", first_line, len(lines), tuple(skips))


def _clean(data: bytes) -> bool:
    """Tell whether nothing in a chunk needs a second look; most chunks are, and this is fast."""
    if b"\r" in data or b"\x00" in data or b"\n\n" in data or data.startswith(b"\n"):
        return False
    if _has_long_line(data):
        return False
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_long_line(data: bytes) -> bool:
    """Tell whether some line may be too long: half of that length goes by without an end."""
    half = LONGEST_LINE // 2
    starts = range(0, len(data) - half, half)
    return any(data.find(b"\n", start, start + half) < 0 for start in starts)


def _mended(raw: bytes) -> tuple[bytes, SkipReason | None]:
    """Return a line in UTF-8, or nothing and the reason.

    Latin-1 is read as such: a caller's name in an old encoding must not cost us the call.
    """
    line = raw.rstrip(b"\r").replace(b"\r", b" ")
    if len(line) > LONGEST_LINE:
        return b"", SkipReason.TOO_LONG
    if b"\x00" in line:
        return b"", SkipReason.BAD_ENCODING if line.strip(b"\x00") else None
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1").encode(), None
    return line, None


def _text(raw: bytes) -> str:
    return raw[:500].decode("utf-8", "replace").replace("\x00", "")
