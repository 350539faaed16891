"""A picture is begun even if a record would break it: that record is found, left out, and told."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry

log = logging.getLogger(__name__)

BATCH = 20_000
"""So many records are counted at once while a picture catches up."""

MOST = 20
"""After so many bad records it is something else that is broken."""


DAYS = 2
"""The picture begins with the records of so many days."""


def recent(journal: Journal, sources: Collection[str], now: int, up_to: int) -> Iterator[Entry]:
    """Yield what some sources said in the last days, up to the record of a number."""
    since = now - DAYS * 86_400_000_000
    for entry in journal.entries():
        if entry.number > up_to:
            return
        if entry.received_at >= since and entry.source in sources:
            yield entry


class Taking(Protocol):
    """What counts records, and can be thrown away."""

    def take(self, entries: Iterable[Entry], as_of: int) -> object:
        """Count what records say."""

    def board(self, as_of: int) -> object:
        """Return what is to be shown."""

    def close(self) -> None:
        """Free its memory."""


P = TypeVar("P", bound=Taking)


class Beginning(Generic[P]):
    """Begins a picture with what the journal has.

    Args:
        make: makes a picture of nothing.
        entries: yields the records, the same each time.
        now: the moment of the picture.
    """

    def __init__(self, make: Callable[[], P], entries: Callable[[], Iterable[Entry]], now: int):
        self._make = make
        self._entries = entries
        self._now = now
        self.left_out: list[Entry] = []

    def begin(self) -> P:
        """Return a picture of all records but those that break it, which are left out.

        Raises:
            Exception: too many of them break it; it is the last one's.
        """
        while True:
            picture, done = self._make(), 0
            try:
                for batch in self._batches():
                    picture.take(batch, self._now)
                    picture.board(self._now)
                    done += 1
            except Exception:
                picture.close()
                if len(self.left_out) >= MOST:
                    raise
                log.exception("a record breaks the picture, and is looked for")
                self.left_out.append(self._culprit(done))
            else:
                return picture

    def _batches(self) -> Iterator[list[Entry]]:
        bad = {entry.number for entry in self.left_out}
        batch: list[Entry] = []
        for entry in self._entries():
            if entry.number not in bad:
                batch.append(entry)
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch

    def _culprit(self, done: int) -> Entry:
        """Return the record with which a batch breaks that is good up to it."""
        whole = next(batch for number, batch in enumerate(self._batches()) if number == done)
        good, bad = 0, len(whole)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if self._stands(done, whole[:middle]) else (good, middle)
        return whole[bad - 1]

    def _stands(self, done: int, some: Sequence[Entry]) -> bool:
        """Tell whether a picture stands with the batches before, and some records more."""
        picture = self._make()
        try:
            for number, batch in enumerate(self._batches()):
                picture.take(batch if number < done else some, self._now)
                if number == done:
                    break
            picture.board(self._now)
        except Exception:  # noqa: BLE001  whatever it is, it is why the record is left out
            return False
        finally:
            picture.close()
        return True
