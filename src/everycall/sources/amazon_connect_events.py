"""Amazon Connect's contact events: what a contact has become so far, in the words of its record.

An event says everything that is known of its contact at that moment, in camelCase and by names of its
own; several of one contact are one record. Source of the fields: "Contact events" in Amazon Connect's
administrator guide.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from everycall.sources.json_objects import Object

KIND = "EventType"
"""What tells an event from a contact record, once its names are those of a record."""

_ORDER = (
    "INITIATED",
    "CONNECTED_TO_SYSTEM",
    "QUEUED",
    "CONTACT_DATA_UPDATED",
    "CONNECTED_TO_AGENT",
    "PAUSED",
    "RESUMED",
    "DISCONNECTED",
    "COMPLETED",
)
_NAMES = {
    "QueueInfo": "Queue",
    "AgentInfo": "Agent",
    "QueueArn": "ARN",
    "AgentArn": "ARN",
    "CustomerHoldDurationInSeconds": "CustomerHoldDuration",
}
"""What an event calls otherwise than the record does."""


def as_record(body: Object) -> Object:
    """Return an event in the words of a contact record; anything else as it is."""
    detail = body.get("detail")
    inner = detail if isinstance(detail, dict) else body
    if "eventType" not in inner or "contactId" not in inner:
        return body
    record: Object = _renamed(inner)
    record["EventTime"] = str(body.get("time") or inner.get("updateTimestamp") or "")
    return record


def _renamed(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {_name(str(name)): _renamed(value) for name, value in thing.items()}
    return [_renamed(item) for item in thing] if isinstance(thing, list) else thing


def _name(name: str) -> str:
    large = name[:1].upper() + name[1:]
    return _NAMES.get(large, large)


def together(events: Iterable[Object]) -> Object:
    """Return everything that several events of one contact say; what was said last counts."""
    found: Object = {}
    for event in sorted(events, key=_place):
        found = _over(found, event)
    return found


def _place(event: Object) -> tuple[int, str]:
    kind = str(event.get(KIND) or "").upper()
    return _ORDER.index(kind) if kind in _ORDER else 3, str(event.get("EventTime") or "")


def _over(older: Mapping[str, Any], newer: Mapping[str, Any]) -> Object:
    found = dict(older)
    for name, value in newer.items():
        before = found.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            found[name] = _over(before, value)
        elif value is not None:
            found[name] = value
    return found
