"""Phone systems that are driven without being a feed of the picture: Twilio, and Asterisk by its REST interface."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections
from django.urls import reverse

from everycall.errors import BadSettingsError, Mistake
from everycall.events.origins import Origin
from everycall.records.connections import Connection
from everycall.records.permits import StoredPermits
from everycall.settings import read_table, setting
from everycall.telephony import PhoneSystem
from everycall.telephony.ari import AriPhoneSystem
from everycall.telephony.twilio import Runner, TwilioPhoneSystem, TwilioTerms
from everycall.wire.ari import Ari
from everycall.wire.twilio_calls import TwilioAccount

ANYWHERE = ("+", "client:", "sip:")
"""How phones begin that Twilio rings, wherever they are."""


SAME_MARK = (
    "Where several phone systems are connected: the mark of the one that it belongs to; "
    "empty for the first one."
)


@dataclass(frozen=True, slots=True)
class AriSettings:
    """Asterisk's REST interface, for dialling only."""

    host: str = setting(doc="The machine on which Asterisk runs.")
    user: str = setting(doc="The user's name in ari.conf.")
    port: int = setting(8088, doc="The port of its web server.")
    secret: str = setting(
        "", doc="The user's password; it is kept encrypted and never shown again."
    )
    tls: bool = setting(default=False, doc="Whether the interface speaks TLS.")
    mark: str = setting("", doc=SAME_MARK)


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """Twilio's voice callbacks, and dialling."""

    secret: str = setting(doc="The account's auth token, with which Twilio signs what it posts.")
    account: str = setting(
        "", doc="The account's SID, AC...; needed to play recordings and to dial."
    )
    recordings: str = setting(
        "https://api.twilio.com", doc="Where its recordings lie; nothing is fetched from elsewhere."
    )
    number: str = setting(
        "",
        doc="A number of the account, such as +441632960000, from which people are rung for call "
        "backs; empty: Twilio does not dial for you.",
    )
    people: str = setting(
        "",
        doc="Who is rung when callers are called back by themselves, divided by commas: "
        "Ann +441632960001, Ben client:ben.",
    )
    says: str = setting(
        "You have a call back. Press 1 to be put through.",
        doc="What a person hears before the caller is rung.",
    )
    speaks: str = setting("en-GB", doc="The language of that sentence, as Twilio names it.")
    address: str = setting("https://api.twilio.com", doc="Where its interface listens.")


@dataclass(frozen=True, slots=True)
class Driven:
    """A phone system that dials, and whom it rings by itself: names and phones."""

    phones: PhoneSystem
    people: Mapping[str, str]


def origin_of(given: Mapping[str, object]) -> Origin:
    """Return what tells the names of a phone system from those of others."""
    return Origin(str(given.get("mark") or ""), bool(given.get("own_queues")))


def ari_of(given: Mapping[str, object], name: str) -> Ari:
    """Return where a REST interface listens.

    Raises:
        BadSettingsError: the settings are wrong, every mistake named.
    """
    found = read_table(AriSettings, dict(given), name)
    return Ari(found.host, found.user, found.secret, found.port, found.tls)


def account_of(found: TwilioSettings) -> TwilioAccount:
    """Return where the interface of an account listens."""
    return TwilioAccount(found.account, found.secret, found.address.rstrip("/"))


def people_in(text: str) -> dict[str, str]:
    """Return whom Twilio rings: each person's phone by their name.

    Raises:
        BadSettingsError: somebody has no phone.
    """
    found: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, phone = part.rpartition(" ")
        if not name or not phone.startswith(ANYWHERE):
            sentence = f"'{part}' is no person with a phone, such as: Ann +441632960001"
            raise BadSettingsError([Mistake("people", sentence)])
        found[name.strip()] = phone
    return found


def driven(run: Runner) -> list[Driven]:
    """Return what can be driven, as it is connected now."""
    try:
        rows = list(Connection.objects.filter(removed_at=None, kind__in=("ari", "twilio")))
        return [one for row in rows if (one := _driven(row, run)) is not None]
    finally:
        close_old_connections()


def _driven(row: Connection, run: Runner) -> Driven | None:
    if row.kind == "ari":
        ari = ari_of(row.given(), row.name)
        return Driven(AriPhoneSystem(row.name, ari, origin=origin_of(row.given())), {})
    found = read_table(TwilioSettings, row.given(), row.name)
    if not found.account or not found.number:
        return None
    door = f"{settings.ADDRESS}{reverse('incoming', args=[row.name])}"
    terms = TwilioTerms(found.number, door, found.says, found.speaks)
    system = TwilioPhoneSystem(row.name, account_of(found), terms, StoredPermits(), run)
    return Driven(system, people_in(found.people))


def dials_anywhere() -> bool:
    """Tell whether a phone system is connected that can ring any phone."""
    rows = Connection.objects.filter(removed_at=None, kind="twilio")
    return any(row.given().get("account") and row.given().get("number") for row in rows)
