"""Telling someone, once: rules over the live picture, and what each of them says when."""

from everycall.alerts.measures import (
    MISSED_CALL,
    PERSON,
    PLAIN,
    Measure,
    Observed,
    Situation,
    measure_of,
)
from everycall.alerts.messages import Message, Missed, Say, message, missed_message
from everycall.alerts.missed import MissedCall, Step, say, step_of, wanted
from everycall.alerts.rules import Rule, is_quiet, observe
from everycall.alerts.watching import Change, Memory, Said, watch

__all__ = [
    "MISSED_CALL",
    "PERSON",
    "PLAIN",
    "Change",
    "Measure",
    "Memory",
    "Message",
    "Missed",
    "MissedCall",
    "Observed",
    "Rule",
    "Said",
    "Say",
    "Situation",
    "Step",
    "is_quiet",
    "measure_of",
    "message",
    "missed_message",
    "observe",
    "say",
    "step_of",
    "wanted",
    "watch",
]
