"""Telling someone, once: rules over the live picture, and what each of them says when."""

from everycall.alerts.messages import Message, message
from everycall.alerts.rules import MEASURES, Measure, Rule, observe
from everycall.alerts.watching import Change, Memory, Said, is_quiet, watch

__all__ = [
    "MEASURES",
    "Change",
    "Measure",
    "Memory",
    "Message",
    "Rule",
    "Said",
    "is_quiet",
    "message",
    "observe",
    "watch",
]
