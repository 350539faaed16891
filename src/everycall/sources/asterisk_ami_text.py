"""Manager events as they come over the wire: headers, one a line, and an empty line after each event."""

import re
from collections.abc import Iterator
from pathlib import Path

from everycall.events import Skip
from everycall.sources.asterisk_ami_events import Fields
from everycall.sources.lines import chunks

_HEADER = re.compile(r"^([A-Za-z][\w()-]*): ?(.*)$")
_PLACES = ("Privilege: ", "Uniqueid: ", "Queue: ", "Channel: ", "Timestamp: ")


def is_wire_text(text: str) -> bool:
    """Tell whether a file begins with events of the manager interface."""
    lines = text.replace("\r", "").splitlines()[:200]
    events = any(line.startswith("Event: ") for line in lines)
    return events and any(line.startswith(_PLACES) for line in lines)


def wire_events(path: Path) -> Iterator[tuple[int, Fields] | Skip]:
    """Yield the events of a capture with their lines; answers to actions are no events."""
    fields: dict[str, str] = {}
    first = 1
    for chunk in chunks(path, "", keep_last=True):
        yield from chunk.skips
        for number, line in enumerate(chunk.data.decode("utf-8").split("\n"), chunk.first_line):
            header = _HEADER.match(line)
            if header is not None and header[1] != "Event":
                fields[header[1]] = header[2].rstrip()
                continue
            if header is not None or not line.strip():
                yield from _whole(fields, first)
                fields, first = ({"Event": header[2].rstrip()} if header else {}), number
    yield from _whole(fields, first)


def _whole(fields: dict[str, str], first: int) -> Iterator[tuple[int, Fields]]:
    if "Event" in fields:
        yield first, dict(fields)
