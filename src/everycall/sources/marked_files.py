"""Reading a file as one of a phone system whose names are marked, as the same was heard live.

A log says nothing of the phone system that wrote it. Who takes it in does, and everything in it gets
the mark that stands on what that phone system said live: the same thing has the same name, however
it came, and is one thing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from everycall.events import Event, Skip
from everycall.events.origins import HERE, Origin
from everycall.sources.base import (
    CallTranslation,
    LineTranslation,
    Note,
    Reader,
    Record,
    Site,
    Source,
)
from everycall.sources.lines import Chunk, chunks
from everycall.sources.marking import marked, marked_line, named_events, origin_of, unmarked

Cutter = Callable[[Path, Site], Iterator[Chunk | Note]]


def of_system(source: Source, origin: Origin) -> Source:
    """Return a source whose files are those of one phone system."""
    how = source.translation
    if not origin.mark:
        return source
    if isinstance(how, LineTranslation):
        return replace(source, translation=replace(how, chunks=_marked_chunks(how, origin)))
    return replace(source, translation=replace(how, read=_marked_records(how.read, origin)))


def _marked_chunks(how: LineTranslation, origin: Origin) -> Cutter:
    def cut(path: Path, site: Site) -> Iterator[Chunk | Note]:
        found = how.chunks(path, site) if how.chunks else chunks(path, how.filler)
        for chunk in found:
            yield chunk if isinstance(chunk, Note) else _marked_chunk(chunk, origin)

    return cut


def _marked_chunk(chunk: Chunk, origin: Origin) -> Chunk:
    lines = chunk.data.decode("utf-8", "surrogateescape").split("\n")
    text = "\n".join(marked_line(line, origin) for line in lines)
    return replace(chunk, data=text.encode("utf-8", "surrogateescape"))


def _marked_records(read: Reader, origin: Origin) -> Reader:
    def reading(path: Path, site: Site) -> Iterator[Record | Skip | Note]:
        for item in read(path, site):
            yield _marked_record(item, origin) if isinstance(item, Record) else item

    return reading


def _marked_record(record: Record, origin: Origin) -> Record:
    return replace(
        record,
        call=origin.named(record.call) if record.call else record.call,
        unit=origin.named(record.unit) if record.unit else record.unit,
        body=marked(record.body, origin),
    )


def told(
    how: CallTranslation, call: str | None, records: Sequence[Record], site: Site
) -> Iterator[Event]:
    """Yield what a translation makes of records, by the names of the phone systems that wrote them.

    A call is of one phone system; what is said of staff may be of several.
    """
    if call is not None:
        origin = origin_of(records[0].body) if records else HERE
        yield from _told(how, call, records, site, origin)
        return
    for origin, own in groupby(records, key=lambda record: origin_of(record.body)):
        yield from _told(how, None, list(own), site, origin)


def _told(
    how: CallTranslation, call: str | None, records: Sequence[Record], site: Site, origin: Origin
) -> Iterator[Event]:
    if not origin.mark:
        yield from how.translate(call, records, site)
        return
    plain = [replace(record, body=unmarked(record.body)) for record in records]
    known = call if call is None else origin.plain(call)
    yield from named_events(how.translate(known, plain, site), origin)
