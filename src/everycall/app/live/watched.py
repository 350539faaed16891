"""What is watched, and how that goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.app.intake.feeds import Log, Manager, Posted
from everycall.app.site.sitefile import SiteFile
from everycall.clock import to_micros
from everycall.history.journal import JournalState
from everycall.wire.ami_link import LinkState


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What is watched, and where it is kept.

    Attributes:
        seal_every: how often the journal is taken into history, the first time after a twelfth of
            it; it always is when watching ends.
        whole_log: read a log from its beginning, not only what it holds of today.
        left_out: the feeds that cannot be heard as they are set up, and why not.
    """

    data: Path
    site: SiteFile
    feeds: tuple[Manager | Log | Posted, ...]
    name: str = "main"
    seal_every: timedelta = timedelta(minutes=10)
    whole_log: bool = False
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days are counted."""
        return self.site.zone or ZoneInfo("UTC")

    def day_began(self, now: datetime) -> int:
        """Return when the day of a moment began, in microseconds."""
        return to_micros(datetime.combine(now.astimezone(self.zone).date(), time(), self.zone))


@dataclass(frozen=True, slots=True)
class Health:
    """How watching goes.

    Attributes:
        behind: records that are taken and not in the picture yet.
        unread: records that became no event.
        troubles: everything that is wrong at present, in sentences.
        agreed: the last finished day of which the picture and the report said the same.
    """

    journal: JournalState
    links: tuple[LinkState, ...]
    behind: int
    unread: int
    drawn_at: int
    draw_ms: float
    sealed_at: int | None
    troubles: tuple[str, ...]
    agreed: str | None = None
