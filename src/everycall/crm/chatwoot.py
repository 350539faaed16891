"""Chatwoot: contacts and conversations in an inbox of the API kind, by its application interface.

A call is a resolved conversation, a call back an open one; the mark is a custom attribute of it.
Source: Chatwoot's reference of contacts, conversations and messages. Chatwoot knows no deals.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from everycall.crm.asking import Remote
from everycall.recovery.contacts import CallbackTask, CallNote, national, same_line
from everycall.settings import setting

_MARK = "everycall"


@dataclass(frozen=True)
class Chatwoot:
    """Chatwoot."""

    address: str = setting(doc="Where your Chatwoot is, such as https://chat.mycompany.org.")
    account: str = setting(doc="The number of the account.")
    inbox: str = setting(doc="The number of an inbox of the API kind.")
    secret: str = setting(doc="The access token of an agent.")
    owner: str = setting("", doc="The id of the agent who gets the tasks; empty: nobody yet.")

    @cached_property
    def _remote(self) -> Remote:
        return Remote("Chatwoot", self.address, {"api_access_token": self.secret})

    def _path(self, rest: str) -> str:
        return f"/api/v1/accounts/{self.account}/{rest}"

    def check(self) -> str:
        """Return who we are over there: that the key works."""
        found = self._remote.get(self._path(f"inboxes/{self.inbox}")) or {}
        return f"inbox {found.get('name', '?')}"

    def find_contact(self, number: str) -> str | None:
        """Return the contact with a number, however the number is written over there."""
        for query in (number, national(number)):
            found = self._remote.get(self._path("contacts/search"), q=query) or {}
            for contact in found.get("payload", ()):
                if same_line(number, contact.get("phone_number") or ""):
                    return str(contact["id"])
        return None

    def add_contact(self, number: str, mark: str) -> str:
        """Make a contact of an unknown caller."""
        told = {"inbox_id": int(self.inbox), "name": number, "phone_number": number}
        made = self._remote.post(self._path("contacts"), told | {"identifier": mark})
        return str(made["payload"]["contact"]["id"])

    def address_of(self, contact: str) -> str | None:
        """Return the mail address of a contact."""
        found = self._remote.get(self._path(f"contacts/{contact}")) or {}
        return (found.get("payload") or {}).get("email") or None

    def page_of(self, contact: str) -> str:
        """Return where a contact opens."""
        return f"{self.address}/app/accounts/{self.account}/contacts/{contact}"

    def find_call(self, contact: str, mark: str) -> str | None:
        """Return the conversation of a contact that carries a mark."""
        found = self._remote.get(self._path(f"contacts/{contact}/conversations")) or {}
        for conversation in found.get("payload", ()):
            if (conversation.get("custom_attributes") or {}).get(_MARK) == mark:
                return str(conversation["id"])
        return None

    def add_call(self, contact: str, call: CallNote) -> str:
        """Put a call into a contact's history, as a conversation that is resolved."""
        return self._add(contact, call, {"status": "resolved"})

    def find_task(self, contact: str, mark: str) -> str | None:
        """Return the conversation of a contact that carries a mark."""
        return self.find_call(contact, mark)

    def add_task(self, contact: str, task: CallbackTask) -> str:
        """Open a "Call back" conversation."""
        owner = {"assignee_id": int(self.owner)} if self.owner else {}
        return self._add(contact, task, {"status": "open", **owner})

    def close_task(self, task: str, why: str) -> None:
        """Resolve a conversation, saying why; one that is resolved already stays so."""
        if self.is_open(task):
            said = {"content": why, "message_type": "outgoing", "private": True}
            self._remote.post(self._path(f"conversations/{task}/messages"), said)
            path = self._path(f"conversations/{task}/toggle_status")
            self._remote.post(path, {"status": "resolved"})

    def is_open(self, task: str) -> bool:
        """Tell whether nobody has resolved it over there; one that was deleted is closed."""
        found = self._remote.get(self._path(f"conversations/{task}"))
        return found is not None and found["status"] != "resolved"

    def _add(self, contact: str, what: CallNote | CallbackTask, told: dict[str, Any]) -> str:
        body = {
            "inbox_id": int(self.inbox),
            "contact_id": int(contact),
            "custom_attributes": {_MARK: what.mark},
            "message": {"content": f"{what.title}\n{what.text}\n{what.link}"},
            **told,
        }
        return str(self._remote.post(self._path("conversations"), body)["id"])
