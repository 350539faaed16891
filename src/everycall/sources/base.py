"""What a source is: a name, what it can and cannot see, how to know it, how to translate it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from everycall.calls.model import SourceView
from everycall.events import Event, Skip
from everycall.events.markers import Form, Markers
from everycall.events.sights import Sight
from everycall.live.signs import Sign
from everycall.sources.lines import Chunk


@dataclass(frozen=True, slots=True)
class Site:
    """What a translation has to know of the site that the records come from.

    Attributes:
        zone: the IANA time zone in which local times of the records are meant; null if not said.
        trunks: names of endpoints that lead outside; `*` stands for anything.
        internal: patterns of numbers that are the site's own extensions.
        markers: which contexts, prompts, applications and verbs mean which stage.
        tag_fields: the fields of records that say what a call was about.
    """

    zone: str | None = None
    trunks: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    markers: Markers = field(default_factory=Markers)
    tag_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, from which its kind is told.

    Attributes:
        name: the file's name, without `.gz` and rotation numbers.
        text: its first lines, decoded with replacement characters where it is no UTF-8.
    """

    path: Path
    name: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The first lines, the last one left out where it may be cut."""
        # as the reader cuts them: other signs that a text may break at stand in people's names
        found = self.text.replace("\r\n", "\n").replace("\r", " ").split("\n")
        found = found[:-1] if found[-1] == "" else found
        return found if len(found) < 2 or self.text.endswith("\n") else found[:-1]


@dataclass(frozen=True, slots=True)
class Recognised:
    """How sure a source is that a file is one of its own, from 0 to 1, and why."""

    sureness: float
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source whose calls are translated as a whole.

    Attributes:
        call: the id under which the source files the record: linkedid, call id ...; null for staff.
        unit: a finer id that may change its call: Asterisk's uniqueid; null where there is none.
        body: what the record says; anything that JSON can hold.
    """

    call: str | None
    unit: str | None
    at: int
    line: int
    body: Any


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader guessed, with its reason, for the one who imports."""

    text: str


class LiveReader(Protocol):
    """Reads the records of a live feed one by one, in the order in which they were said."""

    def take(self, body: str, line: int, received_at: int) -> Iterator["Record | Skip | Sign"]:
        """Yield what one record says; `line` is its place in the feed."""


Reader = Callable[[Path, Site], Iterator[Record | Skip | Note]]
Translator = Callable[[str | None, Sequence[Record], Site], Iterable[Event]]


@dataclass(frozen=True, slots=True)
class LineTranslation:
    """A translation of single lines, written in SQL so that millions of them take seconds.

    Attributes:
        delimiter: what separates the fields of a line.
        columns: the fields, in order; a line may have fewer, and what is too much belongs to the
            last of them.
        filler: a line that means nothing, put in the place of one that cannot be read.
        stamped: over `lines` (the columns): the same with `at` and `resolution`, line by line.
        lookup: the rows of the table `verbs`, for the verbs that a file holds, and their types.
        events: over `stamped` (with the number of each `line`) and `verbs`, the columns of events.
        refused: over the same: `line`, `reason`, `detail`, `text` of what gives no event.
        chunks: cuts a file into chunks of such lines, if they have to be made first.
    """

    delimiter: str
    columns: tuple[str, ...]
    filler: str
    stamped: Callable[[Site], str]
    lookup: Callable[[Site, Iterable[str]], list[dict[str, object]]]
    lookup_types: Mapping[str, str]
    events: str
    refused: str
    chunks: Callable[[Path, Site], Iterator[Chunk | Note]] | None = None


@dataclass(frozen=True, slots=True)
class CallTranslation:
    """A translation of whole calls: read the records, then translate those of one call together."""

    read: Reader
    translate: Translator


@dataclass(frozen=True, slots=True)
class Source:
    """A phone system or format.

    Attributes:
        sees: what it can see; everything else is null in what comes from it alone.
        blind: why it cannot see a thing, and what would: shown in the audit.
        forms: where stage markers can be found in its records.
        fineness: the smaller, the more its moments are believed beside other sources.
        carrier: it speaks from outside: what it has and we have not never got in.
        refusal: says why a file is not one of its own, for one who insists that it is.
        live: makes a reader of its records as they come, if it can be heard live call by call.
        alike: several of its phone systems may have the same names and ids, so that it has to be
            said whose a file is.
    """

    name: str
    title: str
    doc: str
    sees: frozenset[Sight]
    recognise: Callable[[Head], Recognised | None]
    translation: LineTranslation | CallTranslation
    blind: Mapping[Sight, str] = field(default_factory=dict)
    forms: frozenset[Form] = frozenset()
    fineness: int = 5
    channels: bool = False
    people: bool = False
    carrier: bool = False
    refusal: Callable[[Head], str] | None = None
    live: Callable[[], LiveReader] | None = None
    alike: bool = False

    def view(self, site: Site) -> SourceView:
        """Return what the chain has to know of this source."""
        return SourceView(
            self.name,
            self.sees | site.markers.sights(self.forms),
            self.fineness,
            self.channels,
            self.people,
            self.carrier,
        )
