"""A CRM of any kind behind one address: it gets each contact, call and task as signed JSON.

The other side knows what it has by the mark, which every message carries: the same mark is the same
thing, however often it comes. It cannot be asked, so a task is closed over there by our interface.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from everycall.clock import system_clock
from everycall.recovery.contacts import CallbackTask, CallNote
from everycall.settings import setting
from everycall.wire.outgoing import Outgoing


@dataclass(frozen=True)
class Webhook:
    """A webhook of your own."""

    address: str = setting(doc="Where to; https, unless it lies inside this network.")
    secret: str = setting("", doc="The key of the signature; it is kept encrypted.")
    owner: str = setting("", doc="The owner of unknown callers and their tasks, in your words.")
    inside: bool = setting(
        default=False, doc="Whether the address may lie inside this network; the owner decides."
    )

    def check(self) -> str:
        """Send a message that says that all is well."""
        self._send("check", "check", {})
        return "the address took a signed message"

    def find_contact(self, number: str) -> str | None:
        """Return nothing: the other side finds its contact by the number."""
        return None

    def add_contact(self, number: str, mark: str) -> str:
        """Say that somebody called."""
        return self._send("contact", mark, {"number": number, "owner": self.owner or None})

    def find_call(self, contact: str, mark: str) -> str | None:
        """Return nothing: the other side knows the mark."""
        return None

    def add_call(self, contact: str, call: CallNote) -> str:
        """Say what a call was."""
        told = {
            "number": call.number,
            "inbound": call.inbound,
            "began_at": _written(call.began_at),
            "ended_at": _written(call.ended_at),
            "talk_ms": call.talk_ms,
            "answered": call.answered,
            "title": call.title,
            "text": call.text,
            "link": call.link,
        }
        return self._send("call", call.mark, told)

    def find_task(self, contact: str, mark: str) -> str | None:
        """Return nothing: the other side knows the mark."""
        return None

    def add_task(self, contact: str, task: CallbackTask) -> str:
        """Say that somebody has to be called back."""
        told = {
            "number": task.number,
            "due_at": _written(task.due_at),
            "title": task.title,
            "text": task.text,
            "link": task.link,
            "owner": self.owner or None,
        }
        return self._send("task.opened", task.mark, told)

    def close_task(self, task: str, why: str) -> None:
        """Say that nobody has to be called back any more."""
        self._send("task.closed", task, {"why": why})

    def is_open(self, task: str) -> bool:
        """Return yes: the other side cannot be asked."""
        return True

    def _send(self, kind: str, mark: str, told: dict[str, Any]) -> str:
        body = json.dumps({"type": kind, "mark": mark, **told}).encode()
        to = Outgoing(self.address, self.secret, self.inside)
        to.send(f"{kind}-{mark}", int(system_clock().timestamp()), body)
        return mark


def _written(moment: datetime) -> str:
    return moment.isoformat()
