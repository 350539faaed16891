"""The feeds of a site: where what goes on is heard, and which source knows how to read it."""

from dataclasses import dataclass
from pathlib import Path

from everycall.events.origins import HERE, Origin
from everycall.wire.ami import Pbx

AMI, QUEUE_LOG = "asterisk_ami", "asterisk_queue_log"


@dataclass(frozen=True, slots=True)
class Manager:
    """A feed: a manager interface."""

    feed: str
    pbx: Pbx
    origin: Origin = HERE


@dataclass(frozen=True, slots=True)
class Log:
    """A feed: a log that grows."""

    feed: str
    path: Path
    source: str = QUEUE_LOG
    origin: Origin = HERE


@dataclass(frozen=True, slots=True)
class Posted:
    """A feed: records that somebody posts."""

    feed: str
    source: str


def source_of(feed: Manager | Log | Posted) -> str:
    """Return the source that knows how to read a feed."""
    return AMI if isinstance(feed, Manager) else feed.source
