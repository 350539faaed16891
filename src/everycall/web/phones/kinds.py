"""The kinds of connection to phone systems: what each has to be told, and what that means."""

from collections.abc import Mapping
from dataclasses import dataclass

from everycall.errors import BadSettingsError, Mistake
from everycall.events.origins import Origin
from everycall.settings import read_table, setting
from everycall.wire.ami import Pbx
from everycall.wire.ari import Ari
from everycall.wire.twilio_calls import TwilioAccount

POSTED = (
    "everycall_events",
    "aircall",
    "amazon_connect",
    "freeswitch",
    "ringcentral",
    "twilio",
)
"""The sources whose records other programs may post."""

ANYWHERE = ("+", "client:", "sip:")
"""How phones begin that Twilio rings, wherever they are."""


SAME_MARK = (
    "Where several phone systems are connected: the mark of the one that it belongs to; "
    "empty for the first one."
)


OWN_QUEUES = "Its queues are others than those of the same name at other phone systems."


@dataclass(frozen=True, slots=True)
class AmiSettings:
    """Asterisk's manager interface."""

    host: str = setting(doc="The machine on which Asterisk runs.")
    user: str = setting(doc="The manager's name in manager.conf.")
    port: int = setting(5038, doc="The port of its manager interface.")
    secret: str = setting(
        "", doc="The manager's secret; it is kept encrypted and never shown again."
    )
    tls: bool = setting(default=False, doc="Whether the interface speaks TLS.")
    mark: str = setting(
        "",
        doc="Where several phone systems are connected: what tells its phones, people and calls "
        "from those of the others, such as: warsaw. Empty for the first one; it never changes.",
    )
    own_queues: bool = setting(default=False, doc=OWN_QUEUES)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """A queue_log that grows."""

    path: str = setting(doc="Where the queue_log lies on this machine.")
    mark: str = setting("", doc=SAME_MARK)
    own_queues: bool = setting(default=False, doc=OWN_QUEUES)


@dataclass(frozen=True, slots=True)
class AircallSettings:
    """Aircall's webhooks."""

    secret: str = setting(doc="The token of the webhook; it stands in each of its messages.")
    recordings: str = setting(
        "https://media-web.aircall.io https://assets.aircall.io",
        doc="Where its recordings lie, divided by blanks; nothing is fetched from elsewhere.",
    )


@dataclass(frozen=True, slots=True)
class RingCentralSettings:
    """RingCentral's telephony sessions."""

    secret: str = setting(doc="The verification token that the subscription was made with.")


@dataclass(frozen=True, slots=True)
class RecordsSettings:
    """The call records of FreeSWITCH or Amazon Connect."""

    secret: str = setting(
        doc="The password or access key with which it posts; where a user is asked for as well, "
        "that is the name of this connection."
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


KINDS: dict[str, type] = {
    "ami": AmiSettings,
    "ari": AriSettings,
    "queue_log": LogSettings,
    "twilio": TwilioSettings,
    "aircall": AircallSettings,
    "ringcentral": RingCentralSettings,
    "freeswitch": RecordsSettings,
    "amazon_connect": RecordsSettings,
}
"""The kinds of connection that are made on the pages, by name."""

POSTING = ("twilio", "aircall", "ringcentral", "freeswitch", "amazon_connect")
"""Those that post to an address of ours, and are not called by us."""

DIALLING = ("ari",)
"""Those that only dial: what is said of calls comes by another connection."""


def pbx_of(given: dict[str, object], name: str) -> Pbx:
    """Return where a manager interface listens.

    Raises:
        BadSettingsError: the settings are wrong, every mistake named.
    """
    found = read_table(AmiSettings, given, name)
    return Pbx(found.host, found.user, found.secret, found.port, found.tls)


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
