"""Keeping a CRM in step with the calls: each contact, call and task is made there once.

Making something over there and noting its id here are two steps, and a program may die between
them. So the mark is claimed here first; whoever comes to a claim that somebody left behind looks
for the mark over there before making anything again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from everycall.app.history.asking import Asking
from everycall.clock import from_micros, to_micros
from everycall.errors import LaterError, RefusedError
from everycall.recovery.contacts import CallbackTask, CallNote, Claim, Crm, Marks, mark_of


@dataclass(frozen=True, slots=True)
class CrmSync:
    """One CRM, and what we made in it."""

    crm: Crm
    marks: Marks

    def contact(self, number: str) -> str:
        """Return the contact with a number; an unknown caller becomes one."""
        mark = mark_of("contact", number)
        with self._claimed(mark, "contact") as claim:
            found = claim.made or self.crm.find_contact(number)
            return self._kept(claim, mark, found or self.crm.add_contact(number, mark))

    def call(self, note: CallNote) -> str:
        """Put a call into the history of its contact, once."""
        contact = self.contact(note.number)
        with self._claimed(note.mark, "call") as claim:
            found = claim.made or (claim.left and self.crm.find_call(contact, note.mark))
            return self._kept(claim, note.mark, found or self.crm.add_call(contact, note))

    def task(self, task: CallbackTask) -> str:
        """Open the task of a promise, once."""
        contact = self.contact(task.number)
        with self._claimed(task.mark, "task") as claim:
            found = claim.made or (claim.left and self.crm.find_task(contact, task.mark))
            return self._kept(claim, task.mark, found or self.crm.add_task(contact, task))

    def _kept(self, claim: Claim, mark: str, made: str) -> str:
        if claim.made is None:
            self.marks.keep(mark, made)
        return made

    @contextmanager
    def _claimed(self, mark: str, kind: str) -> Iterator[Claim]:
        """Claim a mark; where the other side said no to a first try, nothing was made."""
        claim = self.marks.claim(mark, kind)
        try:
            yield claim
        except (LaterError, RefusedError):
            if claim.made is None and not claim.left:
                self.marks.drop(mark)
            raise


_CALLS = """
SELECT call_id, direction, caller_key, client, arrived_at, ended_at, outcome, answered, talk_ms,
  answered_agent, first_queue
FROM calls
WHERE ended_at >= ? AND outcome <> 'pending' AND direction IN ('inbound', 'outbound')
  AND STARTS_WITH(caller_key, '+')
ORDER BY ended_at, call_id
"""


def notes(
    asking: Asking, since: datetime, clients: Iterable[str], link: Callable[[str], str]
) -> Iterator[CallNote]:
    """Yield the calls with a number that ended since a moment, of some brands or, if none, of all."""
    wanted = set(clients)
    for row in asking.rows(_CALLS, [to_micros(since)]):
        call_id, direction, number, client, arrived_at, ended_at, outcome, *more = row
        if wanted and client not in wanted:
            continue
        answered, talk_ms, agent, queue = more
        words = outcome.replace("_", " ")
        where = [f"queue {queue}" if queue else "", f"with {agent}" if agent else ""]
        yield CallNote(
            mark_of("call", call_id),
            number,
            direction == "inbound",
            from_micros(arrived_at),
            from_micros(ended_at),
            talk_ms,
            answered,
            f"{'Call' if direction == 'inbound' else 'Our call'}: {words}",
            ", ".join(filter(None, [words, *where])),
            link(call_id),
        )
