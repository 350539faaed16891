"""What goes on behind the pages: promises are made and closed, people and programs are told.

What needs the calls that ended a moment ago goes on beside the picture; the rest, which may wait
for history or for others, goes on wherever the work is done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from everycall.app.recovery.recovering import Recoverer
from everycall.records.stored_promises import StoredPromises
from everycall.recovery.promises import tidy
from everycall.web.reading import Reader
from everycall.web.rounds import Round, going_on
from everycall.web.work.ahead import ahead
from everycall.web.work.alarms import looking, telling
from everycall.web.work.hooking import hooking
from everycall.web.work.outward import outward
from everycall.web.work.put_back import minding_the_clock
from everycall.web.work.recounting import recounting
from everycall.web.work.retaining import retention_round
from everycall.web.work.returning import returning, with_shared
from everycall.web.work.situations import Measured

PAUSE = 1.0


class Keeper:
    """Lets calls that came to history make and close promises, and ends what has run out."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._seen = -1

    def round(self) -> None:
        """Do what there is to do at present."""
        promises, now = StoredPromises(), timezone.now()
        generation = self._reader.history.manifest().generation
        if generation != self._seen and self._reader.has_calls():
            site = with_shared(self._reader.settings())
            with self._reader.apart() as asking:
                Recoverer(site, promises, asking.zone).recover(asking, now)
            self._seen = generation
        tidy(promises, self._reader.settings().promises, now, lambda _promise: None)


@contextmanager
def keeping(reader: Reader) -> Iterator[None]:
    """Make and close promises by history, and tell people and programs."""
    rounds = (
        minding_the_clock(),
        Round("promises", Keeper(reader).round, PAUSE),
        *telling(),
        *outward(reader),
        *hooking(reader),
        *retention_round(reader),
        *recounting(reader),
        *ahead(reader),
    )
    with going_on(*rounds):
        yield


@contextmanager
def looking_on(reader: Reader) -> Iterator[None]:
    """Look at the picture and at the calls that ended: alerts are opened, promises made at once."""
    measured = Measured(reader)
    measures = Round("measures", lambda: measured.refresh(timezone.now()), PAUSE)
    with going_on(measures, *looking(reader, measured), *returning(reader)):
        yield
