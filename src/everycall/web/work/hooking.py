"""Telling other programs what happened: looked for when history changes, carried until it is taken."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from everycall.app.history.asking import Asking, Filter
from everycall.clock import to_micros
from everycall.errors import EverycallError
from everycall.records.hooks import CALL_ENDED, JOB, PROMISE_MOVED, Hook, Telling, tell
from everycall.records.jobs import run_one
from everycall.records.models import PromiseMove
from everycall.web.reading import Reader
from everycall.web.rounds import Round, while_there_is
from everycall.web.wording.masking import masked_all
from everycall.web.wording.outsiders import named, nameless, reason
from everycall.wire.outgoing import Outgoing

PAUSE = 1.0

LATE = timedelta(hours=24)
"""A call is told of if it ended within so long; older news are no news."""

AT_ONCE = 500

BEFORE = 500
"""So many moves before the last one that was told are looked at again, for a while.

Moves are numbered when they are written and seen when their transaction ends: who ends later may
have the lower number.
"""

A_WHILE = timedelta(hours=1)
"""A transaction is over within so long."""


class Teller:
    """Looks for what has to be told."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._seen = -1

    def look(self, now: datetime) -> int:
        """Write down what every address has to be told; returns how much."""
        hooks = list(Hook.objects.filter(removed_at=None))
        told = sum(self._moves(hook, now) for hook in hooks if PROMISE_MOVED in hook.kinds)
        generation = self._reader.history.manifest().generation
        listening = [hook for hook in hooks if CALL_ENDED in hook.kinds]
        if generation != self._seen and listening and self._reader.has_calls():
            with self._reader.apart() as asking:
                told += sum(self._calls(hook, asking, now) for hook in listening)
            self._seen = generation
        return told

    def _moves(self, hook: Hook, now: datetime) -> int:
        told = sum(_tell_move(hook, move) for move in _late(hook, now))
        moves = PromiseMove.objects.filter(pk__gt=hook.told_move).select_related("promise")
        for move in moves.order_by("pk")[:AT_ONCE]:
            told += _tell_move(hook, move)
            Hook.objects.filter(pk=hook.pk).update(told_move=move.pk)
        return told

    def _calls(self, hook: Hook, asking: Asking, now: datetime) -> int:
        since = to_micros(max(hook.made_at, now - LATE))
        known = Telling.objects.filter(hook=hook, kind=CALL_ENDED, made_at__gt=now - 2 * LATE)
        told = set(known.values_list("about", flat=True))
        ended = asking.rows(
            "SELECT call_id FROM counted WHERE ended_at >= ? AND outcome <> 'pending' "
            "ORDER BY ended_at, call_id",
            [since],
        )
        fresh = [call_id for (call_id,) in ended if f"call {call_id}"[:200] not in told]
        if not fresh:
            return 0
        wanted = Filter(call_ids=tuple(fresh), clients=tuple(hook.clients))
        return sum(
            tell(hook, CALL_ENDED, f"call {call['call_id']}"[:200], _shown(hook, call))
            for call in asking.calls(wanted, evidence=False)
        )


def _late(hook: Hook, now: datetime) -> list[PromiseMove]:
    """Return the moves that came to be seen after others with higher numbers had been told."""
    since = max(hook.made_at, now - A_WHILE)
    near = {"pk__gt": hook.told_move - BEFORE, "pk__lte": hook.told_move, "at__gte": since}
    moves = list(PromiseMove.objects.filter(**near).select_related("promise").order_by("pk"))
    names = [_name(move) for move in moves]
    known = set(Telling.objects.filter(hook=hook, about__in=names).values_list("about", flat=True))
    return [move for move in moves if _name(move) not in known]


def _name(move: PromiseMove) -> str:
    return f"move {move.pk}"


def _tell_move(hook: Hook, move: PromiseMove) -> bool:
    if hook.clients and move.promise.client not in hook.clients:
        return False
    return tell(hook, PROMISE_MOVED, _name(move), _told(hook, move))


def _move(move: PromiseMove, clients: Collection[str]) -> dict[str, Any]:
    promise = move.promise
    return {
        "promise": promise.pk,
        "caller": promise.caller,
        "client": promise.client or None,
        "state": promise.state,
        "due_at": promise.due_clock.isoformat(),
        "move": move.move,
        "at": move.at.isoformat(),
        "who": named(move.who, clients),
        "why": reason(move.why, clients),
        "call_id": move.call_id or None,
    }


def _told(hook: Hook, move: PromiseMove) -> dict[str, Any]:
    return _shown(hook, _move(move, hook.clients))


def _shown(hook: Hook, told: dict[str, Any]) -> dict[str, Any]:
    nobody = nameless(told, hook.clients)
    shown: dict[str, Any] = nobody if hook.numbers else masked_all(nobody)
    return shown


def carry(telling: int) -> None:
    """Carry one telling; a job, so that it is tried again until it is taken.

    Raises:
        EverycallError: the other side did not take it.
        OSError: it cannot be reached.
    """
    found = Telling.objects.select_related("hook").get(pk=telling)
    if found.sent_at is not None or found.hook.removed_at is not None:
        return
    body = {"type": found.kind, "timestamp": found.made_at.isoformat(), "data": found.body}
    Telling.objects.filter(pk=telling).update(tries=found.tries + 1)
    try:
        moment = int(timezone.now().timestamp())
        Outgoing(**found.hook.given()).send(found.message_id, moment, json.dumps(body).encode())
    except (EverycallError, OSError) as error:
        Telling.objects.filter(pk=telling).update(error=str(error)[:400])
        raise
    Telling.objects.filter(pk=telling).update(sent_at=timezone.now(), error="")


def hooking(reader: Reader) -> tuple[Round, ...]:
    """Return the round that tells other programs; a slow one holds nobody else up."""
    teller = Teller(reader)

    def tell_all() -> None:
        teller.look(timezone.now())
        while_there_is(lambda: run_one({JOB: carry}, timezone.now()))

    return (Round("webhooks", tell_all, PAUSE),)
