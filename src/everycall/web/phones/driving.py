"""Phone systems that are driven without being a feed of the picture: Twilio, and Asterisk by its REST interface."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections
from django.urls import reverse

from everycall.records.connections import Connection
from everycall.records.permits import StoredPermits
from everycall.settings import read_table
from everycall.telephony import PhoneSystem
from everycall.telephony.ari import AriPhoneSystem
from everycall.telephony.twilio import Runner, TwilioPhoneSystem, TwilioTerms
from everycall.web.phones.kinds import TwilioSettings, account_of, ari_of, origin_of, people_in


@dataclass(frozen=True, slots=True)
class Driven:
    """A phone system that dials, and whom it rings by itself: names and phones."""

    phones: PhoneSystem
    people: Mapping[str, str]


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
