"""Telling missed callers by mail where no text reaches them: once, by an address that somebody gave."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from everycall.app.site.sitefile import SiteFile
from everycall.channels.mail import Mail
from everycall.errors import BadSettingsError, NotTakenError, RefusedError, UnclearError
from everycall.records.alerts import Channel
from everycall.records.crm import CrmAccount, CrmItem
from everycall.records.jobs import Work, enqueue
from everycall.records.promises import Promise
from everycall.records.texts import (
    CallerAddress,
    Text,
    address_of,
    begin_sending,
    has_opted_out,
    keep_address,
    new_link,
    queue_text,
    sent,
    to_send,
)
from everycall.recovery import State
from everycall.recovery.contacts import AddressBook, mark_of
from everycall.recovery.mailing import STALE, MailBack, MailSettings, mail_back
from everycall.web.reading import Reader, site_reader
from everycall.web.work.carrying import hand
from everycall.web.work.crm import crm_of
from everycall.web.work.texting import decide, put_off, still_due

ASKED_AGAIN = timedelta(days=1)
"""A CRM that knew no address is asked again after so long."""

AT_ONCE = 100
"""So many addresses are asked for in one round; the latest callers first."""


def channel_of(terms: MailSettings) -> Channel | None:
    """Return the mail channel that carries mails to callers."""
    found = Channel.objects.filter(kind="mail", removed_at=None)
    return found.filter(name=terms.channel).first() if terms.channel else found.first()


def mails_of(site: SiteFile, client: str) -> MailSettings:
    """Return how mails are sent for a brand: as it says itself, else as the site does."""
    own = site.clients[client].mails if client in site.clients else None
    return site.mails if own is None else own


def mail_the_missed(reader: Reader, now: datetime) -> int:
    """Queue the mails that are due, and have CRMs asked for addresses; returns how many mails."""
    site = reader.settings()
    if not _anywhere(site):
        return 0
    waiting = Promise.objects.filter(
        state=State.WAITING.value,
        missed_at__gt=now - STALE,
        caller__startswith="+",
        misses__gte=1,
    ).exclude(texts__kind__in=["missed", "link"])
    known = CallerAddress.objects.filter(caller=OuterRef("caller"), client=OuterRef("client"))
    if CrmAccount.objects.filter(removed_at=None).exists():
        lately = known.filter(Q(at__gt=now - ASKED_AGAIN) | ~Q(address=""))
        for promise in waiting.exclude(Exists(lately)).order_by("-missed_at")[:AT_ONCE]:
            _have_asked(promise, site, now)
    found = waiting.filter(Exists(known.exclude(address="")))
    return sum(_tell(promise, site, now) for promise in found)


def _anywhere(site: SiteFile) -> bool:
    return site.mails.on or any(
        client.mails and client.mails.on for client in site.clients.values()
    )


def _tell(promise: Promise, site: SiteFile, now: datetime) -> bool:
    decided, known = _decided(promise, site, now), address_of(promise.caller, promise.client)
    if decided.at is None or decided.at > now or known is None:
        return False
    return _queue(promise, site, known.address, "missed", "", now)


def _decided(promise: Promise, site: SiteFile, now: datetime) -> MailBack:
    terms = mails_of(site, promise.client)
    if channel_of(terms) is None:
        return MailBack(None, "no mail channel is there")
    return mail_back(
        promise.plain(),
        terms,
        opted_out=has_opted_out(promise.caller, promise.client),
        texted=decide(promise, site, now).at is not None,
        now=now,
    )


def _have_asked(promise: Promise, site: SiteFile, now: datetime) -> None:
    """Have the CRMs of a brand asked for the address of a caller who would get a mail."""
    if mails_of(site, promise.client).from_crm and _decided(promise, site, now).at is not None:
        for account in _accounts(promise.client):
            key = f"crm-address:{account.pk}:{promise.pk}"
            enqueue("crm-address", key=key, account=account.pk, promise=promise.pk)


def _accounts(client: str) -> list[CrmAccount]:
    return list(CrmAccount.objects.filter(removed_at=None, client__in={client, ""}))


def look_up(account: int, promise: int) -> None:
    """Ask a CRM for the mail address of a caller, and note also that it knows none; a job."""
    row = CrmAccount.objects.filter(pk=account, removed_at=None).first()
    owed = Promise.objects.filter(pk=promise).first()
    if row is None or owed is None:
        return
    address, known = _asked(row, owed.caller), address_of(owed.caller, owed.client)
    if address or known is None or not known.address:
        keep_address(owed.caller, owed.client, address or "", row.kind, timezone.now())


def _asked(row: CrmAccount, caller: str) -> str | None:
    crm: Any = crm_of(row)
    book = crm if isinstance(crm, AddressBook) else None
    if book is None:
        return None
    made = CrmItem.objects.filter(account=row, mark=mark_of("contact", caller)).first()
    contact = (made.remote if made is not None else "") or crm.find_contact(caller)
    return book.address_of(contact) if contact else None


def send_link(promise: Promise, site: SiteFile, address: str, who: str) -> bool:
    """Queue the mail that somebody asked for; False if there is no way, or it was sent before.

    Who asks says that the caller agreed to it; whoever wants no messages gets none even so.
    """
    terms, now = mails_of(site, promise.client), timezone.now()
    keep_address(promise.caller, promise.client, address, who, now)
    barred = has_opted_out(promise.caller, promise.client)
    if barred or channel_of(terms) is None or promise.texts.exclude(address="").exists():
        return False
    return _queue(promise, site, address, "link", who, now)


def _queue(
    promise: Promise, site: SiteFile, address: str, kind: str, who: str, now: datetime
) -> bool:
    terms, brand = mails_of(site, promise.client), site.clients.get(promise.client)
    wording = terms.wording((promise.language, brand.language if brand else None))
    with transaction.atomic():
        secret = new_link(promise, wording.language, now + terms.link_lasts)
        told = {"brand": promise.client, "link": _address(secret)}
        mail = Text(
            promise=promise,
            kind=kind,
            number=promise.caller,
            client=promise.client,
            address=address,
            language=wording.language,
            title=wording.title.format(**told).removeprefix(": ")[:200],
            body=f"{wording.body.format(**told).strip()}\n",
            who=who,
            at=now,
        )
        if not queue_text(mail):
            transaction.set_rollback(True)
            return False
        return enqueue("mail", key=f"mail:{mail.pk}", mail=mail.pk)


def _address(secret: str) -> str:
    return f"{settings.ADDRESS}{reverse('caller', args=[secret])}"


def send(mail: int) -> None:
    """Send a mail; a job, which may run twice, and sends once at most.

    Raises:
        NotTakenError: it was surely not sent.
    """
    found = to_send(mail)
    if found is None:
        return
    by, needed = _by(found), still_due(found)
    if not begin_sending(found):
        return
    if by is None:
        sent(mail, "refused", error="no mail channel is there any more")
        return
    if not needed:
        sent(mail, "refused", error="it was no longer needed")
        return
    try:
        by.send_once(f"told-{mail}", found.address, found.title, found.body, _headers(found))
    except NotTakenError as error:
        sent(mail, "queued", error=str(error))
        raise
    except (RefusedError, UnclearError) as error:
        sent(mail, error.id, error=str(error))
    else:
        sent(mail, "sent")


def _by(mail: Text) -> Mail | None:
    """Return what sends a mail; wrong settings can be put right, and it is sent then."""
    try:
        channel = channel_of(mails_of(site_reader().settings(), mail.client))
        by = hand(channel) if channel is not None else None
    except BadSettingsError as error:
        raise put_off(mail, error) from None
    return by if isinstance(by, Mail) else None


def _headers(mail: Text) -> dict[str, str]:
    """Return what mail programs show a button for: one click, and no more messages."""
    link = next((word for word in mail.body.split() if "/c/" in word), "")
    return {
        "Content-Language": mail.language,
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


WORK: dict[str, Work] = {"mail": send, "crm-address": look_up}
"""What jobs may ask of mails, by name."""
