"""What goes on behind the callbacks: calls that ended a moment ago make and close promises, and what
was done with a promise is written to the journal, so that history has it.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from everycall.app.live.watching import Watch
from everycall.app.recovery.recovering import Recoverer
from everycall.app.site.sitefile import SiteFile
from everycall.clock import iso, to_micros
from everycall.errors import EverycallError
from everycall.events import Kind
from everycall.records.models import PromiseMove
from everycall.records.standing import shared_by
from everycall.records.stored_promises import StoredPromises
from everycall.recovery import Move
from everycall.web.phones.connecting import PROMISES, live
from everycall.web.reading import Reader
from everycall.web.rounds import Round
from everycall.web.work.ended import LatelyEnded

log = logging.getLogger(__name__)

LOOK = 1.0
"""So often it is looked, in seconds."""

TOLD = 500
"""So many moves are written to the journal at once."""

PATIENCE = 10.0
"""Seconds that the journal may take to take what it is told."""

EVENTS = {
    Move.DIAL: Kind.CALLBACK_DIALLED,
    Move.KEEP: Kind.CALLBACK_REACHED,
    Move.WITHDRAW: Kind.CALLBACK_CANCELLED,
    Move.GIVE_UP: Kind.CALLBACK_CANCELLED,
    Move.EXPIRE: Kind.CALLBACK_CANCELLED,
}
"""The moves of a promise that history knows, and what it calls them."""


def with_shared(site: SiteFile) -> SiteFile:
    """Return the settings with the numbers that somebody said several people call from."""
    return replace(site, shared_numbers=(*site.shared_numbers, *shared_by()))


@dataclass(slots=True)
class Returner:
    """Looks at the calls that ended a moment ago."""

    reader: Reader
    _recoverer: Recoverer | None = None
    _ended: LatelyEnded = field(default_factory=lambda: LatelyEnded(timedelta(minutes=30), 30))

    def look(self) -> None:
        """Look once."""
        watch, loop = live.watch, live.loop
        if watch is None or loop is None:
            return
        now = timezone.now()
        calls = self._ended.calls(watch, loop, now)
        self._recovering().recover_live(calls, now)
        tell(watch)

    def _recovering(self) -> Recoverer:
        """Return what takes calls; a changed site file begins it anew."""
        site = with_shared(self.reader.settings())
        if self._recoverer is None or self._recoverer.site != site:
            zone = site.zone or ZoneInfo("UTC")
            self._recoverer = Recoverer(site, StoredPromises(), zone)
        return self._recoverer


def tell(watch: Watch) -> int:
    """Write the moves to the journal that it does not have; the same move twice is one event."""
    moves = list(
        PromiseMove.objects.filter(told_at=None).select_related("promise").order_by("pk")[:TOLD]
    )
    bodies = [json.dumps(said, separators=(",", ":")) for move in moves for said in _said(move)]
    feed = watch.posted.get(PROMISES)
    if feed is None or not moves:
        return 0
    if bodies:
        entries = list(feed.entries(bodies, to_micros(timezone.now())))
        try:
            watch.take(entries).result(PATIENCE)
        except EverycallError as error:
            log.warning("moves of callbacks wait for the journal: %s", error)
            return 0
    PromiseMove.objects.filter(pk__in=[move.pk for move in moves]).update(told_at=timezone.now())
    return len(bodies)


def _said(move: PromiseMove) -> Iterator[dict[str, Any]]:
    """Yield what a move says to history, about the call that was missed."""
    kind = EVENTS.get(Move(move.move)) if move.move in list(Move) else None
    if kind is None or not move.promise.first_call:
        return
    yield {
        "at": iso(to_micros(move.at)),
        "kind": kind.value,
        "call_id": move.promise.first_call,
        "agent": move.who,
        "text": f"promise {move.promise_id}, move {move.pk}: {move.why or move.move}",
    }


def returning(reader: Reader) -> tuple[Round, ...]:
    """Return the round that looks at what ended a moment ago."""
    return (Round("callbacks", Returner(reader).look, LOOK),)
