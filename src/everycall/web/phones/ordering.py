"""What pages want done where the phone systems are heard: ordered, begun once, answered.

The order is a row in the records, also where the same process shows the pages and hears the phone
systems: then it is begun at once by whoever asks, otherwise by the process that hears, a moment later.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _

from everycall.app.live.acting import NotAllowedError
from everycall.errors import BusyError, EverycallError, NotFoundError, NotTakenError
from everycall.records import orders
from everycall.records.orders import Order, OrderState
from everycall.telephony import PhoneSystemError, UnsureError
from everycall.web.phones.doing import WORKS
from everycall.web.rounds import Round, going_on

log = logging.getLogger(__name__)

LOOK = 0.1
"""Seconds between two looks for an order, or for its answer."""

AT_ONCE = 8
"""So many orders are carried out side by side: a phone system that is slow holds no other up."""

HEARING = ("all", "ingest")
"""The parts that hear the phone systems."""

Work = Callable[[Mapping[str, Any]], str]
"""Does what was ordered, and returns what is to be said of it."""


class NobodyHearsError(EverycallError):
    """Nothing was done: no process that hears the phone systems took the order."""

    id = "nobody-hears"
    retry = True


_REFUSALS: dict[str, type[EverycallError]] = {
    kind.id: kind
    for kind in (
        BusyError,
        NotAllowedError,
        NotFoundError,
        NotTakenError,
        PhoneSystemError,
        UnsureError,
    )
}


def ask(kind: str, **given: Any) -> str:
    """Have something done, and return what is said of it.

    Raises:
        NobodyHearsError: nobody began it, and nobody will.
        UnsureError: it was begun, and no answer came.
        EverycallError: it was refused.
    """
    order = orders.place(kind, given, timezone.now())
    if settings.PART in HEARING:
        carry_out(order.pk)
    return _said(_awaited(order))


def _awaited(order: Order) -> Order:
    """Wait for the end of an order: its answer, or that nobody may begin it, or that none comes."""
    while True:
        order.refresh_from_db()
        now = timezone.now()
        if order.state == OrderState.WAITING and now > order.fresh_until:
            orders.expire(order, now)
            order.refresh_from_db()
        lost = order.lease_until is not None and now > order.lease_until
        if order.ended_at is not None or lost:
            return order
        time.sleep(LOOK)


def _said(order: Order) -> str:
    if order.state == OrderState.DONE:
        return str(order.said)
    if order.state == OrderState.REFUSED:
        raise _REFUSALS.get(order.error, EverycallError)(order.said)
    if order.state == OrderState.EXPIRED:
        sentence = _("Nothing was done: nobody hears the phone systems now (everycall ingest).")
        raise NobodyHearsError(sentence)
    sentence = _("It was begun, and no answer came: look at what happened before you ask again.")
    raise UnsureError(sentence)


# ---- where the phone systems are heard


def carry_out(pk: int) -> None:
    """Begin an order, unless somebody else has, do it, and write down what came of it."""
    order = orders.begin(pk, timezone.now())
    if order is None:
        return
    try:
        said = WORKS[order.kind](order.given)
    except EverycallError as error:
        orders.end(order, timezone.now(), str(error), error.id)
    except Exception:
        log.exception("the order %s failed", order.kind)
        broken = _("It could not be done; the log says why.")
        orders.end(order, timezone.now(), broken, EverycallError.id)
    else:
        orders.end(order, timezone.now(), said)


@contextmanager
def taking_orders() -> Iterator[None]:
    """Carry out what is ordered, until the end of the block; what was begun is ended."""
    with ThreadPoolExecutor(AT_ONCE, "order") as pool:

        def look() -> None:
            for pk in orders.waiting(WORKS, timezone.now()):
                pool.submit(_apart, pk)

        def tidy() -> None:
            orders.forget(timezone.now())

        with going_on(Round("orders", look, LOOK), Round("old orders", tidy, 600.0)):
            yield


def _apart(pk: int) -> None:
    try:
        carry_out(pk)
    except Exception:
        log.exception("an order could not be carried out")
    finally:
        close_old_connections()
