"""What Asterisk's manager events say of people and their phones, for the live picture."""

from collections.abc import Iterator

from everycall.live.signs import Device, Sign
from everycall.sources.asterisk_ami_events import NOT_SAID, Fields

_DEVICES = {
    "0": Device.UNKNOWN,
    "1": Device.FREE,
    "2": Device.IN_USE,
    "3": Device.IN_USE,
    "4": Device.UNREACHABLE,
    "5": Device.UNREACHABLE,
    "6": Device.RINGING,
    "7": Device.RINGING,
    "8": Device.ON_HOLD,
}
"""The numbers of ast_device_state in a queue member's Status."""

_STATES = {
    "NOT_INUSE": Device.FREE,
    "INUSE": Device.IN_USE,
    "BUSY": Device.IN_USE,
    "RINGING": Device.RINGING,
    "RINGINUSE": Device.RINGING,
    "ONHOLD": Device.ON_HOLD,
    "UNAVAILABLE": Device.UNREACHABLE,
    "INVALID": Device.UNREACHABLE,
    "UNKNOWN": Device.UNKNOWN,
}

_CONTACTS = {
    "Reachable": Device.FREE,
    "Avail": Device.FREE,
    "NonQualified": Device.FREE,
    "Unqualified": Device.FREE,
    "Created": Device.FREE,
    "Unreachable": Device.UNREACHABLE,
    "Unavail": Device.UNREACHABLE,
    "Removed": Device.UNREACHABLE,
}

_MEMBERS = frozenset(
    {
        "QueueMember",
        "QueueMemberAdded",
        "QueueMemberStatus",
        "QueueMemberPause",
        "QueueMemberPaused",
        "QueueMemberRemoved",
    }
)


def signs_of(fields: Fields, at: int) -> Iterator[Sign]:
    """Yield what an event says of people and phones."""
    name = str(fields.get("Event"))
    if name in _MEMBERS:
        yield _member(fields, at, signed_in=name != "QueueMemberRemoved")
    elif name == "DeviceStateChange":
        device = _STATES.get(str(fields.get("State")))
        phone = str(fields.get("Device", ""))
        if device is not None and phone.startswith(("PJSIP/", "SIP/", "IAX2/", "SCCP/", "DAHDI/")):
            yield Sign(at, phone=phone, device=device)
    elif name in ("ContactStatus", "ContactList"):
        yield from _contact(fields, at)
    elif name == "AorList":
        yield from _aor(fields, at)
    elif name == "SourceGap":
        yield Sign(at, begins_anew=True)


def _member(fields: Fields, at: int, *, signed_in: bool) -> Sign:
    wrap_up = str(fields.get("Wrapuptime", ""))
    paused = fields.get("Paused")
    reason = str(fields.get("PausedReason") or fields.get("Reason") or "")
    return Sign(
        at,
        agent=_said(fields, "MemberName") or _said(fields, "Name"),
        phone=_said(fields, "StateInterface") or _said(fields, "Interface", "Location"),
        queue=_said(fields, "Queue"),
        signed_in=signed_in,
        paused=None if paused is None else paused == "1",
        reason=reason or None,
        device=_DEVICES.get(str(fields.get("Status", ""))),
        wrap_up_ms=int(wrap_up) * 1000 if wrap_up.isdigit() else None,
    )


def _contact(fields: Fields, at: int) -> Iterator[Sign]:
    status = str(fields.get("ContactStatus") or fields.get("Status") or "")
    phone = _said(fields, "EndpointName", "Endpoint", "AOR", "Aor")
    checked = str(fields.get("QualifyFrequency", ""))
    if phone and status in _CONTACTS:
        every = int(checked) if checked.isdigit() else None
        yield Sign(at, phone=f"PJSIP/{phone}", device=_CONTACTS[status], checked_every=every)


def _aor(fields: Fields, at: int) -> Iterator[Sign]:
    """Yield how often a phone is asked whether it is there; Asterisk names the two alike."""
    phone, checked = _said(fields, "ObjectName"), str(fields.get("QualifyFrequency", ""))
    if phone and checked.isdigit():
        yield Sign(at, phone=f"PJSIP/{phone}", checked_every=int(checked))


def _said(fields: Fields, *names: str) -> str | None:
    found = (fields.get(name) for name in names)
    return next((str(value) for value in found if value not in NOT_SAID), None)
