"""What other programs hold of a caller, for their card: their page in the CRM, messages they left."""

from typing import Any
from weakref import WeakKeyDictionary

from django.urls import reverse

from everycall.app.history.asking import Asking, Filter
from everycall.app.keeping.recordings import recordings_of
from everycall.errors import EverycallError
from everycall.records.crm import CrmAccount, CrmItem
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.recovery.contacts import AddressBook, mark_of
from everycall.web.reading import site_reader
from everycall.web.scope import clients_of, within
from everycall.web.wording.writing import moment, shown_call
from everycall.web.work.crm import crm_of

LATEST = 20
"""So many of the latest calls are looked at for a message."""

SHOWN = 10
"""So many of them are listed."""

CARDS = 100
"""The calls of so many callers are remembered, until the history has a new state."""

_FOUND: WeakKeyDictionary[Asking, dict[Filter, list[dict[str, Any]]]] = WeakKeyDictionary()


def crm_pages(caller: str, person: Person) -> list[dict[str, str]]:
    """Return where a caller opens in the CRMs of the brands that somebody may see; nobody is asked."""
    if not person.may(Right.REVEAL_NUMBERS):
        return []  # over there the number stands in full
    mine = clients_of(person)
    found = CrmItem.objects.filter(mark=mark_of("contact", caller), account__removed_at=None)
    items = found.exclude(remote="").select_related("account").order_by("account_id")
    pages = ((item.account, _page(item)) for item in items if _is_theirs(item.account, tuple(mine)))
    return [{"name": str(account), "url": page} for account, page in pages if page]


def _is_theirs(account: CrmAccount, mine: tuple[str, ...]) -> bool:
    return not mine or not account.client or account.client in mine


def _page(item: CrmItem) -> str:
    try:
        crm = crm_of(item.account)
    except EverycallError:
        return ""
    page = crm.page_of(item.remote) if isinstance(crm, AddressBook) else None
    return page if page is not None and page.startswith(("https://", "http://")) else ""


def calls_of(caller: str, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return the latest calls of a caller that somebody may see, and the messages left in them.

    The newest are first; with each message stands where it is heard.
    """
    reader = site_reader()
    if not reader.has_calls():
        return {"history": [], "left": []}
    terms = reader.settings().recordings
    wanted = within(Filter(callers=(caller,), limit=LATEST, newest_first=True), person)
    with reader.asking() as asking:
        found = _found(asking, wanted)
        missed = [c for c in found if c["direction"] == "inbound" and not c["answered"]]
        return {
            "history": [shown_call(call, person) for call in found[:SHOWN]],
            "left": [
                {
                    "at": moment(call["arrived_at"]),
                    "call": call["call_id"],
                    "sound": reverse("message", args=[call["call_id"], number]),
                }
                for call, told in zip(missed, recordings_of(asking, missed, terms), strict=True)
                for number, kept in enumerate(told)
                if kept.message
            ],
        }


def _found(asking: Asking, wanted: Filter) -> list[dict[str, Any]]:
    """Return calls of a state of the history; a card that renews itself asks for them but once."""
    known = _FOUND.setdefault(asking, {})
    if wanted not in known:
        while len(known) >= CARDS:
            del known[next(iter(known))]
        known[wanted] = list(asking.calls(wanted, evidence=False, parts=False))
    return known[wanted]
