"""Forgetting callers who have not called for long: pseudonyms take the place of their numbers.

As when a caller is erased, all that is known of one goes together, so that every total stays as it was.
Who rings again after that is a new caller; what is read again of the time before is not: a tombstone
says up to when the number is replaced.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from everycall.app.history.pooling import literal
from everycall.app.history.staging import Staged
from everycall.app.keeping.erasing import (
    forget_what_was_made,
    keep_json,
    key_of,
    pseudonym_of,
    rewrite,
    rewritten,
    ways,
    with_folders,
)
from everycall.history import Engine, History
from everycall.history.store import Manifest

_NUMBER = re.compile(r"\+?\d(?:[ /().-]{0,2}\d){4,}")
_PLAIN = re.compile(r"\+?\d{5,}")
_IS_NUMBER = re.compile(r"\+?\d{5,}")
_TEXTS = (
    "SELECT DISTINCT {column} AS told FROM {source} "
    "WHERE regexp_matches({column}, '([0-9][^0-9]*){{5}}')"
)
_FOUND = f"""
SELECT DISTINCT told FROM (
  SELECT told, UNNEST(
    [told] || regexp_extract_all(told, '{_NUMBER.pattern}')
    || regexp_extract_all(told, '{_PLAIN.pattern}')
  ) AS part FROM (:texts)
) WHERE part IN (SELECT form FROM forms)
"""
_SWAPS = {"old": "VARCHAR", "new": "VARCHAR", "until": "BIGINT"}

_SILENT = """
SELECT caller_key FROM read_parquet([{files}]) WHERE NOT caller_key IS NULL
GROUP BY caller_key HAVING MAX(COALESCE(ended_at, arrived_at)) < ? ORDER BY caller_key
"""
_WRITTEN = """
SELECT DISTINCT caller_key, caller_raw FROM read_parquet([{files}])
WHERE caller_key IN (SELECT number FROM silent) AND NOT caller_raw IS NULL
"""
_NAMED = "SELECT 1 FROM read_parquet({file}) WHERE {column} IN (SELECT number FROM silent) LIMIT 1"

Shown = Mapping[str, tuple[str, int]]
"""What stands for a number, by each way of writing it, and up to when, in microseconds."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Callers who are forgotten, as a change of files and of texts."""

    shown: Shown

    def prepare(self, engine: Engine, source: str, columns: Sequence[str]) -> None:
        """Find the texts of a file in which one of the numbers stands, and what they become."""
        forms = ((form,) for form in self.shown)
        engine.load("forms", {"form": "VARCHAR"}, forms)
        told = " UNION ".join(_TEXTS.format(column=c, source=source) for c in columns)
        found = [text for (text,) in engine.rows(_FOUND.replace(":texts", told))] if columns else []
        engine.load("swaps", _SWAPS, ((text, *self._swap(text)) for text in found))

    def _swap(self, text: str) -> tuple[str, int]:
        """Return a text without the numbers, and up to when it stands for what it was."""
        tokens = [text, *_NUMBER.findall(text), *_PLAIN.findall(text)]
        until = min(self.shown[token][1] for token in tokens if token in self.shown)
        return self.out_of(text, until), until

    def has(self, column: str, _at: str) -> str:
        """Return the SQL that tells whether one of the numbers stands in a column."""
        return f"{column} IN (SELECT old FROM swaps)"

    def without(self, column: str, at: str) -> str:
        """Return the SQL of a column without the numbers."""
        found = f"(SELECT new FROM swaps WHERE old = {column} AND {at} <= until)"
        return f"COALESCE({found}, {column})"

    def out_of(self, text: str, at: int = 0) -> str:
        """Return a text of a moment without the numbers."""
        known = self._of(text, at)
        return known or _NUMBER.sub(lambda found: self._in(found[0], at), text)

    def _in(self, written: str, at: int) -> str:
        return self._of(written, at) or _PLAIN.sub(
            lambda found: self._of(found[0], at) or found[0], written
        )

    def _of(self, written: str, at: int) -> str | None:
        pseudonym, until = self.shown.get(written, ("", -1))
        return pseudonym if at <= until else None


def silent(history: History, before: int, keep: Collection[str] = ()) -> list[str]:
    """Return the numbers of callers of whom nothing was heard since a moment.

    Args:
        history: whose callers they are.
        before: the moment, in microseconds.
        keep: numbers that are still needed.
    """
    files = _listed(history.files(history.manifest(), "calls"))
    if not files:
        return []
    with Engine() as engine:
        found = engine.rows(_SILENT.format(files=files), [before])
    return [key for (key,) in found if _IS_NUMBER.fullmatch(key) and key not in set(keep)]


def forget(
    data: Path,
    site: str,
    before: int,
    keep: Collection[str] = (),
    also: Callable[[Forgetting], object] = lambda _change: None,
) -> int:
    """Forget the callers of whom nothing was heard since a moment; returns how many.

    Args:
        data: the data directory.
        site: whose history it is.
        before: the moment, in microseconds.
        keep: numbers that are still needed.
        also: makes the same change elsewhere, before it is made here.

    Raises:
        BusyError: another process writes to the history at this moment.
    """
    history, key = History(data, site), key_of(data)
    with history.writing(), Engine() as engine:
        manifest = history.manifest()
        numbers = silent(history, before, keep)
        if not numbers:
            return 0
        engine.load("silent", {"number": "VARCHAR"}, ([number] for number in numbers))
        pseudonyms = {number: pseudonym_of(key, number) for number in numbers}
        change = Forgetting(_shown(engine, history, manifest, pseudonyms, before))
        also(change)
        bury(data, site, dict.fromkeys(pseudonyms.values(), before))
        moved = {name: name for name in manifest.folders()}
        for name in _touched(engine, history, manifest, before):
            moved[name] = rewritten(engine, history, name, change)
        history.commit(with_folders(manifest, moved), forget=True)
        forget_what_was_made(history)
    return len(numbers)


def _shown(
    engine: Engine, history: History, manifest: Manifest, pseudonyms: Mapping[str, str], until: int
) -> Shown:
    """Return what stands for each way in which a number was written."""
    forms = {form: number for number in pseudonyms for form in ways(number)}
    if files := _listed(history.folder / file.path for file in manifest.events):
        forms |= {raw: number for number, raw in engine.rows(_WRITTEN.format(files=files))}
    return {form: (pseudonyms[number], until) for form, number in forms.items()}


def _touched(engine: Engine, history: History, manifest: Manifest, before: int) -> list[str]:
    """Return the folders in which one of the numbers may stand."""
    events = {
        str(Path(file.path).parent)
        for file in manifest.events
        if _names(engine, history.folder / file.path)
    }
    segments = {
        s.folder
        for s in manifest.segments
        if _names(engine, history.folder / s.folder / "calls.parquet")
    }
    tails = {s.tail for s in manifest.sources if s.tail and s.last_at < before}
    skipped = {i.skipped for i in manifest.imports if i.skipped}
    return sorted({*events, *segments, *tails, *skipped, *filter(None, [manifest.episodes])})


def _names(engine: Engine, file: Path) -> bool:
    return any(
        engine.rows(_NAMED.format(file=literal(file), column=column))
        for column in ("caller_key", "called")
    )


def _listed(files: Iterable[Path]) -> str:
    return ", ".join(literal(file) for file in files)


# ---- what is read again


def keep_forgotten(history: History, engine: Engine, staged: Sequence[Staged]) -> None:
    """Take callers who were forgotten out of what was just read, as far as it is of before that."""
    data = history.folder.parents[1]
    buried = forgotten(data, history.site)
    if not buried:
        return
    key = key_of(data)
    files = [file.path for one in staged for file in one.files]
    numbers = {number for file in files for number in _numbers(engine, file)}
    pseudonyms = {number: pseudonym_of(key, number) for number in numbers}
    shown = {
        form: (pseudonym, buried[pseudonym])
        for number, pseudonym in pseudonyms.items()
        if pseudonym in buried
        for form in ways(number)
    }
    for number, raw in _raws(engine, files):
        if pseudonyms[number] in buried:
            shown[raw] = (pseudonyms[number], buried[pseudonyms[number]])
    if shown:
        change = Forgetting(shown)
        for file in files:
            rewrite(engine, file, file, change)


def _numbers(engine: Engine, file: Path) -> set[str]:
    found = engine.rows(
        f"SELECT DISTINCT UNNEST([caller_key, called]) FROM read_parquet({literal(file)})"
    )
    return {number for (number,) in found if number is not None}


def _raws(engine: Engine, files: Iterable[Path]) -> list[tuple[str, str]]:
    listed = _listed(files)
    if not listed:
        return []
    return engine.rows(
        f"SELECT DISTINCT caller_key, caller_raw FROM read_parquet([{listed}]) "
        "WHERE NOT caller_key IS NULL AND NOT caller_raw IS NULL"
    )


def _graves(data: Path, site: str) -> Path:
    return data / "erased" / f"{site}.forgotten.json"


def forgotten(data: Path, site: str) -> dict[str, int]:
    """Return who was forgotten, and up to when."""
    try:
        found: dict[str, int] = json.loads(_graves(data, site).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def bury(data: Path, site: str, pseudonyms: Mapping[str, int]) -> None:
    """Note who is forgotten, and up to when."""
    keep_json(_graves(data, site), {**forgotten(data, site), **pseudonyms})
