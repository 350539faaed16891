"""What a phone system said at a moment: one flat, append-only table of events."""

from everycall.events.model import (
    AgentKind,
    AttemptResult,
    Direction,
    EndedBy,
    Event,
    Exit,
    Kind,
    Skip,
    SkipReason,
)
from everycall.events.schema import COLUMNS, Column

__all__ = [
    "COLUMNS",
    "AgentKind",
    "AttemptResult",
    "Column",
    "Direction",
    "EndedBy",
    "Event",
    "Exit",
    "Kind",
    "Skip",
    "SkipReason",
]
