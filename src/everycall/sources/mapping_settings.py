"""What a mapping file may say: which column of a CSV means what, and how its values are written."""

import re
from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from everycall.errors import did_you_mean
from everycall.events import AgentKind, Direction, EndedBy
from everycall.events.sights import Sight
from everycall.settings import setting


class Grain(StrEnum):
    """What a row is."""

    CALL = "call"
    LEG = "leg"


class Result(StrEnum):
    """What became of a row's call or leg, in the words that a mapping may use."""

    ANSWERED = "answered"
    CALLER = "caller"
    TIMEOUT = "timeout"
    EMPTY = "empty"
    FULL = "full"
    UNSTAFFED = "unstaffed"
    KEY = "key"
    CLOSING = "closing"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    ELSEWHERE = "elsewhere"
    VOICEMAIL = "voicemail"
    MESSAGE = "message"
    CALLBACK = "callback"
    CLOSED = "closed"
    SELF_SERVED = "self_served"
    REFUSED = "refused"
    BLOCKED = "blocked"
    FAILED = "failed"
    INVALID_NUMBER = "invalid_number"
    MACHINE = "machine"


class LegKind(StrEnum):
    """What a row of a leg was to."""

    AGENT = "agent"
    QUEUE = "queue"
    MENU = "menu"
    VOICEMAIL = "voicemail"
    BOT = "bot"
    DEVICE = "device"
    EXTERNAL = "external"
    LINE = "line"


class Unit(StrEnum):
    """How a duration is written; one with colons is read as hours, minutes and seconds."""

    MICROSECONDS = "us"
    MILLISECONDS = "ms"
    SECONDS = "s"
    MINUTES = "min"
    HOURS_MINUTES = "hh:mm"
    MINUTES_SECONDS = "mm:ss"
    HOURS = "hh:mm:ss"


class Repeats(StrEnum):
    """What two rows mean that are the same word for word."""

    ONE = "one"
    EACH = "each"


class Queued(StrEnum):
    """What shows that a caller entered a queue."""

    ENTERED = "entered"
    NAMED = "named"
    WAITED = "waited"


_MOMENTS = (
    "arrived",
    "menu_entered",
    "menu_left",
    "queue_entered",
    "queue_left",
    "rang",
    "answered",
    "talk_ended",
    "ended",
)
_DURATIONS = ("menu", "wait", "ring", "talk", "hold", "total")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what; the name is the column's heading."""

    call_id: tuple[str, ...] = setting(
        (), doc="The call's own id; a list where only several columns together are unique."
    )
    date: str = setting("", doc="The day, where the moments hold only a time of day.")
    arrived: str = setting("", doc="When the call, or in a file of legs the leg, began.")
    menu_entered: str = setting("", doc="When the caller came into the menu.")
    menu_left: str = setting("", doc="When the caller left the menu.")
    queue_entered: str = setting("", doc="When the caller entered the queue.")
    queue_left: str = setting("", doc="When the caller left the queue.")
    rang: str = setting("", doc="When the phone began to ring.")
    answered: str = setting("", doc="When a person began to speak.")
    talk_ended: str = setting("", doc="When the talk ended.")
    ended: str = setting("", doc="When the call or leg ended.")
    menu: str = setting("", doc="How long the caller was in the menu.")
    wait: str = setting("", doc="How long the caller waited in the queue.")
    ring: str = setting("", doc="How long the phone rang.")
    talk: str = setting("", doc="How long they talked.")
    hold: str = setting("", doc="How long the caller was on hold.")
    total: str = setting("", doc="How long the call or leg lasted, ringing included.")
    direction: str = setting("", doc="Whether it came in, went out or stayed inside.")
    caller: str = setting("", doc="The customer's number or id, whoever called.")
    called: str = setting("", doc="The number that was dialled.")
    from_number: str = setting(
        "", doc="The number that called: the customer's, if the call came in."
    )
    to_number: str = setting("", doc="The number that was called: the customer's, if we called.")
    queue: str = setting("", doc="The queue or ring group.")
    agent: str = setting("", doc="Who was rung or spoke.")
    agent_kind: str = setting("", doc="Whether that is a person, bot, device or outside number.")
    trunk: str = setting("", doc="The line that the call came or went by.")
    result: str = setting("", doc="What became of the call or leg.")
    kind: str = setting("", doc="What a leg was to: a phone, a queue, a menu ...")
    ended_by: str = setting("", doc="Who hung up.")
    transfer_to: str = setting("", doc="To whom the caller was handed on.")
    menu_choice: str = setting("", doc="The key that was pressed.")
    tag: str = setting("", doc="What the call was about: a reason, a disposition, a wrap-up code.")
    sip_code: str = setting("", doc="The SIP answer.")
    q850: str = setting("", doc="The Q.850 cause.")
    client: str = setting("", doc="The brand that the call was for.")
    language: str = setting("", doc="The caller's language.")

    def headings(self) -> dict[str, tuple[str, ...]]:
        """Return, for each thing that is mapped, the columns that say it."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        tidy = {
            name: (value,) if isinstance(value, str) else value for name, value in found.items()
        }
        return {name: value for name, value in tidy.items() if any(value)}


@dataclass(frozen=True, slots=True)
class FileForm:
    """How the file is written."""

    delimiter: str = setting(
        "auto", doc="auto, comma, semicolon, tab, pipe, or the character itself."
    )
    decimal: str = setting(".", doc="What stands before the fraction of a number: . or ,")
    heading: tuple[str, ...] = setting((), doc="The names of the columns, if the file has none.")
    optional: tuple[str, ...] = setting(
        (), doc="Things that are mapped here and may be missing in a file."
    )
    repeats: Repeats = setting(
        Repeats.ONE, doc="Whether rows that are the same word for word are one, or each counts."
    )

    def __post_init__(self) -> None:
        if self.delimiter not in DELIMITERS and len(self.delimiter) != 1:
            words = ", ".join(DELIMITERS)
            raise ValueError(f"delimiter '{self.delimiter}' is none of: {words}, one character")
        if self.decimal not in (".", ","):
            raise ValueError(f"decimal is . or , and not '{self.decimal}'")


DELIMITERS = {"auto": "", "comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
"""The words for what separates columns."""


@dataclass(frozen=True, slots=True)
class Times:
    """How moments are written."""

    formats: tuple[str, ...] = setting(
        ("auto",),
        doc="auto (ISO 8601, or seconds, milliseconds or microseconds since 1970), or forms such "
        "as '%d/%m/%Y %H:%M:%S', tried in order.",
    )
    date_format: str = setting("%Y-%m-%d", doc="The form of the day, where it has its own column.")
    zone: ZoneInfo | None = setting(None, doc="The zone of local times, if it is not the site's.")
    never: tuple[str, ...] = setting(
        ("", "-", "0", "0:00:00", "00:00:00", "null", "NULL", "\\N", "0000-00-00 00:00:00"),
        doc="What stands in a column of something that did not happen.",
    )

    def __post_init__(self) -> None:
        wrong = [form for form in (*self.formats, self.date_format) if not _is_form(form)]
        if wrong:
            raise ValueError(
                f"'{wrong[0]}' is no form of a time; write for example '%d.%m.%Y %H:%M'"
            )


def _is_form(form: str) -> bool:
    if form == "auto":
        return True
    moment = datetime(2026, 11, 30, 13, 5, 7)  # noqa: DTZ001 - only its writing is looked at
    try:
        datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007 - the zone is the mapping's, added later
    except ValueError:
        return False
    return "%" in form


@dataclass(frozen=True, slots=True)
class Durations:
    """How durations are written."""

    unit: Unit = setting(
        Unit.SECONDS, doc="What a number means; and, of two parts, mm:ss or hh:mm."
    )
    own: dict[str, Unit] = setting(factory=dict, doc="The unit of single ones: ring = 'ms'.")
    talk_includes_hold: bool = setting(
        default=True, doc="Whether the time on hold is part of the talk."
    )

    def __post_init__(self) -> None:
        for name in self.own:
            if name not in _DURATIONS:
                hint = did_you_mean(name, _DURATIONS) or f" (known: {', '.join(_DURATIONS)})"
                raise ValueError(f"'{name}' is no duration{hint}")

    def of(self, name: str) -> Unit:
        """Return the unit of one duration."""
        return self.own.get(name, self.unit)


@dataclass(frozen=True, slots=True)
class Values:
    """What the words of a column mean; `*` stands for every other word."""

    direction: dict[str, Direction] = setting(factory=dict, doc="inbound, outbound, ...")
    result: dict[str, Result] = setting(factory=dict, doc="answered, caller, timeout, ...")
    kind: dict[str, LegKind] = setting(factory=dict, doc="agent, queue, menu, ...")
    agent_kind: dict[str, AgentKind] = setting(factory=dict, doc="person, bot, device, external.")
    ended_by: dict[str, EndedBy] = setting(factory=dict, doc="caller, agent, system, network.")
    queue: dict[str, str] = setting(factory=dict, doc="Names of queues that read better.")


@dataclass(frozen=True, slots=True)
class Always:
    """What holds for every row, where no column says it."""

    direction: Direction | None = setting(None, doc="Where all calls came from.")
    queue: str = setting("", doc="The one queue.")
    client: str = setting("", doc="The one brand.")
    queue_exit: Result | None = setting(
        None, doc="What it means if nobody in a queue answered: caller or timeout."
    )


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Rows that are no calls."""

    column: str = setting(doc="The column that shows it.")
    values: tuple[str, ...] = setting(doc="The words in it.")
    why: str = setting("they are no calls", doc="Why they are left out.")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file."""

    name: str = setting(doc="The name of the source: small letters, digits and _.")
    columns: Columns = setting(doc="Which column says what.")
    title: str = setting("", doc="What people call it.")
    doc: str = setting("", doc="One sentence about it.")
    grain: Grain = setting(
        Grain.CALL, doc="call: one row per call; leg: rows of a call share its id."
    )
    carrier: bool = setting(
        default=False,
        doc="These are a carrier's records: what they have and we do not never got in.",
    )
    only_if_named: bool = setting(
        default=False, doc="Whether files are read by it only where it is asked for by name."
    )
    queued: Queued | None = setting(
        None, doc="What shows a stay in a queue: entered, named or waited (for more than nothing)."
    )
    file: FileForm = setting(factory=FileForm, doc="How the file is written.")
    times: Times = setting(factory=Times, doc="How moments are written.")
    durations: Durations = setting(factory=Durations, doc="How durations are written.")
    values: Values = setting(factory=Values, doc="What words mean.")
    always: Always = setting(factory=Always, doc="What holds for every row.")
    nothing: dict[str, tuple[str, ...]] = setting(
        factory=dict, doc="Words that mean that nothing is known: agent = ['NO_SERVER']."
    )
    leave_out: tuple[LeaveOut, ...] = setting((), doc="Rows that are no calls.")
    sees: tuple[Sight, ...] = setting((), doc="What it sees beyond what its columns show.")
    blind: dict[str, str] = setting(factory=dict, doc="What it cannot see, each with the reason.")

    def __post_init__(self) -> None:
        wrong = list(_mistakes(self))
        if wrong:
            raise ValueError("; ".join(wrong))

    @property
    def mapped(self) -> frozenset[str]:
        """The things that have a column."""
        return frozenset(self.columns.headings())

    def needed(self) -> Iterator[tuple[str, str]]:
        """Yield each thing and column that a file must have."""
        for name, headings in self.columns.headings().items():
            if name not in self.file.optional:
                yield from ((name, heading) for heading in headings)
        yield from (("leave_out", item.column) for item in self.leave_out)


def _mistakes(mapping: Mapping) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", mapping.name):
        yield f"name '{mapping.name}' is not made of small letters, digits and _"
    if not mapping.columns.arrived:
        yield "columns.arrived is missing: without the moment there is no call"
    if mapping.grain is Grain.LEG and not mapping.columns.call_id:
        yield "columns.call_id is missing: it says which legs are one call"
    yield from _unknown("nothing", mapping.nothing, [f.name for f in fields(Columns)])
    yield from _unknown("blind", mapping.blind, [sight.value for sight in Sight])
    yield from _unknown("file.optional", mapping.file.optional, [f.name for f in fields(Columns)])


def _unknown(place: str, words: Any, known: list[str]) -> Iterator[str]:
    for word in words:
        if word not in known:
            hint = did_you_mean(word, known) or f" (known: {', '.join(known)})"
            yield f"{place}: unknown word '{word}'{hint}"


def tidied(table: Table[str, Any]) -> dict[str, Any]:
    """Return a mapping's table with single words where lists are meant made lists."""
    found = dict(table)
    columns = found.get("columns")
    if isinstance(columns, dict) and isinstance(columns.get("call_id"), str):
        found["columns"] = {**columns, "call_id": [columns["call_id"]]}
    times = found.get("times")
    if isinstance(times, dict) and isinstance(times.get("formats"), str):
        found["times"] = {**times, "formats": [times["formats"]]}
    return found


MOMENTS = _MOMENTS
"""The columns that hold moments."""

DURATIONS = _DURATIONS
"""The columns that hold durations."""
