"""How many people keep a promise to callers, by Erlang's formulas."""

from dataclasses import dataclass
from math import ceil

from everycall.staffing.erlang import Impatient, Waiting, check

_MOST = 100_000
"""More people than this are not searched for."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised; what is None is not asked for.

    Attributes:
        waits: the largest share that may have to wait.
        level, within: at least this share is answered within this time.
        abandons: the largest share that may give up; needs a patience.
        occupancy: the largest share of their time in which people are busy.
    """

    waits: float | None = None
    level: float | None = None
    within: float | None = None
    abandons: float | None = None
    occupancy: float | None = None

    def is_met(self, found: Waiting | Impatient) -> bool:
        """Tell whether so many servers keep the promise."""
        if self.waits is not None and found.waits > self.waits:
            return False
        if self.level is not None and found.answered_within(self.within or 0.0) < self.level:
            return False
        if self.occupancy is not None and found.occupancy > self.occupancy:
            return False
        if self.abandons is None:
            return not isinstance(found, Waiting) or found.stable or found.load == 0
        return isinstance(found, Impatient) and found.abandons <= self.abandons


def agents_for(
    arrivals: float, service: float, target: Target, patience: float | None = None
) -> int:
    """Return the fewest people who keep a promise; nobody is needed where nobody calls.

    Raises:
        ValueError: the promise cannot be kept, or makes no sense.
    """
    check(0, arrivals)
    if arrivals == 0:
        return 0
    if target.abandons is not None and patience is None:
        raise ValueError("to limit how many give up, say how patient callers are")
    servers = 1 if patience is not None else max(1, int(arrivals * service))
    while servers < _MOST:
        if target.is_met(_system(servers, arrivals, service, patience)):
            return servers
        servers += 1
    raise ValueError(f"more than {_MOST:,} people would be needed; look at the target again")


def _system(
    servers: int, arrivals: float, service: float, patience: float | None
) -> Waiting | Impatient:
    if patience is None:
        return Waiting(servers, arrivals, service)
    return Impatient(servers, arrivals, service, patience)


def positions(agents: int, shrinkage: float) -> int:
    """Return how many have to be on the roster, if this share of them is away at any time."""
    if not 0 <= shrinkage < 1:
        raise ValueError("the share that is away lies between 0 and 1")
    # the sum is exact for what people write: 14 / 0.7 is 20, not 20.000000000000004
    return ceil(round(agents / (1 - shrinkage), 9))


@dataclass(frozen=True, slots=True)
class Needed:
    """The people that a load needs, and what callers get from them.

    Attributes:
        load: in erlangs. `positions`: people on the roster, those who are away included.
        level: answered in time; null where no time was said. `abandons`: null without a patience.
    """

    load: float
    agents: int
    positions: int
    waits: float | None
    level: float | None
    mean_wait: float | None
    abandons: float | None
    occupancy: float | None

    def as_json(self) -> dict[str, float | int | None]:
        """Return it in the form that other programs rely on; times in milliseconds."""
        wait = None if self.mean_wait is None else round(self.mean_wait * 1000)
        return {
            "load": self.load,
            "agents": self.agents,
            "positions": self.positions,
            "waits": self.waits,
            "level": self.level,
            "mean_wait_ms": wait,
            "abandons": self.abandons,
            "occupancy": self.occupancy,
        }


def needed(
    arrivals: float,
    service: float,
    target: Target,
    patience: float | None = None,
    shrinkage: float = 0.0,
) -> Needed:
    """Return the fewest people who keep a promise, and what callers then get.

    Raises:
        ValueError: the promise cannot be kept, or makes no sense.
    """
    people = agents_for(arrivals, service, target, patience)
    if arrivals == 0:
        return Needed(0.0, 0, 0, None, None, None, None, None)
    found = _system(people, arrivals, service, patience)
    return Needed(
        found.load,
        people,
        positions(people, shrinkage),
        found.waits,
        found.answered_within(target.within) if target.within is not None else None,
        found.mean_wait,
        found.abandons if isinstance(found, Impatient) else None,
        found.occupancy,
    )
