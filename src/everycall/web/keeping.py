"""What goes on behind the pages: promises are made and closed, people and programs are told."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from everycall.app.recovering import Recoverer
from everycall.records.promises import StoredPromises
from everycall.recovery.promises import tidy
from everycall.web.alarms import alarms
from everycall.web.hooking import hooking
from everycall.web.outward import outward
from everycall.web.reading import Reader
from everycall.web.returning import returning
from everycall.web.rounds import Round, going_on
from everycall.web.situations import Measured

PAUSE = 1.0


class Keeper:
    """Lets calls that came to history make and close promises, and ends what has run out."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._seen = -1
        self.measured = Measured(reader)

    def round(self) -> None:
        """Do what there is to do at present."""
        promises, now = StoredPromises(), timezone.now()
        generation = self._reader.history.manifest().generation
        if generation != self._seen and self._reader.has_calls():
            site = self._reader.settings()
            with self._reader.apart() as asking:
                Recoverer(site, promises, asking.zone).recover(asking, now)
            self._seen = generation
        tidy(promises, self._reader.settings().promises, now, lambda _promise: None)
        self.measured.refresh(now)


@contextmanager
def keeping(reader: Reader) -> Iterator[Keeper]:
    """Do what goes on behind the pages."""
    keeper = Keeper(reader)
    rounds = (
        Round("promises", keeper.round, PAUSE),
        *alarms(reader, keeper.measured),
        *returning(reader),
        *outward(reader),
        *hooking(reader),
    )
    with going_on(*rounds):
        yield keeper
