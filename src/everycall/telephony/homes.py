"""Commands and tries of a phone system whose names are marked: it is told its own names, we hear ours."""

from dataclasses import fields, replace
from typing import Any

from everycall.events.origins import Origin
from everycall.telephony.commands import Command
from everycall.telephony.progress import Progress

_NAMES = ("phone", "talking", "agent", "call_id", "name")
"""What of a command names a phone, a person or a call."""


def own_command(command: Command, origin: Origin) -> Command:
    """Return a command in the phone system's own names."""
    if not origin.mark:
        return command
    names = {one.name for one in fields(command)} & {*_NAMES, "queue"}
    said = {name: getattr(command, name) for name in names}
    plain: dict[str, Any] = {k: origin.plain(v) for k, v in said.items() if v is not None}
    return replace(command, **plain)


def told_progress(progress: Progress, origin: Origin) -> Progress:
    """Return how far a try is, by the names that history knows."""
    if not origin.mark:
        return progress
    agent, call_id = progress.agent, progress.call_id
    return replace(
        progress,
        agent=origin.named(agent) if agent else agent,
        call_id=origin.named(call_id) if call_id else call_id,
    )
