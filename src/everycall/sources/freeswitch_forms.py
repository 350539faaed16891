"""The other forms of FreeSWITCH's records: events in plain text, and call records in XML.

Both say the same as their JSON, and are read into it. An XML record names no document type; one that
does is refused, for what it could make a reader do.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from everycall.events import Skip, SkipReason
from everycall.sources.json_objects import Object
from everycall.sources.lines import chunks

_HEADER = re.compile(r"^([A-Za-z][\w.-]*): ?(.*)$")
_RECORD = re.compile(r"<cdr[\s>].*?</cdr>", re.DOTALL)


def is_event_text(text: str) -> bool:
    """Tell whether a file begins with the headers of an event."""
    lines = [line for line in text.lstrip().splitlines() if line.strip()][:40]
    return bool(lines) and any(line.startswith("Event-Name: ") for line in lines)


def is_xml(text: str) -> bool:
    """Tell whether a file begins with a call record in XML."""
    start = text.lstrip("\ufeff \r\n\t")[:400]
    return start.startswith(("<?xml", "<cdr", "<cdrs")) and "<cdr" in start


def event_texts(path: Path) -> Iterator[tuple[int, Object] | Skip]:
    """Yield the events of a file with the lines on which they begin."""
    fields: Object = {}
    first = 1
    for number, line in _lines(path):
        if isinstance(line, Skip):
            yield line
            continue
        header = _HEADER.match(line)
        if header is None and line.strip():
            continue  # the body of an event, or what a terminal wrote around it
        if header is None or header[1] == "Event-Name":
            yield from _whole(fields, first)
            fields, first = {}, number
        if header is not None:
            fields[header[1]] = header[2].rstrip()
    yield from _whole(fields, first)


def _whole(fields: Object, first: int) -> Iterator[tuple[int, Object]]:
    if "Event-Name" in fields:
        yield first, fields


def _lines(path: Path) -> Iterator[tuple[int, str | Skip]]:
    for chunk in chunks(path, "", keep_last=True):
        for skip in chunk.skips:
            yield skip.line, skip
        yield from enumerate(chunk.data.decode("utf-8").split("\n"), chunk.first_line)


def xml_records(path: Path) -> Iterator[tuple[int, Object] | Skip]:
    """Yield the records of a file as their JSON would be."""
    text = "\n".join(line for _, line in _lines(path) if isinstance(line, str))
    end = 0
    for found in _RECORD.finditer(text):
        number = text.count("\n", 0, found.start()) + 1
        end = found.end()
        yield _from_xml(path, number, found[0])
    if "<cdr" in text[end:].replace("<cdrs", ""):
        number = text.count("\n", 0, end) + 1
        yield Skip(path.name, number, SkipReason.TORN, "a record has no end", text[end:][:500])


def _from_xml(path: Path, number: int, text: str) -> tuple[int, Object] | Skip:
    def skip(detail: str) -> Skip:
        return Skip(path.name, number, SkipReason.BAD_VALUE, detail, text[:500])

    if "<!" in text.replace("<![CDATA[", ""):
        return skip("it declares a document type or entities")
    try:
        root = ET.fromstring(text)  # noqa: S314 - nothing is declared in it, see above
    except ET.ParseError as error:
        return skip(f"no XML: {error}")
    return number, {
        "core-uuid": root.get("core-uuid", ""),
        "channel_data": _texts(root.find("channel_data")),
        "variables": _texts(root.find("variables")),
        "callflow": [
            {"caller_profile": _texts(flow.find("caller_profile"))}
            for flow in root.findall("callflow")
        ],
    }


def _texts(element: ET.Element | None) -> dict[str, str]:
    return {} if element is None else {child.tag: child.text or "" for child in element}
