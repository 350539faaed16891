"""Zendesk: users and tickets, by its ticketing interface, version 2.

A call is a solved ticket, a call back an open one; both carry our mark as their external id, and are
sent with it as the key that makes a repeated request the same one. Source: Zendesk's reference of
users, tickets and idempotency. Deals are in another product, and are not read.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any

from everycall.crm.asking import Remote
from everycall.recovery.contacts import CallbackTask, CallNote, national, same_line
from everycall.settings import setting

_CLOSED = ("solved", "closed", "deleted")


@dataclass(frozen=True)
class Zendesk:
    """Zendesk."""

    address: str = setting(doc="Your address there, such as https://mycompany.zendesk.com.")
    user: str = setting(doc="The mail address of the agent whose token it is.")
    secret: str = setting(doc="An API token.")
    owner: str = setting("", doc="The id of the agent who gets the tasks; empty: nobody yet.")

    @cached_property
    def _remote(self) -> Remote:
        key = base64.b64encode(f"{self.user}/token:{self.secret}".encode()).decode()
        return Remote("Zendesk", self.address, {"Authorization": f"Basic {key}"})

    def check(self) -> str:
        """Return who we are over there: that the key works."""
        found = (self._remote.get("/api/v2/users/me.json") or {}).get("user") or {}
        return f"{found.get('name', '?')}, {found.get('role', '?')}"

    def find_contact(self, number: str) -> str | None:
        """Return the user with a number, however the number is written over there."""
        for query in (f"phone:{number}", f"phone:*{national(number)}"):
            found = self._remote.get("/api/v2/users/search.json", query=query) or {}
            for user in found.get("users", ()):
                if same_line(number, user.get("phone") or ""):
                    return str(user["id"])
        return None

    def add_contact(self, number: str, mark: str) -> str:
        """Make an end user of an unknown caller; the mark makes a second request find the first."""
        user = {"name": number, "phone": number, "external_id": mark, "skip_verify_email": True}
        made = self._remote.post("/api/v2/users/create_or_update.json", {"user": user})
        return str(made["user"]["id"])

    def address_of(self, contact: str) -> str | None:
        """Return the mail address of a user."""
        found = self._remote.get(f"/api/v2/users/{contact}.json") or {}
        return (found.get("user") or {}).get("email") or None

    def page_of(self, contact: str) -> str:
        """Return where a user opens."""
        return f"{self.address}/agent/users/{contact}/requested_tickets"

    def find_call(self, contact: str, mark: str) -> str | None:
        """Return the ticket that carries a mark."""
        found = self._remote.get("/api/v2/tickets.json", external_id=mark) or {}
        return next((str(ticket["id"]) for ticket in found.get("tickets", ())), None)

    def add_call(self, contact: str, call: CallNote) -> str:
        """Put a call into a user's history, as a ticket that is solved."""
        return self._add(contact, call, {"status": "solved", "assignee_id": self._agent()})

    def find_task(self, contact: str, mark: str) -> str | None:
        """Return the ticket that carries a mark."""
        return self.find_call(contact, mark)

    def add_task(self, contact: str, task: CallbackTask) -> str:
        """Open a "Call back" ticket."""
        due_at = task.due_at.astimezone(UTC).isoformat()
        told: dict[str, Any] = {"status": "open", "type": "task", "due_at": due_at}
        told |= {"priority": "high", **({"assignee_id": int(self.owner)} if self.owner else {})}
        return self._add(contact, task, told)

    def close_task(self, task: str, why: str) -> None:
        """Solve a ticket, saying why; one that is solved already stays so."""
        if self.is_open(task):
            said: dict[str, Any] = {"status": "solved", "assignee_id": self._agent()}
            said |= {"comment": {"body": why, "public": False}}
            self._remote.change(f"/api/v2/tickets/{task}.json", {"ticket": said}, "PUT")

    def is_open(self, task: str) -> bool:
        """Tell whether nobody has solved a ticket over there; one that was deleted is closed."""
        found = self._remote.get(f"/api/v2/tickets/{task}.json")
        return found is not None and found["ticket"]["status"] not in _CLOSED

    def _agent(self) -> int:
        """Return who solves tickets: nothing is solved there by nobody."""
        return int(self.owner or self._remote.get("/api/v2/users/me.json")["user"]["id"])

    def _add(self, contact: str, what: CallNote | CallbackTask, told: Mapping[str, Any]) -> str:
        ticket = {
            "subject": what.title,
            "comment": {"body": f"{what.text}\n{what.link}", "public": False},
            "requester_id": int(contact),
            "external_id": what.mark,
            "tags": ["everycall"],
            **told,
        }
        headers = {"Idempotency-Key": what.mark}
        made = self._remote.post("/api/v2/tickets.json", {"ticket": ticket}, headers)
        return str(made["ticket"]["id"])
