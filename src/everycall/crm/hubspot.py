"""HubSpot: contacts, calls, tasks and won deals, by the CRM objects interface, version 3.

Source: HubSpot's reference of CRM objects, search and associations; association types 194 (call to
contact) and 204 (task to contact) are HubSpot's own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from everycall.crm.asking import Remote
from everycall.recovery.contacts import CallbackTask, CallNote, Deal, national, same_line
from everycall.settings import setting

_PHONES = ("phone", "mobilephone")
_CALL_TO_CONTACT = 194
_TASK_TO_CONTACT = 204


@dataclass(frozen=True)
class HubSpot:
    """HubSpot."""

    secret: str = setting(
        doc="The token of a private app that may read and write contacts, and read deals."
    )
    owner: str = setting("", doc="The id of the owner of unknown callers and their tasks.")
    portal: str = setting("", doc="The number of your portal; with it, cards link to contacts.")
    address: str = setting("https://api.hubapi.com", doc="Where its interface listens.")

    @cached_property
    def _remote(self) -> Remote:
        return Remote("HubSpot", self.address, {"Authorization": f"Bearer {self.secret}"})

    def check(self) -> str:
        """Return who we are over there: that the key works."""
        found = self._remote.get("/account-info/v3/details") or {}
        return f"portal {found.get('portalId', '?')}"

    def find_contact(self, number: str) -> str | None:
        """Return the contact with a number, however the number is written over there."""
        wanted = [("hs_searchable_calculated_phone_number", national(number))]
        wanted += [(name, number) for name in _PHONES]
        for found in self._search("contacts", wanted, _PHONES):
            if any(same_line(number, found["properties"].get(name) or "") for name in _PHONES):
                return str(found["id"])
        return None

    def add_contact(self, number: str, mark: str) -> str:
        """Make a contact of an unknown caller; it belongs to the fallback owner."""
        return self._add("contacts", {"phone": number, "lastname": number, **self._owned()})

    def address_of(self, contact: str) -> str | None:
        """Return the mail address of a contact."""
        found = self._remote.get(f"/crm/v3/objects/contacts/{contact}", properties="email")
        return (found or {}).get("properties", {}).get("email") or None

    def page_of(self, contact: str) -> str | None:
        """Return where a contact opens; HubSpot leads on to where the portal lies."""
        if not self.portal:
            return None
        return f"https://app.hubspot.com/contacts/{self.portal}/record/0-1/{contact}"

    def find_call(self, contact: str, mark: str) -> str | None:
        """Return the call that carries a mark."""
        return self._marked("calls", "hs_call_body", mark)

    def add_call(self, contact: str, call: CallNote) -> str:
        """Put a call into a contact's history."""
        status = {True: "COMPLETED", False: "NO_ANSWER", None: "CALLING_CRM_USER"}[call.answered]
        told = {
            "hs_timestamp": call.began_at.isoformat(),
            "hs_call_title": call.title,
            "hs_call_body": f"{call.text}\n{call.link}\n{call.mark}",
            "hs_call_direction": "INBOUND" if call.inbound else "OUTBOUND",
            "hs_call_status": status,
            "hs_call_from_number" if call.inbound else "hs_call_to_number": call.number,
        }
        if call.talk_ms is not None:
            told["hs_call_duration"] = str(call.talk_ms)
        return self._add("calls", told, contact, _CALL_TO_CONTACT)

    def find_task(self, contact: str, mark: str) -> str | None:
        """Return the task that carries a mark."""
        return self._marked("tasks", "hs_task_body", mark)

    def add_task(self, contact: str, task: CallbackTask) -> str:
        """Open a "Call back" task."""
        told = {
            "hs_timestamp": task.due_at.isoformat(),
            "hs_task_subject": task.title,
            "hs_task_body": f"{task.text}\n{task.link}\n{task.mark}",
            "hs_task_status": "NOT_STARTED",
            "hs_task_type": "CALL",
            "hs_task_priority": "HIGH",
            **self._owned(),
        }
        return self._add("tasks", told, contact, _TASK_TO_CONTACT)

    def close_task(self, task: str, why: str) -> None:
        """Close a task; HubSpot's history of the property says when."""
        self._remote.change(
            f"/crm/v3/objects/tasks/{task}", {"properties": {"hs_task_status": "COMPLETED"}}
        )

    def is_open(self, task: str) -> bool:
        """Tell whether nobody has closed a task over there; one that was deleted is closed."""
        found = self._remote.get(f"/crm/v3/objects/tasks/{task}", properties="hs_task_status")
        return found is not None and found["properties"].get("hs_task_status") != "COMPLETED"

    def deals(self, since: datetime) -> Iterator[Deal]:
        """Return what was won since a moment."""
        told = ("amount", "deal_currency_code", "closedate")
        filters = [
            {"propertyName": "hs_is_closed_won", "operator": "EQ", "value": "true"},
            {"propertyName": "closedate", "operator": "GTE", "value": since.isoformat()},
        ]
        for found in self._pages("deals", [{"filters": filters}], told):
            yield from self._deal(found)

    def _deal(self, found: Mapping[str, Any]) -> Iterator[Deal]:
        said = found["properties"]
        if said.get("amount") and said.get("closedate"):
            won_at = datetime.fromisoformat(said["closedate"])
            numbers = tuple(self._numbers_of(found["id"]))
            currency = said.get("deal_currency_code")
            yield Deal(str(found["id"]), numbers, float(said["amount"]), currency, won_at)

    def _numbers_of(self, deal: str) -> Iterator[str]:
        tied = self._remote.get(f"/crm/v4/objects/deals/{deal}/associations/contacts") or {}
        for one in tied.get("results", ()):
            path = f"/crm/v3/objects/contacts/{one['toObjectId']}"
            found = self._remote.get(path, properties=",".join(_PHONES)) or {"properties": {}}
            yield from filter(None, (found["properties"].get(name) for name in _PHONES))

    def _owned(self) -> dict[str, str]:
        return {"hubspot_owner_id": self.owner} if self.owner else {}

    def _add(
        self, kind: str, told: Mapping[str, str], contact: str | None = None, tie: int = 0
    ) -> str:
        body: dict[str, Any] = {"properties": told}
        if contact is not None:
            tied = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": tie}
            body["associations"] = [{"to": {"id": contact}, "types": [tied]}]
        return str(self._remote.post(f"/crm/v3/objects/{kind}", body)["id"])

    def _marked(self, kind: str, name: str, mark: str) -> str | None:
        holds = {"propertyName": name, "operator": "CONTAINS_TOKEN", "value": mark}
        found = next(self._pages(kind, [{"filters": [holds]}], (name,)), None)
        return None if found is None else str(found["id"])

    def _search(
        self, kind: str, wanted: Iterable[tuple[str, str]], told: Iterable[str]
    ) -> Iterator[Any]:
        groups = [
            {"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}
            for name, value in wanted
        ]
        return self._pages(kind, groups, told)

    def _pages(self, kind: str, groups: list[Any], told: Iterable[str]) -> Iterator[Any]:
        after: str | None = None
        while True:
            body = {"filterGroups": groups, "properties": list(told), "limit": 100}
            body |= {"after": after} if after else {}
            page = self._remote.post(f"/crm/v3/objects/{kind}/search", body)
            yield from page["results"]
            after = page.get("paging", {}).get("next", {}).get("after")
            if after is None:
                return
