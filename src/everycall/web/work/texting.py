"""Telling missed callers by text, once, and taking their answers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from everycall.app.site.sitefile import SiteFile
from everycall.channels.sms import Gateway, Twilio
from everycall.errors import BadSettingsError, NotTakenError, RefusedError, UnclearError
from everycall.records.jobs import Work, enqueue
from everycall.records.promises import Promise
from everycall.records.texts import (
    Text,
    TextGateway,
    begin_sending,
    has_opted_out,
    keep_answer,
    new_link,
    opt_in,
    opt_out,
    queue_text,
    sent,
    to_send,
)
from everycall.recovery import State, open_states
from everycall.recovery.texting import STALE, TextBack, TextSettings, text_back
from everycall.recovery.wordings import is_start, is_stop
from everycall.settings import read_table
from everycall.web.reading import Reader

KINDS: dict[str, type[Twilio] | type[Gateway]] = {"twilio": Twilio, "gateway": Gateway}
"""What carries texts, by name."""

ANSWERED_WITHIN = timedelta(days=7)
"""An answer belongs to the latest promise of its number that is not older than this."""


def gateway_of(client: str) -> TextGateway | None:
    """Return what carries the texts of a brand: its own, else the one for all."""
    found = TextGateway.objects.filter(removed_at=None)
    return found.filter(client=client).first() or found.filter(client="").first()


def hand(row: TextGateway) -> Twilio | Gateway:
    """Return the hand of a gateway.

    Raises:
        BadSettingsError: its settings are wrong, every mistake named.
    """
    return read_table(KINDS[row.kind], row.given(), row.kind)


def tell_the_missed(reader: Reader, now: datetime) -> int:
    """Queue the texts that are due; returns how many."""
    site = reader.settings()
    waiting = Promise.objects.filter(
        state=State.WAITING.value,
        missed_at__gt=now - STALE,
        caller__startswith="+",
        misses__gte=1,
    ).exclude(texts__kind="missed")
    return sum(_tell(promise, site, now) for promise in waiting)


def texts_of(site: SiteFile, client: str) -> TextSettings:
    """Return how texts are sent for a brand: as it says itself, else as the site does."""
    own = site.clients[client].texts if client in site.clients else None
    return site.texts if own is None else own


def _tell(promise: Promise, site: SiteFile, now: datetime) -> bool:
    decided = decide(promise, site, now)
    if decided.at is None or decided.at > now:
        return False
    return _queue(promise, site, texts_of(site, promise.client), decided.sender, now)


def decide(promise: Promise, site: SiteFile, now: datetime) -> TextBack:
    """Decide about the text to a missed caller; without a gateway there is none."""
    terms, zone = texts_of(site, promise.client), site.zone or ZoneInfo("UTC")
    if gateway_of(promise.client) is None:
        return TextBack(None, "nothing carries texts")
    return text_back(
        promise.plain(),
        terms,
        site.promises.quiet,
        zone,
        opted_out=has_opted_out(promise.caller, promise.client),
        now=now,
    )


def _queue(
    promise: Promise, site: SiteFile, terms: TextSettings, sender: str, now: datetime
) -> bool:
    brand = site.clients.get(promise.client)
    language, words = terms.wording((promise.language, brand.language if brand else None))
    with transaction.atomic():
        secret = new_link(promise, language, now + terms.link_lasts)
        link = f"{settings.ADDRESS}{reverse('caller', args=[secret])}"
        text = Text(
            promise=promise,
            kind="missed",
            number=promise.caller,
            client=promise.client,
            sender=sender,
            language=language,
            body=words.format(brand=promise.client, link=link).removeprefix(": "),
            at=now,
        )
        if not queue_text(text):
            transaction.set_rollback(True)
            return False
        return enqueue("text", key=f"text:{text.pk}", text=text.pk)


def reply(promise: Promise, body: str, who: str) -> bool:
    """Queue somebody's answer to a caller who wrote to us; False if there is no way to send it."""
    last = promise.texts.exclude(kind="answer").filter(address="").last()
    if gateway_of(promise.client) is None or last is None:
        return False
    with transaction.atomic():
        text = Text(
            promise=promise,
            kind="reply",
            number=promise.caller,
            client=promise.client,
            sender=last.sender,
            language=last.language,
            body=body,
            who=who,
            at=timezone.now(),
        )
        queue_text(text)
        return enqueue("text", key=f"text:{text.pk}", text=text.pk)


def send(text: int) -> None:
    """Send a text; a job, which may run twice, and sends once at most.

    Raises:
        NotTakenError: it was surely not sent.
    """
    found = to_send(text)
    if found is None:
        return
    gateway = gateway_of(found.client)
    by = _ready(found, gateway) if gateway is not None else None
    needed = found.kind != "missed" or still_due(found)
    if not begin_sending(found):
        return
    if by is None:
        sent(text, "refused", error="no gateway is connected any more")
        return
    if not needed:
        sent(text, "refused", error="it was no longer needed")
        return
    try:
        remote = by.send(found.number, found.sender, found.body)
    except NotTakenError as error:
        sent(text, "queued", error=str(error))
        raise
    except (RefusedError, UnclearError) as error:
        sent(text, error.id, error=str(error))
    else:
        sent(text, "sent", remote)


def _ready(text: Text, gateway: TextGateway) -> Twilio | Gateway:
    """Return the hand that sends a text; wrong settings can be put right, and it is sent then."""
    try:
        return hand(gateway)
    except BadSettingsError as error:
        raise put_off(text, error) from None


def put_off(text: Text, error: BadSettingsError) -> NotTakenError:
    """Note why a text was not sent yet; returns what to raise so that it is tried again."""
    Text.objects.filter(pk=text.pk, state="queued").update(error=str(error)[:400])
    return NotTakenError(str(error))


def still_due(text: Text) -> bool:
    """Tell whether a caller still waits and wants to be told."""
    promise = text.promise
    if promise is None or has_opted_out(text.number, text.client):
        return False
    return State(promise.state).is_open


def received(gateway: TextGateway, number: str, body: str, remote: str, now: datetime) -> None:
    """Take an answer: it lands on the promise of its number, and may ask for no more texts."""
    promise = _promise_of(gateway, number, now)
    client = promise.client if promise is not None else gateway.client
    answer = Text(
        promise=promise,
        kind="answer",
        number=number,
        client=client,
        gateway=gateway,
        body=body.replace("\0", "")[:2000],
        state="received",
        remote=remote,
        at=now,
    )
    if not keep_answer(answer):
        return
    if is_stop(body):
        opt_out(number, client, now, "answered STOP")
    elif is_start(body):
        opt_in(number, client)


def _promise_of(gateway: TextGateway, number: str, now: datetime) -> Promise | None:
    found = Promise.objects.filter(caller=number, missed_at__gt=now - ANSWERED_WITHIN)
    if gateway.client:
        found = found.filter(client=gateway.client)
    still = found.filter(state__in=[state.value for state in open_states()])
    return still.order_by("-missed_at").first() or found.order_by("-missed_at").first()


WORK: dict[str, Work] = {"text": send}
"""What jobs may ask of texts, by name."""
