"""The totals of the days: what is cold was added up once, what is hot is added now.

Cold calls lie in parcels, each with its own totals, and these are summed up in blocks: when a call
is taken back, only its parcel is counted again, however long the day is.
"""

from collections.abc import Collection, Iterable, Sequence

from everycall.live import tallies
from everycall.live.ports import Engine

BLOCK = 32
"""So many parcels are summed up as one."""

Parts = dict[str, tallies.Part]


class Added:
    """What each tally says of the calls in the engine's tables, whose names begin with what they are."""

    def __init__(self, engine: Engine, counted: Sequence[tallies.Planned]) -> None:
        self._engine = engine
        self._tallies = tuple(counted)
        self._parcels: dict[int, Parts] = {}
        self._blocks: dict[int, Parts] = {}
        self._cold = self.nothing()
        self._totals: Parts | None = None
        self._last: Parts = {}

    def nothing(self) -> Parts:
        """Return what the totals are before the first call."""
        return {name: {} for tally in self._tallies for name in tally.names()}

    def totals(self, *, exact: bool = True) -> Parts:
        """Return every tally; where it need not be exact, those of the last time are good enough."""
        if self._totals is None and (exact or not self._last):
            self._totals = self._last = self._merged(self._cold, self._all("hot_"))
        return self._last if self._totals is None else self._totals

    def change(self) -> None:
        """Calls are no longer what they were."""
        self._totals = None

    def add(self, parcel: int) -> None:
        """Add the calls that move to the totals of a parcel, and to those of all that is cold."""
        added = self._all("moving_")
        for kept, number in ((self._parcels, parcel), (self._blocks, parcel // BLOCK)):
            kept[number] = self._merged(kept.get(number) or self.nothing(), added)
        self._cold = self._merged(self._cold, added)
        self.change()

    def recount(self, parcel: int) -> None:
        """Only the calls that move are left in a parcel; what is cold has to be summed up then."""
        self._parcels[parcel] = self._all("moving_")

    def drop(self, parcel: int) -> None:
        """Nothing is left in a parcel; what is cold has to be summed up then."""
        del self._parcels[parcel]

    def sum_up(self, parcels: Collection[int]) -> None:
        """Sum up what is cold after some parcels were counted again."""
        for block in {parcel // BLOCK for parcel in parcels}:
            members = range(block * BLOCK, (block + 1) * BLOCK)
            found = [self._parcels[one] for one in members if one in self._parcels]
            self._blocks.pop(block, None)
            if found:
                self._blocks[block] = self._summed(found)
        self._cold = self._summed(self._blocks.values())
        self.change()

    def _summed(self, several: Iterable[Parts]) -> Parts:
        found = self.nothing()
        for one in several:
            found = self._merged(found, one)
        return found

    def _merged(self, before: Parts, added: Parts) -> Parts:
        return {
            name: tallies.merged(tally.plans[number], before[name], added[name])
            for tally in self._tallies
            for number, name in enumerate(tally.names())
        }

    def _all(self, prefix: str) -> Parts:
        """Return every tally of the calls in the tables of a prefix."""
        again = self._engine.again
        return {
            name: tallies.part(tally.keys, again(tally.statement(number, prefix)))
            for tally in self._tallies
            for number, name in enumerate(tally.names())
        }
