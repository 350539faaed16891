"""What tells the journal that a record is known: sixteen bytes each, and little around them.

A journal knows millions of records for days; a set of Python's would take five times as much.
"""

import sys
import threading

SIZE = 16
_BEGIN = 2
"""So many bytes of a key say in which row it is kept; only the others are kept there."""

_REST = SIZE - _BEGIN
_ROWS = 1 << 8 * _BEGIN


class Keys:
    """A set of keys of sixteen bytes that are as good as random; for any thread.

    Those that begin alike lie in one row of bytes: the engine of `bytes` looks through a thousand in
    the time that Python takes for a few steps, so a key costs the same however many there are.
    """

    def __init__(self) -> None:
        self._rows = [b""] * _ROWS
        self._count = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """How many bytes they take."""
        return sys.getsizeof(self._rows) + sum(sys.getsizeof(row) for row in self._rows if row)

    def __contains__(self, key: bytes) -> bool:
        return _place(self._rows[_row(key)], key[_BEGIN:]) >= 0

    def add(self, key: bytes) -> None:
        """Add a key; twice is once."""
        with self._lock:
            if key not in self:
                self._rows[_row(key)] += key[_BEGIN:]
                self._count += 1

    def discard(self, key: bytes) -> None:
        """Know a key no more."""
        with self._lock:
            row = self._rows[_row(key)]
            place = _place(row, key[_BEGIN:])
            if place >= 0:
                self._rows[_row(key)] = row[:place] + row[place + _REST :]
                self._count -= 1


def _row(key: bytes) -> int:
    return key[0] << 8 | key[1]


def _place(row: bytes, rest: bytes) -> int:
    """Return where a key stands in a row; less than 0: nowhere."""
    place = row.find(rest)
    while place > 0 and place % _REST:
        # the end of one key and the beginning of the next
        place = row.find(rest, place + 1)
    return place
