"""Zammad: users and tickets, by its REST interface.

A ticket has no field for a stranger's id, so the mark stands at the end of its title, where the
tickets of the customer are looked through for it: that needs no search index. Source: Zammad's
documentation of users, tickets and articles. Zammad knows no deals.
"""

from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any

from everycall.crm.asking import Remote
from everycall.recovery.contacts import CallbackTask, CallNote, national, same_line
from everycall.settings import setting

_CLOSED = ("closed", "merged", "removed")


@dataclass(frozen=True)
class Zammad:
    """Zammad."""

    address: str = setting(doc="Where your Zammad is, such as https://help.mycompany.org.")
    secret: str = setting(doc="An access token with the rights ticket.agent and admin.user.")
    group: str = setting("Users", doc="The group that gets the tickets.")
    owner: str = setting("", doc="The id of the agent who gets the tasks; empty: nobody yet.")

    @cached_property
    def _remote(self) -> Remote:
        return Remote("Zammad", self.address, {"Authorization": f"Token token={self.secret}"})

    def check(self) -> str:
        """Return who we are over there: that the key works."""
        found = self._remote.get("/api/v1/users/me") or {}
        return str(found.get("login", "?"))

    def find_contact(self, number: str) -> str | None:
        """Return the user with a number, however the number is written over there."""
        for query in (number, f"*{national(number)}*"):
            for user in self._remote.get("/api/v1/users/search", query=query, limit=50) or ():
                written = (user.get("phone") or "", user.get("mobile") or "")
                if any(same_line(number, one) for one in written):
                    return str(user["id"])
        return None

    def add_contact(self, number: str, mark: str) -> str:
        """Make a customer of an unknown caller."""
        user = {"firstname": "", "lastname": number, "phone": number, "roles": ["Customer"]}
        return str(self._remote.post("/api/v1/users", user)["id"])

    def address_of(self, contact: str) -> str | None:
        """Return the mail address of a user."""
        return (self._remote.get(f"/api/v1/users/{contact}") or {}).get("email") or None

    def page_of(self, contact: str) -> str:
        """Return where a user opens."""
        return f"{self.address}/#user/profile/{contact}"

    def find_call(self, contact: str, mark: str) -> str | None:
        """Return the ticket of a customer that carries a mark."""
        found = self._remote.get("/api/v1/ticket_customer", customer_id=contact) or {}
        tickets = (found.get("assets") or {}).get("Ticket") or {}
        return next((id_ for id_, ticket in tickets.items() if mark in ticket["title"]), None)

    def add_call(self, contact: str, call: CallNote) -> str:
        """Put a call into a customer's history, as a ticket that is closed."""
        return self._add(contact, call, {"state": "closed"})

    def find_task(self, contact: str, mark: str) -> str | None:
        """Return the ticket of a customer that carries a mark."""
        return self.find_call(contact, mark)

    def add_task(self, contact: str, task: CallbackTask) -> str:
        """Open a "Call back" ticket, which asks for attention again when it is due."""
        due_at = f"{task.due_at.astimezone(UTC):%FT%TZ}"
        told = {"state": "pending reminder", "pending_time": due_at, "priority": "3 high"}
        return self._add(
            contact, task, told | ({"owner_id": int(self.owner)} if self.owner else {})
        )

    def close_task(self, task: str, why: str) -> None:
        """Close a ticket, saying why; one that is closed already stays so."""
        if self.is_open(task):
            article = {"subject": "everycall", "body": why, "type": "note", "internal": True}
            self._remote.change(
                f"/api/v1/tickets/{task}", {"state": "closed", "article": article}, "PUT"
            )

    def is_open(self, task: str) -> bool:
        """Tell whether nobody has closed a ticket over there; one that was deleted is closed."""
        found = self._remote.get(f"/api/v1/tickets/{task}", expand="true")
        return found is not None and found["state"] not in _CLOSED

    def _add(self, contact: str, what: CallNote | CallbackTask, told: dict[str, Any]) -> str:
        article = {"subject": what.title, "body": f"{what.text}\n{what.link}", "type": "phone"}
        ticket = {
            "title": f"{what.title} ({what.mark})",
            "group": self.group,
            "customer_id": int(contact),
            "article": article | {"internal": True},
            **told,
        }
        return str(self._remote.post("/api/v1/tickets", ticket)["id"])
