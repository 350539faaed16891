"""Hands that make a phone system do things: ring, hang up, pause, move, listen in.

A command is a value (`commands`), its fate is told by the call's own events (`progress`), and every
phone system answers the same questions (`port`). `fake` is one without phones.
"""

from everycall.telephony.commands import (
    Command,
    Dial,
    Ear,
    HangUp,
    JoinQueue,
    LeaveQueue,
    ListenIn,
    Pause,
    Resume,
    SetPenalty,
    TakeCaller,
    is_language,
)
from everycall.telephony.port import PhoneSystem, PhoneSystemError, UnsureError
from everycall.telephony.progress import Progress, Result, Stage

__all__ = [
    "Command",
    "Dial",
    "Ear",
    "HangUp",
    "JoinQueue",
    "LeaveQueue",
    "ListenIn",
    "Pause",
    "PhoneSystem",
    "PhoneSystemError",
    "Progress",
    "Result",
    "Resume",
    "SetPenalty",
    "Stage",
    "TakeCaller",
    "UnsureError",
    "is_language",
]
