"""Erasing one caller: their number is taken out of everything, and a keyed pseudonym stays in its place.

So every total stays as it was, and calls of one caller still belong together, but nobody can tell
whose they were. A tombstone, which is the pseudonym itself, keeps the number out when a log that
holds it is read again.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from everycall.app.history.kept_tables import FOUND
from everycall.app.history.pooling import literal
from everycall.app.history.staging import Staged
from everycall.errors import NotFoundError
from everycall.events.callers import caller
from everycall.history import Engine, History
from everycall.history.store import Manifest

_KEY = "erasure-key"
_SHORTEST = 5


class Change(Protocol):
    """What is done to the texts of a file."""

    def prepare(self, engine: Engine, source: str, columns: Sequence[str]) -> None:
        """Look at a file before it is changed."""

    def has(self, column: str, at: str) -> str:
        """Return the SQL that tells whether there is something to do in a column.

        `at` is the moment of the row, 0 where it has none.
        """

    def without(self, column: str, at: str) -> str:
        """Return the SQL of a column after it."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A caller to be erased.

    Attributes:
        pseudonym: what stands for them from now on.
        forms: how their number was written, longest first.
    """

    pseudonym: str
    forms: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """The regular expression of the number wherever it stands by itself."""
        forms = "|".join(re.escape(form) for form in self.forms)
        return rf"(^|[^0-9+])(?:{forms})($|[^0-9])"

    def prepare(self, engine: Engine, source: str, columns: Sequence[str]) -> None:
        """Do nothing: the number is the same in every file."""

    def has(self, column: str, _at: str) -> str:
        """Return the SQL that tells whether the number stands in a column."""
        return f"regexp_matches({column}, {literal(self.pattern)})"

    def without(self, column: str, _at: str) -> str:
        """Return the SQL of a column without the number."""
        pattern, shown = literal(self.pattern), literal(rf"\1{self.pseudonym}\2")
        for _ in range(2):  # numbers with one sign between them share it
            column = f"regexp_replace({column}, {pattern}, {shown}, 'g')"
        return column

    def out_of(self, text: str) -> str:
        """Return a text without the number."""
        for _ in range(2):  # numbers with one sign between them share it
            text = re.sub(self.pattern, rf"\g<1>{self.pseudonym}\g<2>", text)
        return text


def erase(data: Path, site: str, number: str, region: str | None = None) -> Erasure:
    """Erase a caller from a site's history, and keep them out of it; returns what was erased.

    Raises:
        NotFoundError: this is no number.
        BusyError: another process writes to the history at this moment.
    """
    found = caller(number, region).key
    if not found or sum(sign.isdigit() for sign in found) < _SHORTEST:
        raise NotFoundError(f"'{number}' is no number of a caller; write it as +493023125001")
    history = History(data, site)
    pseudonym = pseudonym_of(key_of(data), found)
    with history.writing(), Engine() as engine:
        manifest = history.manifest()
        erasure = Erasure(pseudonym, _forms(engine, history, manifest, found))
        _bury(data, site, pseudonym)
        moved = {name: rewritten(engine, history, name, erasure) for name in manifest.folders()}
        if any(old != new for old, new in moved.items()):
            history.commit(with_folders(manifest, moved), forget=True)
        forget_what_was_made(history)
    return erasure


def forget_what_was_made(history: History) -> None:
    """Delete what was made of a history that has numbers in it: it is made anew without them."""
    for made in ("audits", FOUND):
        shutil.rmtree(history.folder / made, ignore_errors=True)


def keep_out(history: History, engine: Engine, staged: Sequence[Staged]) -> None:
    """Take callers that were erased out of what was just read."""
    data = history.folder.parents[1]
    buried = _buried(data, history.site)
    if not buried:
        return
    key = key_of(data)
    for one in staged:
        for erasure in _known(engine, [file.path for file in one.files], buried, key):
            for path in [*(file.path for file in one.files), *([one.tail] if one.tail else [])]:
                rewrite(engine, path, path, erasure)
            one.skips = [replace(skip, text=erasure.out_of(skip.text or "")) for skip in one.skips]


def _known(
    engine: Engine, files: Iterable[Path], buried: frozenset[str], key: bytes
) -> list[Erasure]:
    forms: dict[str, set[str]] = {}
    for file in files:
        for column in ("caller_key", "called"):
            raw = "caller_raw" if column == "caller_key" else "called"
            told = engine.rows(
                f"SELECT DISTINCT {column}, {raw} FROM read_parquet({literal(file)}) "
                f"WHERE NOT {column} IS NULL"
            )
            for number, written in told:
                pseudonym = pseudonym_of(key, number)
                if pseudonym in buried:
                    forms.setdefault(pseudonym, set()).update(ways(number), ways(written or ""))
    return [Erasure(name, _longest_first(found)) for name, found in forms.items()]


# ---- what a number looks like, and what stands for it


def key_of(data: Path) -> bytes:
    """Return the key of this installation's pseudonyms; it is made the first time."""
    path = data / _KEY
    try:
        place = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(place, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()


def pseudonym_of(key: bytes, number: str) -> str:
    """Return what stands for a number."""
    return f"erased-{hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:20]}"


def ways(number: str) -> set[str]:
    """Return the ways in which a number is usually written."""
    digits = number.removeprefix("+")
    return {number, digits, f"00{digits}"} if number.startswith("+") else {number}


def _longest_first(forms: Iterable[str]) -> tuple[str, ...]:
    found = {form for form in forms if sum(c.isdigit() for c in form) >= _SHORTEST}
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def _forms(engine: Engine, history: History, manifest: Manifest, number: str) -> tuple[str, ...]:
    """Return every way in which a number is written in what was read."""
    files = [history.folder / file.path for file in manifest.events]
    found = ways(number)
    if files:
        listed = ", ".join(literal(file) for file in files)
        written = engine.rows(
            f"SELECT DISTINCT caller_raw FROM read_parquet([{listed}]) "
            "WHERE caller_key = ? AND NOT caller_raw IS NULL",
            [number],
        )
        found |= {text for (text,) in written}
    return _longest_first(found)


# ---- tombstones


def _graves(data: Path, site: str) -> Path:
    return data / "erased" / f"{site}.json"


def _buried(data: Path, site: str) -> frozenset[str]:
    try:
        return frozenset(json.loads(_graves(data, site).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return frozenset()


def _bury(data: Path, site: str, pseudonym: str) -> None:
    keep_json(_graves(data, site), sorted({*_buried(data, site), pseudonym}))


def keep_json(path: Path, told: Any) -> None:
    """Write a file whole, or leave the one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


# ---- files


def rewritten(engine: Engine, history: History, name: str, change: Change) -> str:
    """Write a folder anew; returns its new name, or the same if there was nothing to do."""
    old = history.folder / name
    new_name, new = history.new_folder(name.partition("/")[0])
    changed = False
    for path in sorted(old.rglob("*")):
        to = new / path.relative_to(old)
        to.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet" and rewrite(engine, path, to, change):
            changed = True
        elif path.is_file():
            os.link(path, to)
    if not changed:
        shutil.rmtree(new)
        return name
    return new_name


def rewrite(engine: Engine, path: Path, to: Path, change: Change) -> bool:
    """Write a file anew, in the same order; False if there was nothing to do."""
    source = f"read_parquet({literal(path)}, file_row_number = true)"
    kinds = engine.rows(f"DESCRIBE SELECT * FROM {source}")
    columns = [f'"{name}"' for name, kind, *_ in kinds if kind == "VARCHAR"]
    at = '"at"' if any(name == "at" for name, *_ in kinds) else "0"
    change.prepare(engine, source, columns)
    has = " OR ".join(change.has(column, at) for column in columns) or "FALSE"
    if not engine.value(f"SELECT COUNT(*) FROM {source} WHERE {has}"):
        return False
    changes = ", ".join(f"{change.without(c, at)} AS {c}" for c in columns)
    draft = to.with_suffix(".erasing")
    kept = f"SELECT * EXCLUDE (file_row_number) REPLACE ({changes})"
    engine.save(f"{kept} FROM {source} ORDER BY file_row_number", draft)
    draft.replace(to)
    return True


def with_folders(manifest: Manifest, moved: Mapping[str, str]) -> Manifest:
    """Return a state with its folders exchanged."""
    return replace(
        manifest,
        events=tuple(
            replace(e, path=f"{moved[str(Path(e.path).parent)]}/{Path(e.path).name}")
            for e in manifest.events
        ),
        segments=tuple(replace(s, folder=moved[s.folder]) for s in manifest.segments),
        sources=tuple(replace(s, tail=moved[s.tail] if s.tail else None) for s in manifest.sources),
        imports=tuple(
            replace(i, skipped=moved[i.skipped] if i.skipped else None) for i in manifest.imports
        ),
        episodes=moved[manifest.episodes] if manifest.episodes else None,
    )
