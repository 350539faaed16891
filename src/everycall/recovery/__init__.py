"""Getting them back: what is owed to a caller who was missed, until when, and how it ends."""

from everycall.recovery.deadlines import Deadline, deadline
from everycall.recovery.evidence import Ended, Finding, Verdict, judge
from everycall.recovery.owing import Owed, OwingSettings, owed
from everycall.recovery.states import ARROWS, Arrow, Move, State, arrow, open_states

__all__ = [
    "ARROWS",
    "Arrow",
    "Deadline",
    "Ended",
    "Finding",
    "Move",
    "Owed",
    "OwingSettings",
    "State",
    "Verdict",
    "arrow",
    "deadline",
    "judge",
    "open_states",
    "owed",
]
