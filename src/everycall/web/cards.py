"""What other programs hold of a caller, for their card: their page in the CRM, messages they left."""

from typing import Any

from django.urls import reverse

from everycall.app.history.asking import Filter
from everycall.app.keeping.recordings import recordings_of
from everycall.errors import EverycallError
from everycall.records.crm import CrmAccount, CrmItem
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.recovery.contacts import AddressBook, mark_of
from everycall.web.crm import crm_of
from everycall.web.pages import site_reader
from everycall.web.scope import clients_of, may_see, queues_of
from everycall.web.writing import moment

LATEST = 10
"""So many of the latest calls are looked at for a message."""


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


def messages_left(caller: str, person: Person) -> list[dict[str, Any]]:
    """Return the messages that a caller left, the newest first, and where each is heard."""
    reader = site_reader()
    if not reader.has_calls():
        return []
    terms = reader.settings().recordings
    wanted = Filter(callers=(caller,), directions=("inbound",), limit=LATEST, newest_first=True)
    with reader.asking() as asking:
        bound = bool(queues_of(person))
        calls = asking.calls(wanted, evidence=False, parts=bound)
        found = [call for call in calls if not call["answered"]]
        seen = [call for call in found if may_see(call, person, asking)]
        return [
            {
                "at": moment(call["arrived_at"]),
                "call": call["call_id"],
                "sound": reverse("message", args=[call["call_id"], number]),
            }
            for call, told in zip(seen, recordings_of(asking, seen, terms), strict=True)
            for number, kept in enumerate(told)
            if kept.message
        ]
