"""Events in this product's own words, as JSON lines: what another program sends or keeps.

The fields are the columns of the event table (docs/events.md). A line needs `at`, `kind` and, but
for staff and lines, `call_id`; everything else may be left out.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from everycall.clock import to_micros
from everycall.errors import did_you_mean
from everycall.events import Event, Kind, Skip, SkipReason
from everycall.events.bounds import event_beyond
from everycall.events.model import AgentKind, AttemptResult, Direction, EndedBy, Exit
from everycall.events.sights import Sight
from everycall.sources.base import CallTranslation, Head, Note, Recognised, Record, Site, Source
from everycall.sources.json_objects import PostedReader
from everycall.sources.lines import chunks

LONGEST = 65_536
"""A line may have so many characters."""

_WITHOUT_CALL = frozenset(k for k in Kind if k.startswith(("agent.", "trunk.", "source."))) - {
    Kind.AGENT_RANG,
    Kind.AGENT_STOPPED,
}

_REASONS: dict[Kind, frozenset[str]] = {
    Kind.QUEUE_LEFT: frozenset(Exit),
    Kind.AGENT_STOPPED: frozenset(AttemptResult),
    Kind.TALK_ENDED: frozenset(EndedBy),
    Kind.CALL_ENDED: frozenset(EndedBy),
}
"""The words that `reason` may be, where it decides what a call becomes."""

_NUMBERS = ("resolution", "seq", "sip_code", "q850", "value")
_WORDS = {"kind": Kind, "direction": Direction, "agent_kind": AgentKind}
_FIELDS = tuple(f.name for f in fields(Event))
_LARGEST = 2**62


class _WrongError(ValueError):
    """A line is no event; says why."""


def _moment(value: Any) -> int:
    if isinstance(value, bool) or value is None:
        raise _WrongError("'at' is missing: write a moment such as 2026-11-02T09:00:00Z")
    if isinstance(value, int | float):
        if not math.isfinite(value) or not 0 <= value < 10**11:
            raise _WrongError(f"'at' is no moment: {value}; seconds since 1970 are meant")
        return round(value * 1_000_000)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _WrongError(f"'at' is no moment: {value!r}") from None
    if moment.tzinfo is None:
        raise _WrongError(f"'at' has no time zone: {value!r}; end it with Z or +01:00")
    return to_micros(moment)


def _word(name: str, value: Any) -> Any:
    kind = _WORDS[name]
    known = [str(member.value) for member in kind]
    if value not in known:
        hint = did_you_mean(str(value), known) or ""
        raise _WrongError(f"'{name}' cannot be {value!r}{hint}")
    return kind(value)


def _number(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise _WrongError(f"'{name}' must be a whole number, not {value!r}")
    return value


def _value(name: str, value: Any) -> Any:
    if name == "at":
        return _moment(value)
    if name in _WORDS:
        return _word(name, value)
    if name in _NUMBERS:
        return _number(name, value)
    if not isinstance(value, str):
        raise _WrongError(f"'{name}' must be text, not {value!r}")
    return value


def read_event(given: Mapping[str, Any]) -> Event:
    """Read one event as it is written in JSON.

    Raises:
        ValueError: it is no event; says which field is wrong and why.
    """
    for name in given:
        if name not in _FIELDS and name not in ("caller", "event_id"):
            raise _WrongError(f"unknown field '{name}'{did_you_mean(name, _FIELDS) or ''}")
    found = {n: _value(n, v) for n, v in given.items() if n in _FIELDS and v is not None}
    if given.get("caller") is not None:
        found.setdefault("caller_raw", _value("caller", given["caller"]))
    for name in ("at", "kind"):
        if name not in found:
            raise _WrongError(f"'{name}' is missing")
    return _sensible(Event(**found))


def _may_lack_call(event: Event) -> bool:
    """Tell whether an event belongs to no call, or to the last call of its caller."""
    rated = event.kind is Kind.SURVEY_ANSWERED and event.caller_raw is not None
    return rated or event.kind in _WITHOUT_CALL


def _sensible(event: Event) -> Event:
    beyond = event_beyond(event)
    if beyond is not None:
        raise _WrongError(beyond)
    if event.call_id is None and not _may_lack_call(event):
        raise _WrongError(f"'{event.kind}' needs a 'call_id'")
    known = _REASONS.get(event.kind)
    if known is not None and event.reason is not None and event.reason not in known:
        hint = did_you_mean(event.reason, known) or ""
        raise _WrongError(f"'{event.kind}' knows no reason '{event.reason}'{hint}")
    return event


def _read(path: Path, _site: Site) -> Iterator[Record | Skip | Note]:
    for chunk in chunks(path, ""):
        yield from chunk.skips
        for number, line in enumerate(chunk.data.decode("utf-8").split("\n"), chunk.first_line):
            if line.strip():
                yield _record(path, number, line)


def _record(path: Path, number: int, line: str) -> Record | Skip:
    def skip(reason: SkipReason, detail: str) -> Skip:
        return Skip(path.name, number, reason, detail, line[:500])

    if len(line) > LONGEST:
        return skip(SkipReason.TOO_LONG, f"{len(line)} characters; {LONGEST} are the most")
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        return skip(SkipReason.NOT_JSON, str(error))
    if not isinstance(given, dict):
        return skip(SkipReason.NOT_JSON, "a line is one object in { }")
    return _from_object(path, number, given)


def _from_object(path: Path, number: int, given: Mapping[str, Any]) -> Record | Skip:
    try:
        event = read_event(given)
    except ValueError as error:
        text = json.dumps(given)[:500]
        return Skip(path.name, number, SkipReason.BAD_VALUE, str(error), text)
    return Record(event.call_id, None, event.at, number, dict(given))


def _translate(_call: str | None, records: Sequence[Record], _site: Site) -> Iterator[Event]:
    for record in records:
        yield read_event(record.body)


def _recognise(head: Head) -> Recognised | None:
    for line in head.lines[:5]:
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(given, dict) or given.get("kind") not in list(Kind):
            return None
    if not head.lines:
        return None
    return Recognised(0.95, "its lines are events in this product's words (at, kind, call_id ...)")


source = Source(
    name="everycall_events",
    title="Everycall events",
    doc="Events in this product's own words, one JSON object a line: for programs that know what "
    "happened and want to say it, and for what is sent to the web interface.",
    sees=frozenset(Sight) - {Sight.LOST},
    blind={Sight.LOST: "only a carrier's or trunk's records show calls that never got in"},
    recognise=_recognise,
    translation=CallTranslation(_read, _translate),
    live=lambda: PostedReader(_from_object),
    fineness=1,
    people=True,
)
