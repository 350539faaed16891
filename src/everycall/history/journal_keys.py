"""What tells the journal that a record is known: sixteen bytes each, and little around them.

A journal knows millions of records for days; a set of Python's would take five times as much.
"""

import threading

SIZE = 16
_FREE = bytes(SIZE)
_GONE = b"\xff" * SIZE
FIRST = 1 << 15
"""The smallest table has so many places; any other as many as there are keys, or more."""


class _Table:
    """Keys, each in the first free place from where it belongs; it is two thirds full at most."""

    __slots__ = ("cells", "gone", "used")

    def __init__(self, places: int) -> None:
        self.cells = bytearray(SIZE * places)
        self.used = 0
        self.gone = 0

    @property
    def is_full(self) -> bool:
        return 3 * SIZE * self.used >= 2 * len(self.cells)

    def find(self, key: bytes) -> int | None:
        """Return where a key is; None: it is not."""
        cells, place = self.cells, self._first(key)
        while not cells.startswith(key, place):
            if cells.startswith(_FREE, place):
                return None
            place = (place + SIZE) % len(cells)
        return place

    def add(self, key: bytes) -> None:
        """Add a key that is not there."""
        cells, place = self.cells, self._first(key)
        while not cells.startswith(_FREE, place):
            place = (place + SIZE) % len(cells)
        cells[place : place + SIZE] = key
        self.used += 1

    def _first(self, key: bytes) -> int:
        return int.from_bytes(key[:8], "little") * SIZE % len(self.cells)


class Keys:
    """A set of keys of sixteen bytes that are as good as random; for any thread.

    Tables are never made anew, which would take seconds: where one is full, there is one more.
    """

    def __init__(self, first: int = FIRST) -> None:
        self._first = first
        self._tables = [_Table(first)]
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return sum(table.used - table.gone for table in self._tables)

    @property
    def size(self) -> int:
        """How many bytes its tables take."""
        return sum(len(table.cells) for table in self._tables)

    def __contains__(self, key: bytes) -> bool:
        return any(table.find(key) is not None for table in self._tables)

    def add(self, key: bytes) -> None:
        """Add a key; twice is once."""
        with self._lock:
            if key in self:
                return
            newest = self._tables[-1]
            if newest.is_full:
                newest = _Table(self._room())
                self._tables = [*self._tables, newest]
            newest.add(key)

    def discard(self, key: bytes) -> None:
        """Know a key no more; a full table that has no other is given up."""
        with self._lock:
            for table in self._tables:
                place = table.find(key)
                if place is not None:
                    table.cells[place : place + SIZE] = _GONE
                    table.gone += 1
                    self._give_up(table)

    def _give_up(self, table: _Table) -> None:
        if table.gone == table.used and table.is_full:
            rest = [one for one in self._tables if one is not table]
            self._tables = rest or [_Table(self._first)]

    def _room(self) -> int:
        places = self._first
        while places < len(self):
            places *= 2
        return places
