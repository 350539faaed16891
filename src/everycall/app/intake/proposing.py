"""Writing the mapping file that is proposed for an unknown CSV, honest about what is a guess."""

import json
import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from everycall.app.site.guessing_words import DAYS, DOUBTFUL, FORMATS, MEANINGS, Column, means
from everycall.errors import EverycallError
from everycall.events import Skip
from everycall.sources.base import Head, Record, Site
from everycall.sources.mapping import read_mapping
from everycall.sources.mapping_reading import read
from everycall.sources.mapping_settings import DURATIONS, Grain, Result, Unit
from everycall.sources.mapping_values import duration, moment

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_LONG = 7200
"""Hardly any talk lasts longer than this, in seconds: larger numbers are milliseconds."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found out about an unknown file."""

    name: str
    delimiter: str
    found: dict[str, Column]

    @property
    def source(self) -> str:
        """The name that the source gets."""
        words = re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_")
        return (words if re.match(r"[a-z]", words) else f"file_{words}")[:40].rstrip("_")

    @property
    def grain(self) -> Grain:
        """What a row is: a leg, if ids of calls repeat, or callers who called at one moment."""
        call_id = self.found.get("call_id")
        repeated = call_id.repeats > 0.02 if call_id is not None else bool(self.pair)
        return Grain.LEG if repeated else Grain.CALL

    @property
    def pair(self) -> tuple[str, str] | None:
        """The columns of moment and caller, if they repeat together and there is no other id."""
        caller = self.found.get("caller") or self.found.get("from_number")
        if "call_id" in self.found or caller is None:
            return None
        arrived = self.found["arrived"]
        pairs = Counter(zip(arrived.cells, caller.cells, strict=True))
        repeated = sum(count for (_, who), count in pairs.items() if who and count > 1)
        return (arrived.name, caller.name) if repeated > 0.2 * pairs.total() else None

    @property
    def form(self) -> str:
        """How moments are written."""
        if self.found["arrived"].is_time_of_day:
            return "auto"
        return self.found["arrived"].form(FORMATS) or "auto"

    @property
    def forms(self) -> list[str]:
        """Every way in which the days may be meant."""
        day = self.found.get("date")
        return day.forms(DAYS) if day else self.found["arrived"].forms(FORMATS)

    @property
    def unit(self) -> Unit:
        """How durations are written."""
        cells = [cell for thing in DURATIONS if thing in self.found for cell in self._cells(thing)]
        numbers = [float(cell.replace(",", ".")) for cell in cells if ":" not in cell]
        if numbers and self._by_moments() is not None:
            return self._by_moments() or Unit.SECONDS
        return Unit.MILLISECONDS if numbers and median(numbers) > _LONG else Unit.SECONDS

    def _cells(self, thing: str) -> list[str]:
        return [cell for cell in self.found[thing].given if re.fullmatch(r"[\d:.,]+", cell)]

    def _by_moments(self) -> Unit | None:
        """Tell the unit by rows that say both when a call began and ended, and how long it was."""
        if not {"arrived", "ended", "total"} <= set(self.found) or "date" in self.found:
            return None
        columns = (self.found[thing].cells for thing in ("arrived", "ended", "total"))
        ratios = [r for row in zip(*columns, strict=False) if (r := self._ratio(*row)) is not None]
        if len(ratios) < 5:
            return None
        return Unit.MILLISECONDS if median(ratios) > 100 else Unit.SECONDS

    def _ratio(self, began: str, ended: str, total: str) -> float | None:
        try:
            lasted = moment(ended, (self.form,)) - moment(began, (self.form,))
            said = duration(total, Unit.SECONDS) / 1000
        except ValueError:
            return None
        seconds = lasted.total_seconds()
        return said / seconds if seconds > 0 else None

    @property
    def decimal(self) -> str:
        """What stands before a fraction."""
        cells = (c for thing in DURATIONS if thing in self.found for c in self.found[thing].given)
        return "," if any(re.fullmatch(r"\d+,\d{1,3}", cell) for cell in cells) else "."


def toml_of(draft: Draft) -> str:
    """Write the mapping file."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    yield "# A guess to begin with: read it through, above all the lines that begin with #."
    yield f"name = {_text(draft.source)}"
    yield f'grain = "{draft.grain}"'
    yield "\n[file]"
    yield f'delimiter = "{_DELIMITERS[draft.delimiter]}"'
    yield f'decimal = "{draft.decimal}"'
    yield "\n[columns]"
    yield from (f"{thing} = {_text(column.name)}" for thing, column in draft.found.items())
    if draft.pair:
        yield f"call_id = [{', '.join(map(_text, draft.pair))}]"
    yield "\n[times]"
    yield from _times(draft)
    yield "\n[durations]"
    yield f'unit = "{draft.unit}"'
    for thing in MEANINGS:
        if thing in draft.found:
            yield from _values(thing, draft.found[thing])
    if "direction" not in draft.found:
        yield "\n[always]"
        yield '# direction = "inbound"'


def _times(draft: Draft) -> Iterator[str]:
    yield f"formats = [{_text(draft.form)}]"
    if "date" in draft.found:
        yield f"date_format = {_text(draft.found['date'].form(DAYS) or DAYS[0])}"
    if _is_local(draft):
        yield '# zone = "Europe/Berlin"  # if these times are not in the zone of the site'


def _values(thing: str, column: Column) -> Iterator[str]:
    yield f"\n[values.{thing}]"
    for word, count in column.words.most_common():
        meaning = means(thing, word)
        if meaning is None:
            yield f'# {_text(word)} = "?"  # {count} rows'
        else:
            yield f'{_text(word)} = "{meaning}"'


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _is_local(draft: Draft) -> bool:
    given = draft.found["arrived"].given
    if draft.found["arrived"].is_time_of_day:
        return True
    return any(moment(c, (draft.form,)).tzinfo is None for c in given[:1])


def doubts_of(draft: Draft) -> Iterator[str]:
    """Yield what somebody who knows the phone system has to decide."""
    yield from _doubts_of_time(draft)
    yield from _doubts_of_words(draft)
    yield from _doubts_of_calls(draft)


def _doubts_of_time(draft: Draft) -> Iterator[str]:
    if len(draft.forms) > 1:
        others = " or ".join(f"'{form}'" for form in draft.forms)
        yield f"the days can be read as {others}: make sure which is right"
    if _is_local(draft):
        yield "no time says its zone: they are read in the zone of the site"
    plain = [t for t in DURATIONS if t in draft.found and draft.found[t].is_number]
    if plain and draft.unit is Unit.SECONDS:
        yield f"{', '.join(plain)}: plain numbers, taken for seconds"
    if draft.unit is Unit.MILLISECONDS:
        yield "lengths of time are so large that they are taken for milliseconds"
    parts = [t for t in DURATIONS if t in draft.found and _two_parts(draft.found[t])]
    if parts:
        yield f"{', '.join(parts)}: two parts such as 1:30 are taken for minutes and seconds"


def _two_parts(column: Column) -> bool:
    return column.share(lambda cell: cell.count(":") == 1) > 0.5


def _doubts_of_words(draft: Draft) -> Iterator[str]:
    for thing in MEANINGS:
        column = draft.found.get(thing)
        for word, count in column.words.items() if column else ():
            meaning = means(thing, word)
            doubt = DOUBTFUL.get(Result(meaning)) if meaning and thing == "result" else None
            if meaning is None:
                yield f"{thing} '{word}' ({count} rows): what it means is not known"
            elif doubt:
                yield f"{thing} '{word}': {doubt}"


def _doubts_of_calls(draft: Draft) -> Iterator[str]:
    found = draft.found
    if draft.pair:
        yield (
            f"'{draft.pair[0]}' and '{draft.pair[1]}' repeat together and no column holds an id: "
            "such rows are taken for one call, and each for one phone that was rung"
        )
    elif "call_id" not in found:
        yield "no column holds an id of the call: every row is taken for a call of its own"
    elif draft.grain is Grain.LEG:
        yield f"'{found['call_id'].name}' repeats, so rows are taken for legs of calls"
    if "direction" not in found:
        yield "no column says whether a call came in: all are taken for calls that came in"
    if not {"caller", "from_number"} & set(found):
        yield "no column says who called: nobody can be called back"
    if "queue" not in found and "wait" not in found:
        yield "no column speaks of a queue: waiting cannot be seen"
    if "result" not in found and not {"answered", "talk"} & set(found):
        yield "nothing says whether a call was answered"


def tried(toml: str, head: Head) -> str:
    """Read the beginning of the file by the mapping, and say what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / head.path.name
        path.write_text("\n".join(head.lines) + "\n", encoding="utf-8")
        try:
            items = list(read(read_mapping(tomllib.loads(toml)), path, Site()))
        except EverycallError as error:
            return f"it cannot read the file: {error}"
    good = sum(1 for item in items if isinstance(item, Record))
    unread = [i for i in items if isinstance(i, Skip) and i.reason.unreadable]
    if not unread:
        return f"all of the first {good} rows can be read"
    reasons = Counter(f"{skip.reason}: {skip.detail}" for skip in unread).most_common(1)
    return f"{good} of the first {good + len(unread)} rows can be read; else mostly {reasons[0][0]}"
