"""Erlang's formulas: how many lines or people, so that few find all of them busy.

Load is in erlangs: arrivals a second times seconds of service. All times are in one unit, whichever.
Arrivals come by chance (Poisson), service and patience are exponential, and callers are served in
the order in which they came. B: who finds all busy is turned away. C: everybody waits. A: everybody
waits as long as their patience lasts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, expm1, inf, isinf, log

_NEGLIGIBLE = 1e-17


def blocking(servers: int, load: float) -> float:
    """Return Erlang B: the share of arrivals that find all servers busy and are turned away."""
    check(servers, load)
    if load == 0:
        return 0.0 if servers else 1.0
    turned_away = 1.0
    for n in range(1, servers + 1):
        turned_away = load * turned_away / (n + load * turned_away)
    return turned_away


def offered(servers: int, carried: float) -> float:
    """Return the load that was offered where so much was carried, who came in vain included.

    Infinite where the servers were busy all the time: then nobody can say.
    """
    check(servers, carried)
    if carried >= servers:
        return inf if carried > 0 else 0.0
    low, high = carried, carried + 1.0
    while high * (1 - blocking(servers, high)) < carried:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if high - low <= 1e-12 * high:
            break
        if middle * (1 - blocking(servers, middle)) < carried:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def lines_for(load: float, most_blocked: float) -> int:
    """Return the fewest lines of which at most this share of calls finds none."""
    check(0, load)
    if not 0 < most_blocked <= 1:
        raise ValueError("the share that may be turned away lies between 0 and 1")
    lines, turned_away = 0, 1.0
    while turned_away > most_blocked:
        lines += 1
        turned_away = load * turned_away / (lines + load * turned_away) if load else 0.0
    return lines


@dataclass(frozen=True, slots=True)
class Waiting:
    """Erlang C: so many servers, everybody waits, nobody gives up.

    Attributes:
        arrivals: a unit of time; `service`: the mean time that one takes.
    """

    servers: int
    arrivals: float
    service: float

    def __post_init__(self) -> None:
        check(self.servers, self.arrivals)
        check(0, self.service)

    @property
    def load(self) -> float:
        """The load in erlangs."""
        return self.arrivals * self.service

    @property
    def stable(self) -> bool:
        """Whether the servers keep up; if not, the queue grows without end."""
        return self.load < self.servers

    @property
    def waits(self) -> float:
        """The share that has to wait."""
        if self.load == 0:
            return 0.0 if self.servers else 1.0
        if not self.stable:
            return 1.0
        lost = blocking(self.servers, self.load)
        return self.servers * lost / (self.servers - self.load * (1 - lost))

    @property
    def mean_wait(self) -> float:
        """The mean time that all wait, who are served at once included."""
        if self.load == 0 and self.servers:
            return 0.0
        if not self.stable:
            return inf
        return self.waits * self.service / (self.servers - self.load)

    def answered_within(self, limit: float) -> float:
        """Return the service level: the share that waits at most so long."""
        if self.load == 0 and self.servers:
            return 1.0
        if not self.stable:
            return 0.0
        return 1 - self.waits * exp(-(self.servers - self.load) * limit / self.service)

    @property
    def occupancy(self) -> float:
        """The share of their time in which servers are busy."""
        return min(1.0, self.load / self.servers) if self.servers else 0.0


@dataclass(frozen=True, slots=True)
class Limited:
    """Waiting with room for so many, in service and waiting; who finds it full is turned away.

    Attributes:
        room: places for callers, the servers included.
    """

    servers: int
    arrivals: float
    service: float
    room: int

    def __post_init__(self) -> None:
        if self.room < self.servers or self.servers < 1:
            raise ValueError("there is room for at least one server, and for all who are served")

    @property
    def blocked(self) -> float:
        """The share that is turned away."""
        return self._chances()[-1]

    @property
    def mean_wait(self) -> float:
        """The mean time that those who got in wait."""
        chances = self._chances()
        waiting = sum((n - self.servers) * p for n, p in enumerate(chances) if n > self.servers)
        admitted = self.arrivals * (1 - chances[-1])
        return waiting / admitted if admitted else 0.0

    def _chances(self) -> list[float]:
        load = self.arrivals * self.service
        return _normal([1.0, *(load / min(n, self.servers) for n in range(1, self.room + 1))])


@dataclass(frozen=True, slots=True)
class Impatient:
    """Erlang A: everybody waits, and gives up when their patience ends.

    Attributes:
        patience: the mean time that a caller would wait.
    """

    servers: int
    arrivals: float
    service: float
    patience: float

    def __post_init__(self) -> None:
        check(self.servers, self.arrivals)
        if self.service <= 0 or self.patience <= 0 or isinf(self.patience):
            raise ValueError("service and patience are times above 0; without end it is Erlang C")

    @property
    def load(self) -> float:
        """The load in erlangs."""
        return self.arrivals * self.service

    @property
    def waits(self) -> float:
        """The share that has to wait."""
        if self.arrivals == 0:
            return 0.0 if self.servers else 1.0
        return min(1.0, sum(self._chances()[self.servers :]))

    @property
    def abandons(self) -> float:
        """The share that gives up."""
        return self.mean_wait / self.patience

    @property
    def mean_wait(self) -> float:
        """The mean time that all wait, who are served at once and who give up included."""
        if self.arrivals == 0:
            return 0.0 if self.servers else self.patience
        chances = self._chances()
        waiting = sum((n - self.servers) * p for n, p in enumerate(chances) if n > self.servers)
        return waiting / self.arrivals

    @property
    def occupancy(self) -> float:
        """The share of their time in which servers are busy."""
        return self.load * (1 - self.abandons) / self.servers if self.servers else 0.0

    def answered_within(self, limit: float) -> float:
        """Return the share of all who came that is answered after at most so long."""
        return self._at_once + self._answered_waiting(limit)

    @property
    def mean_wait_of_answered(self) -> float:
        """The mean time that those who were answered waited."""
        answered = 1 - self.abandons
        return self._waited_by_answered() / answered if answered else 0.0

    @property
    def _at_once(self) -> float:
        if self.arrivals == 0:
            return 1.0 if self.servers else 0.0
        return sum(self._chances()[: self.servers])

    def _chances(self) -> list[float]:
        return _normal(self._ratios())

    def _ratios(self) -> Iterator[float]:
        yield 1.0
        serves, leaves = 1 / self.service, 1 / self.patience
        n, size, peak = 0, 0.0, 0.0
        while n < self.servers or size > peak + log(_NEGLIGIBLE):
            n += 1
            ratio = self.arrivals / (
                min(n, self.servers) * serves + max(0, n - self.servers) * leaves
            )
            size += log(ratio)
            peak = max(peak, size)
            yield ratio

    def _answered_waiting(self, limit: float) -> float:
        if not self.servers or not self.arrivals:
            return 0.0
        start, end = self._usual_waits()
        return _integral(self._density(), min(start, limit), min(end, limit))

    def _waited_by_answered(self) -> float:
        if not self.servers or not self.arrivals:
            return 0.0
        density = self._density()
        return _integral(lambda wait: wait * density(wait), *self._usual_waits())

    def _density(self) -> Callable[[float], float]:
        """Return how likely a caller waits so long and is then answered.

        The wait that is offered has the density λ π exp(λ (1 - exp(-θt))/θ - cμt), π being the
        chance of c - 1 busy servers; of those whom it meets, the share exp(-θt) is still there.
        """
        leaves, serves = 1 / self.patience, self.servers / self.service
        sizes = _sizes(self._ratios())
        start = log(self.arrivals) + sizes[self.servers - 1] - _log_sum(sizes)

        def density(wait: float) -> float:
            grown = -expm1(-leaves * wait) * self.arrivals * self.patience
            return exp(start + grown - (serves + leaves) * wait)

        return density

    def _usual_waits(self) -> tuple[float, float]:
        """Return between which waits practically everybody lies who waits and is answered."""
        density, ends = self._density(), self.servers / self.service + 1 / self.patience
        likeliest = max(0.0, log(self.arrivals / ends) * self.patience)
        least = density(likeliest) * _NEGLIGIBLE
        before = after = 1 / ends
        while density(likeliest + after) > least:
            after *= 1.5
        while before < likeliest and density(likeliest - before) > least:
            before *= 1.5
        return max(0.0, likeliest - before), likeliest + after


def _sizes(ratios: Iterable[float]) -> list[float]:
    """Return the logarithms of how likely states are, from the ratio of each to the one before."""
    sizes, size = [], 0.0
    for ratio in ratios:
        size = size + log(ratio) if ratio > 0 else -inf
        sizes.append(size)
    return sizes


def _log_sum(sizes: Sequence[float]) -> float:
    peak = max(sizes)
    return peak + log(sum(exp(size - peak) for size in sizes))


def _normal(ratios: Iterable[float]) -> list[float]:
    """Return the chances of states 0, 1, 2 ..., which add up to 1."""
    sizes = _sizes(ratios)
    whole = _log_sum(sizes)
    return [exp(size - whole) for size in sizes]


_NODES = (
    (0.1834346424956498, 0.3626837833783620),
    (0.5255324099163290, 0.3137066458778873),
    (0.7966664774136267, 0.2223810344533745),
    (0.9602898564975363, 0.1012285362903763),
)
"""Places and weights of Gauss and Legendre's rule of eight points."""


def _integral(density: Callable[[float], float], start: float, end: float) -> float:
    """Return the area below a smooth curve, halving the step until nothing changes."""
    pieces, known = 8, inf
    for _ in range(14):
        width = (end - start) / pieces
        found = sum(_piece(density, start + i * width, width) for i in range(pieces))
        if abs(found - known) <= 1e-14 * max(1.0, abs(found)):
            return found
        pieces, known = pieces * 2, found
    return known


def _piece(density: Callable[[float], float], start: float, width: float) -> float:
    middle, half = start + width / 2, width / 2
    return half * sum(
        weight * (density(middle - half * place) + density(middle + half * place))
        for place, weight in _NODES
    )


def check(servers: int, load: float) -> None:
    """Refuse numbers that make no sense.

    Raises:
        ValueError: one of them is below 0.
    """
    if servers < 0 or load < 0:
        raise ValueError("numbers of servers and loads are 0 or more")
