"""Roles, and what each may do. A right is asked for by name; nothing asks for a role."""

from enum import StrEnum


class Right(StrEnum):
    """Something that a person may or may not do."""

    SEE_LIVE = "see the live picture"
    SEE_CALLS = "see the calls"
    SEE_REPORTS = "see the reports"
    SEE_OWN = "see one's own numbers beside the team's goal"
    SEE_ALERTS = "see the alerts"
    TAKE_AWAY = "take reports and calls away as files"
    SEE_PEOPLE = "see colleagues by name"
    REVEAL_NUMBERS = "reveal callers' numbers"
    HEAR_RECORDINGS = "listen to recordings"
    SHARE_VIEWS = "share saved views with everybody"
    WORK_CALLBACKS = "call missed callers back"
    STEER = "pause people, move them between queues, take a waiting caller"
    LISTEN_IN = "listen, whisper and barge"
    SET_UP = "connect phone systems, set hours, targets, alerts and walls"
    MANAGE_PEOPLE = "invite people and change their roles"
    ERASE = "erase callers, and say how long what is kept of them"


class Role(StrEnum):
    """What somebody is here."""

    OWNER = "owner"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    VIEWER = "viewer"
    CLIENT = "client"


_VIEWER = frozenset(
    {Right.SEE_LIVE, Right.SEE_CALLS, Right.SEE_REPORTS, Right.SEE_ALERTS, Right.TAKE_AWAY}
)
_AGENT = frozenset(
    {
        Right.SEE_LIVE,
        Right.SEE_CALLS,
        Right.SEE_ALERTS,
        Right.SEE_OWN,
        Right.WORK_CALLBACKS,
        Right.REVEAL_NUMBERS,
    }
)
_SUPERVISOR = (
    _VIEWER
    | _AGENT
    | {Right.SEE_PEOPLE, Right.SHARE_VIEWS, Right.HEAR_RECORDINGS, Right.STEER, Right.LISTEN_IN}
)
_MANAGER = _SUPERVISOR | {Right.SET_UP}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.MANAGER: frozenset(_MANAGER),
    Role.SUPERVISOR: frozenset(_SUPERVISOR),
    Role.AGENT: _AGENT,
    Role.VIEWER: _VIEWER,
    Role.CLIENT: _VIEWER,
}
"""What each role may do."""


def may(role: str, right: Right) -> bool:
    """Tell whether a role has a right; an unknown role has none."""
    return role in list(Role) and right in RIGHTS[Role(role)]
