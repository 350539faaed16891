"""The team's goals as they stand today: measured once for each state of the calls, then remembered."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from everycall.app.answers.defining import chosen
from everycall.app.answers.measuring import measure
from everycall.app.answers.targeting import targets_of
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.clock import to_micros
from everycall.errors import EverycallError
from everycall.metrics.model import Cell
from everycall.metrics.targets import Target
from everycall.web.reading import Reader

REMEMBERED = 50
"""So many teams' goals are remembered."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A target and what was measured of it today; None where no call speaks of it."""

    name: str
    target: Target
    cell: Cell | None


@dataclass(slots=True)
class Goals:
    """What was measured of today's goals, as long as no call comes in and no setting changes."""

    _known: OrderedDict[tuple[object, ...], tuple[Goal, ...]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(
        self, reader: Reader, queues: tuple[str, ...], today: datetime, now: datetime
    ) -> tuple[Goal, ...]:
        """Return the goals of some queues, or of all; nothing where a goal cannot be measured."""
        site, state = reader.settings(), reader.history.manifest().generation
        name = (reader.history.folder, state, repr(site), _words(site), queues, today)
        with self._lock:
            if name in self._known:
                return self._known[name]
            with reader.apart(by_number=True) as asking:
                found = tuple(_measured(asking, site, queues, (today, now)))
            self._known[name] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found


goals = Goals()
"""What this process remembers of them."""


def _words(site: SiteFile) -> str:
    try:
        return chosen(site).digest
    except EverycallError as error:
        return str(error)


def _measured(
    asking: Asking, site: SiteFile, queues: tuple[str, ...], span: tuple[datetime, datetime]
) -> Iterator[Goal]:
    since, until = map(to_micros, span)
    for name, target in targets_of(site).items():
        where = dict(target.where())
        if queues and "queue" not in where:
            where["queue"] = queues
        try:
            found = measure(asking, [target.metric], (), since, until, where, settings=site)
        except EverycallError:
            continue
        yield Goal(name, target, found.rows[0].cells[target.metric] if found.rows else None)
