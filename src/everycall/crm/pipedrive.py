"""Pipedrive: persons, activities and won deals, by its interface, version 2.

Source: Pipedrive's reference of version 2. An activity has no field for a stranger's id, so the mark
stands in its note, and the activities of the person are looked through for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from everycall.crm.asking import Remote
from everycall.recovery.contacts import CallbackTask, CallNote, Deal, national, same_line
from everycall.settings import setting


@dataclass(frozen=True)
class Pipedrive:
    """Pipedrive."""

    address: str = setting(doc="Your company's address, such as https://mycompany.pipedrive.com.")
    secret: str = setting(doc="An API token of somebody who may see every person and activity.")
    owner: str = setting("", doc="The id of the user who owns unknown callers and their tasks.")

    @cached_property
    def _remote(self) -> Remote:
        return Remote("Pipedrive", self.address, {"x-api-token": self.secret})

    def check(self) -> str:
        """Return who we are over there: that the key works."""
        found = (self._remote.get("/api/v1/users/me") or {}).get("data") or {}
        return f"{found.get('name', '?')} of {found.get('company_name', '?')}"

    def find_contact(self, number: str) -> str | None:
        """Return the person with a number, however the number is written over there."""
        for found in self._pages("/api/v2/persons/search", term=national(number), fields="phone"):
            person = found["item"]
            if any(same_line(number, written) for written in person.get("phones", ())):
                return str(person["id"])
        return None

    def add_contact(self, number: str, mark: str) -> str:
        """Make a person of an unknown caller; it belongs to the fallback owner."""
        phones = [{"value": number, "primary": True, "label": "work"}]
        return self._add("persons", {"name": number, "phones": phones, **self._owned()})

    def address_of(self, contact: str) -> str | None:
        """Return the mail address of a person: the first one, where there are several."""
        found = (self._remote.get(f"/api/v2/persons/{contact}") or {}).get("data") or {}
        mails = sorted(found.get("emails") or (), key=lambda mail: not mail.get("primary"))
        return next((mail["value"] for mail in mails if mail.get("value")), None)

    def page_of(self, contact: str) -> str:
        """Return where a person opens."""
        return f"{self.address}/person/{contact}"

    def find_call(self, contact: str, mark: str) -> str | None:
        """Return the activity of a person that carries a mark."""
        for found in self._pages("/api/v2/activities", person_id=contact):
            if mark in (found.get("note") or ""):
                return str(found["id"])
        return None

    def add_call(self, contact: str, call: CallNote) -> str:
        """Put a call into a person's history, as an activity that is done."""
        began_at = call.began_at.astimezone(UTC)
        told: dict[str, Any] = {
            "subject": call.title,
            "type": "call",
            "done": True,
            "due_date": f"{began_at:%F}",
            "due_time": f"{began_at:%H:%M}",
            "note": _note(call.text, call.link, call.mark),
        }
        if call.talk_ms is not None:
            minutes = -(-call.talk_ms // 60_000)
            told["duration"] = f"{minutes // 60:02}:{minutes % 60:02}"
        return self._add("activities", told | self._with(contact))

    def find_task(self, contact: str, mark: str) -> str | None:
        """Return the activity of a person that carries a mark."""
        return self.find_call(contact, mark)

    def add_task(self, contact: str, task: CallbackTask) -> str:
        """Open a "Call back" activity."""
        due_at = task.due_at.astimezone(UTC)
        told = {
            "subject": task.title,
            "type": "call",
            "done": False,
            "due_date": f"{due_at:%F}",
            "due_time": f"{due_at:%H:%M}",
            "note": _note(task.text, task.link, task.mark),
        }
        return self._add("activities", told | self._with(contact) | self._owned())

    def close_task(self, task: str, why: str) -> None:
        """Mark an activity as done."""
        self._remote.change(f"/api/v2/activities/{task}", {"done": True})

    def is_open(self, task: str) -> bool:
        """Tell whether nobody has done an activity over there; one that was deleted is closed."""
        found = self._remote.get(f"/api/v2/activities/{task}")
        return found is not None and not found["data"]["done"]

    def deals(self, since: datetime) -> Iterator[Deal]:
        """Return what was won since a moment."""
        stamp = f"{since.astimezone(UTC):%FT%TZ}"
        for found in self._pages("/api/v2/deals", status="won", updated_since=stamp):
            won_at = found.get("won_time")
            if found.get("value") and won_at and datetime.fromisoformat(won_at) >= since:
                numbers = tuple(self._numbers_of(found.get("person_id")))
                value, moment = float(found["value"]), datetime.fromisoformat(won_at)
                yield Deal(str(found["id"]), numbers, value, found.get("currency"), moment)

    def _numbers_of(self, person: int | None) -> Iterator[str]:
        found = self._remote.get(f"/api/v2/persons/{person}") if person else None
        if found is not None:
            yield from (phone["value"] for phone in found["data"].get("phones", ()))

    def _owned(self) -> dict[str, int]:
        return {"owner_id": int(self.owner)} if self.owner else {}

    def _with(self, contact: str) -> dict[str, Any]:
        return {"participants": [{"person_id": int(contact), "primary": True}]}

    def _add(self, kind: str, told: dict[str, Any]) -> str:
        return str(self._remote.post(f"/api/v2/{kind}", told)["data"]["id"])

    def _pages(self, path: str, **query: Any) -> Iterator[Any]:
        cursor: str | None = None
        while True:
            page = self._remote.get(
                path, **query, limit=100, **({"cursor": cursor} if cursor else {})
            )
            found = (page or {}).get("data") or []
            yield from found["items"] if isinstance(found, dict) else found
            cursor = ((page or {}).get("additional_data") or {}).get("next_cursor")
            if not cursor:
                return


def _note(text: str, link: str, mark: str) -> str:
    return f"{text}<br>{link}<br>{mark}"
