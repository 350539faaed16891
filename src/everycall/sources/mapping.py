"""Any CSV of calls or legs, read by a mapping: a small TOML file that says what its columns mean."""

import tomllib
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from everycall.errors import BadSettingsError, Mistake, NotFoundError
from everycall.events import Event
from everycall.events.sights import Sight
from everycall.settings import read_table
from everycall.sources.base import CallTranslation, Head, Recognised, Record, Site, Source
from everycall.sources.mapping_reading import read
from everycall.sources.mapping_rows import layout_of, missing
from everycall.sources.mapping_settings import Grain, Mapping, Result, tidied
from everycall.sources.mapping_story import translate

FOLDER = "mappings"
"""Below the data directory: mappings that everycall considers by itself."""

_OWN = 0.97
_BUILT_IN = 0.85
_IF_NAMED = 0.4
"""Less than what a file is taken for by itself."""

_BY_COLUMN = {
    "caller": Sight.CALLER,
    "called": Sight.CALLED,
    "from_number": Sight.CALLER,
    "to_number": Sight.CALLED,
    "trunk": Sight.TRUNK,
    "direction": Sight.DIRECTION,
    "menu": Sight.MENU,
    "menu_entered": Sight.MENU,
    "menu_choice": Sight.MENU,
    "queue": Sight.QUEUE,
    "queue_entered": Sight.QUEUE,
    "wait": Sight.QUEUE,
    "agent": Sight.DIRECT,
    "ring": Sight.DIRECT,
    "talk": Sight.TALK,
    "answered": Sight.TALK,
    "talk_ended": Sight.TALK,
    "hold": Sight.HOLD,
    "transfer_to": Sight.TRANSFER,
    "ended_by": Sight.ENDED_BY,
    "sip_code": Sight.CAUSE,
    "q850": Sight.CAUSE,
    "ended": Sight.END,
    "total": Sight.END,
}
_BY_RESULT = {
    Result.ANSWERED: Sight.TALK,
    Result.CALLER: Sight.EXIT,
    Result.TIMEOUT: Sight.EXIT,
    Result.FULL: Sight.DOOR,
    Result.UNSTAFFED: Sight.DOOR,
    Result.REJECTED: Sight.RING_RESULT,
    Result.BUSY: Sight.RING_RESULT,
    Result.VOICEMAIL: Sight.VOICEMAIL,
    Result.MESSAGE: Sight.MESSAGE,
    Result.CALLBACK: Sight.CALLBACK,
    Result.CLOSED: Sight.CLOSED,
    Result.SELF_SERVED: Sight.SELF_SERVICE,
    Result.ELSEWHERE: Sight.ELSEWHERE,
    Result.FAILED: Sight.CAUSE,
    Result.REFUSED: Sight.LOST,
}
_BY_CARRIER = frozenset(
    {Sight.LOST, Sight.CALLER, Sight.CALLED, Sight.TRUNK, Sight.DIRECTION, Sight.END, Sight.CAUSE}
)
_REASONS = {
    Sight.LOST: "it shows calls that came in; add your carrier's records",
    Sight.STAFF: "it is a list of calls",
    Sight.RINGS: "a row per call shows at most who answered, not whose phone rang before",
    Sight.AFTER_TRANSFER: "a row per call ends with the talk that it names",
}


def source_of(mapping: Mapping, sureness: float = _OWN) -> Source:
    """Make a source of a mapping."""
    sees = seen(mapping)
    return Source(
        name=mapping.name,
        title=mapping.title or mapping.name,
        doc=mapping.doc or f"Read by the mapping {mapping.name}.",
        sees=sees,
        blind=_blind(mapping, sees),
        recognise=partial(_recognise, mapping, sureness),
        refusal=partial(_refusal, mapping),
        translation=CallTranslation(partial(read, mapping), partial(_translate, mapping)),
        carrier=mapping.carrier,
        people=not mapping.carrier,
        fineness=8,
    )


def _translate(
    mapping: Mapping, call: str | None, records: Sequence[Record], _site: Site
) -> Iterator[Event]:
    yield from translate(mapping, call, records)


def seen(mapping: Mapping) -> frozenset[Sight]:
    """Return what a mapped file can see, by what is mapped in it."""
    sees = {_BY_COLUMN[name] for name in mapping.mapped if name in _BY_COLUMN}
    sees |= {
        _BY_RESULT[result] for result in mapping.values.result.values() if result in _BY_RESULT
    }
    sees |= set(_given(mapping))
    if mapping.carrier:
        sees = (sees & _BY_CARRIER) | {Sight.LOST}
    if Sight.QUEUE not in sees:
        sees -= {Sight.EXIT, Sight.DOOR}
    return frozenset((sees | set(mapping.sees)) - {Sight(word) for word in mapping.blind})


def _given(mapping: Mapping) -> Iterator[Sight]:
    """Yield what is seen by other things than a column or a word."""
    if mapping.always.direction:
        yield Sight.DIRECTION
    if mapping.always.queue:
        yield Sight.QUEUE
    if mapping.always.queue_exit:
        yield Sight.EXIT
    if mapping.grain is Grain.LEG and "agent" in mapping.mapped:
        yield from (Sight.RINGS, Sight.AFTER_TRANSFER)
    if {"answered", "talk"} & mapping.mapped and {"talk", "talk_ended"} & mapping.mapped:
        yield Sight.END


def _blind(mapping: Mapping, sees: frozenset[Sight]) -> dict[Sight, str]:
    given = {Sight(word): reason for word, reason in mapping.blind.items()}
    return {
        sight: given.get(sight) or _REASONS.get(sight) or "no column of the file says it"
        for sight in Sight
        if sight not in sees
    }


def _needed(mapping: Mapping) -> list[str]:
    return [heading for _, heading in mapping.needed()]


def _recognise(mapping: Mapping, sureness: float, head: Head) -> Recognised | None:
    """Know a file by its columns."""
    layout = layout_of(head.lines, mapping.file, _needed(mapping))
    if layout is None:
        return None
    sureness = _IF_NAMED if mapping.only_if_named else sureness
    return Recognised(sureness, f"it has every column that the mapping '{mapping.name}' names")


def _refusal(mapping: Mapping, head: Head) -> str:
    told = missing(head.lines, mapping.file, _needed(mapping))
    return f"does not fit the mapping '{mapping.name}': {told}"


def read_mapping(table: dict[str, Any], place: str = "") -> Mapping:
    """Read the table of a mapping.

    Raises:
        BadSettingsError: with every mistake in it, and where.
    """
    return read_table(Mapping, tidied(table), place)


def load_mapping(path: Path, sureness: float = _OWN) -> Source:
    """Make a source of a mapping file.

    Raises:
        NotFoundError: there is no such file.
        BadSettingsError: with every mistake in it, and where.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFoundError(f"cannot read the mapping '{path}': {error.strerror}") from None
    return source_of(_parsed(text, path.name), sureness)


def _parsed(text: str, name: str) -> Mapping:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettingsError([Mistake(name, f"this is no valid TOML: {error}")]) from None
    return read_mapping(table, f"{name}:")


def mappings_in(folder: Path) -> list[Source]:
    """Make a source of every mapping in a folder; none where there is no such folder.

    Raises:
        BadSettingsError: with every mistake of every mapping in it.
    """
    found: list[Source] = []
    mistakes: list[Mistake] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(load_mapping(path))
        except BadSettingsError as error:
            mistakes += error.mistakes
    if mistakes:
        raise BadSettingsError(mistakes)
    return found


def built_in() -> list[Source]:
    """Make a source of every mapping that comes with everycall."""
    folder = files("everycall.sources") / FOLDER
    shipped = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=_name)
    return [source_of(_parsed(f.read_text("utf-8"), f.name), _BUILT_IN) for f in shipped]


def _name(file: Any) -> str:
    return str(file.name)
