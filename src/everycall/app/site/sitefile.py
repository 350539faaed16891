"""The site file: everything that a phone system does not say about the people who use it."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.app.site.attached_rows import RatingSettings
from everycall.app.site.retaining import RetentionSettings
from everycall.app.site.tagging import TagSettings
from everycall.calls.model import Limits
from everycall.errors import NotFoundError
from everycall.events.markers import Markers
from everycall.hours import SiteHours
from everycall.live.needs import HelpSettings, TeamHelpSettings
from everycall.metrics.nhs import NhsSettings
from everycall.metrics.targets import Target
from everycall.money.inputs import MoneySettings
from everycall.quality import RecordingSettings
from everycall.recovery import OwingSettings
from everycall.recovery.mailing import MailSettings
from everycall.recovery.requested import RequestSettings
from everycall.recovery.texting import TextSettings
from everycall.remedies.model import Planned
from everycall.settings import read_file, setting
from everycall.sources.base import Site

FILE = "site.toml"

SETTLED = 2.0
"""Seconds after which a site file that was not changed is taken as it was read."""

REMEMBERED = 50
"""So many site files are remembered as they were read."""

_READ: dict[Path, tuple[tuple[int, ...], "SiteFile"]] = {}


@dataclass(frozen=True, slots=True)
class Client:
    """A brand that calls are for."""

    numbers: tuple[str, ...] = setting((), doc="The numbers that its customers dial.")
    queues: tuple[str, ...] = setting((), doc="The queues that answer for it.")
    trunks: tuple[str, ...] = setting((), doc="The lines that only its calls come by.")
    language: str = setting("", doc="The language of its customers.")
    definition: str = setting(
        "", doc="Whose words your numbers use: the id of a definition, or the file of your own."
    )
    definition_switches: dict[str, object] = setting(
        factory=dict, doc="How switches of that definition stand, where not as it says."
    )
    money: MoneySettings = setting(
        factory=MoneySettings, doc="What its calls are worth; what is not said is the site's."
    )
    texts: TextSettings | None = setting(
        None, doc="How its callers are told by text; without it, as the site's."
    )
    mails: MailSettings | None = setting(
        None, doc="How its callers are told by mail; without it, as the site's."
    )
    requests: RequestSettings | None = setting(
        None, doc="Whether its callers may ask for a call on a page; without it, as the site's."
    )


@dataclass(frozen=True, slots=True)
class Team:
    """People who answer some queues together."""

    queues: tuple[str, ...] = setting((), doc="The queues that it answers.")
    help: TeamHelpSettings = setting(
        factory=TeamHelpSettings,
        doc="From when on its people are shown as needing help, where not as the site says.",
    )


@dataclass(frozen=True, slots=True)
class SystemSettings:
    """A phone system whose logs are taken in by hand."""

    mark: str | None = setting(
        None,
        doc="What stands before its names: 'warsaw' makes warsaw~PJSIP/101 of PJSIP/101. Without "
        "it, what you call it here; '' for the one whose names stay as they are.",
    )
    own_queues: bool = setting(
        default=False,
        doc="Its queues are others than those of the same name at other phone systems.",
    )


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """The limits of this site."""

    helped_after: timedelta = setting(
        timedelta(seconds=10),
        doc="A talk with a person that lasts at least this long counts as help.",
    )
    episode_gap: timedelta = setting(
        timedelta(hours=24),
        doc="Calls of one caller within this time, or by the end of the next business day if that "
        "is later, are one need.",
    )
    longest_call: timedelta = setting(
        timedelta(hours=4), doc="A call that was silent for this long and has no end is closed."
    )
    short_call: timedelta = setting(
        timedelta(seconds=5), doc="An unanswered call with a shorter wait is marked short."
    )
    carrier_match: timedelta = setting(
        timedelta(seconds=5), doc="How far a carrier's clock may be from the phone system's."
    )

    def limits(self) -> Limits:
        """Return them as the chain takes them."""
        return Limits(
            self.helped_after,
            self.episode_gap,
            self.longest_call,
            self.short_call,
            self.carrier_match,
        )


@dataclass(frozen=True, slots=True)
class SiteFile:
    """The settings of one site; everything has a default, and unknown stays unknown."""

    zone: ZoneInfo | None = setting(
        None, doc="The IANA time zone of the site; records without a zone are meant in it."
    )
    region: str | None = setting(
        None, doc="The country of national phone numbers, as two letters: 'DE', 'GB'."
    )
    trunks: tuple[str, ...] = setting(
        (), doc="Names of the endpoints that lead outside, such as 'PJSIP/trunk*'."
    )
    systems: dict[str, SystemSettings] = setting(
        factory=dict,
        doc="Phone systems beside the first one that are never connected: `everycall import "
        "--system NAME` takes their logs in. Those that are connected are known.",
    )
    internal: tuple[str, ...] = setting(
        (), doc="Your own extensions, such as '1???'; without it numbers under 6 digits."
    )
    shared_numbers: tuple[str, ...] = setting(
        (), doc="Numbers that several people call from; their calls are never joined."
    )
    agents: dict[str, str] = setting(
        factory=dict, doc="Names of the same person: 'PJSIP/1001' = 'Ann Miller'."
    )
    hours: SiteHours = setting(factory=SiteHours, doc="Opening hours.")
    clients: dict[str, Client] = setting(factory=dict, doc="The brands that you answer for.")
    teams: dict[str, Team] = setting(
        factory=dict, doc="The teams, and the queues that they answer."
    )
    markers: Markers = setting(factory=Markers, doc="What parts of the dialplan mean.")
    limits: LimitSettings = setting(factory=LimitSettings, doc="Limits used in counting.")
    definition: str = setting(
        "", doc="Whose words your numbers use: the id of a definition, or the file of your own."
    )
    definition_switches: dict[str, object] = setting(
        factory=dict, doc="How switches of that definition stand, where not as it says."
    )
    trade: str = setting(
        "", doc="Where reports begin: 'shop', 'gp_practice', 'outsourcing' or 'sales_desk'."
    )
    targets: dict[str, Target] = setting(
        factory=dict, doc="What you set out to reach, each by a name of its own."
    )
    promises: OwingSettings = setting(
        factory=OwingSettings, doc="Whom you owe a call back, and until when."
    )
    money: MoneySettings = setting(factory=MoneySettings, doc="What calls are worth to you.")
    channels: dict[str, int] = setting(
        factory=dict, doc="How many calls each line carries at once: 'PJSIP/trunk-berlin' = 8."
    )
    recordings: RecordingSettings = setting(
        factory=RecordingSettings, doc="Where recordings lie that may be played on the pages."
    )
    texts: TextSettings = setting(
        factory=TextSettings, doc="Whether and how missed callers are told by text."
    )
    mails: MailSettings = setting(
        factory=MailSettings, doc="Whether and how missed callers are told by mail."
    )
    requests: RequestSettings = setting(
        factory=RequestSettings, doc="Callers who ask for a call on a public page."
    )
    ratings: RatingSettings = setting(
        factory=RatingSettings, doc="How files of what callers thought of their calls are read."
    )
    tags: TagSettings = setting(
        factory=TagSettings, doc="What calls were about: from menu keys, records or a file."
    )
    nhs: NhsSettings = setting(
        factory=NhsSettings, doc="What NHS England's monthly figures need beside the calls."
    )
    retention: RetentionSettings = setting(
        factory=RetentionSettings, doc="For how long what is kept is kept."
    )
    help: HelpSettings = setting(
        factory=HelpSettings, doc="From when on somebody on the phone is shown as needing help."
    )
    important: tuple[str, ...] = setting(
        (), doc="Numbers of callers who are marked while they wait, as you would dial them."
    )
    plan: dict[str, Planned] = setting(
        factory=dict, doc="What you decided about a remedy, by its id in `everycall remedies`."
    )

    def site(self) -> Site:
        """Return what translations have to know."""
        zone = str(self.zone) if self.zone else None
        return Site(zone, self.trunks, self.internal, self.markers, self.tags.fields)


def read_site(data: Path, config: Path | None, name: str = "main") -> SiteFile:
    """Read the site file: the one that was named, else the data directory's, else the defaults.

    Raises:
        NotFoundError: the named file is not there.
        BadSettingsError: with every mistake in it.
    """
    if config is not None:
        if not config.exists():
            raise NotFoundError(f"there is no site file '{config}'")
        return _located(read_file(SiteFile, config), config.parent)
    for path in (data / "sites" / f"{name}.toml", data / FILE):
        if path.exists():
            return _as_it_stands(path)
    return SiteFile()


def _as_it_stands(path: Path) -> SiteFile:
    """Read a site file, or return what was read of it: it is parsed again when it was changed."""
    try:
        state = path.stat()
    except OSError:
        return _located(read_file(SiteFile, path), path.parent)
    mark = (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    known = _READ.get(path)
    if known is not None and known[0] == mark:
        return known[1]
    found = _located(read_file(SiteFile, path), path.parent)
    # what was written just now may be written again in the same instant, and look the same
    if time.time() - max(state.st_mtime, state.st_ctime) > SETTLED:
        while len(_READ) >= REMEMBERED:
            _READ.pop(next(iter(_READ)), None)
        _READ[path] = (mark, found)
    return found


def _located(site: SiteFile, folder: Path) -> SiteFile:
    """Take the files of definitions, the brands' too, as lying beside the site file."""
    clients = {
        name: replace(client, definition=_beside(client.definition, folder))
        for name, client in site.clients.items()
    }
    return replace(site, definition=_beside(site.definition, folder), clients=clients)


def _beside(definition: str, folder: Path) -> str:
    return str(folder / definition) if definition.endswith(".toml") else definition
