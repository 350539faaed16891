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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from everycall.app.pooling import literal
from everycall.app.staging import Staged
from everycall.errors import NotFoundError
from everycall.events.callers import caller
from everycall.history import Engine, History
from everycall.history.store import Manifest

_KEY = "erasure-key"
_NUMBERS = ("caller", "caller_raw", "caller_key", "called")
_SHORTEST = 5


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
    pseudonym = _pseudonym(_key(data), found)
    with history.writing(), Engine() as engine:
        manifest = history.manifest()
        erasure = Erasure(pseudonym, _forms(engine, history, manifest, found))
        _bury(data, site, pseudonym)
        moved = {name: _rewritten(engine, history, name, erasure) for name in manifest.folders()}
        if any(old != new for old, new in moved.items()):
            history.commit(_with_folders(manifest, moved))
        shutil.rmtree(history.folder / "audits", ignore_errors=True)
    return erasure


def keep_out(history: History, engine: Engine, staged: Sequence[Staged]) -> None:
    """Take callers that were erased out of what was just read."""
    data = history.folder.parents[1]
    buried = _buried(data, history.site)
    if not buried:
        return
    key = _key(data)
    for one in staged:
        for erasure in _known(engine, [file.path for file in one.files], buried, key):
            for path in [*(file.path for file in one.files), *([one.tail] if one.tail else [])]:
                _rewrite(engine, path, path, erasure)
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
                pseudonym = _pseudonym(key, number)
                if pseudonym in buried:
                    forms.setdefault(pseudonym, set()).update(_ways(number), _ways(written or ""))
    return [Erasure(name, _longest_first(found)) for name, found in forms.items()]


# ---- what a number looks like, and what stands for it


def _key(data: Path) -> bytes:
    path = data / _KEY
    try:
        place = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(place, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()


def _pseudonym(key: bytes, number: str) -> str:
    return f"erased-{hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:20]}"


def _ways(number: str) -> set[str]:
    digits = number.removeprefix("+")
    return {number, digits, f"00{digits}"} if number.startswith("+") else {number}


def _longest_first(forms: Iterable[str]) -> tuple[str, ...]:
    found = {form for form in forms if sum(c.isdigit() for c in form) >= _SHORTEST}
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def _forms(engine: Engine, history: History, manifest: Manifest, number: str) -> tuple[str, ...]:
    """Return every way in which a number is written in what was read."""
    files = [history.folder / file.path for file in manifest.events]
    found = _ways(number)
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
    path = _graves(data, site)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(sorted({*_buried(data, site), pseudonym}), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


# ---- files


def _rewritten(engine: Engine, history: History, name: str, erasure: Erasure) -> str:
    """Write a folder anew without the number; returns its new name, or the same if it was not there."""
    old = history.folder / name
    new_name, new = history.new_folder(name.partition("/")[0])
    changed = False
    for path in sorted(old.rglob("*")):
        to = new / path.relative_to(old)
        to.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet" and _rewrite(engine, path, to, erasure):
            changed = True
        elif path.is_file():
            os.link(path, to)
    if not changed:
        shutil.rmtree(new)
        return name
    return new_name


def _rewrite(engine: Engine, path: Path, to: Path, erasure: Erasure) -> bool:
    """Write a file without the number, in the same order; False if it was not in it."""
    source = f"read_parquet({literal(path)})"
    kinds = engine.rows(f"DESCRIBE SELECT * FROM {source}")
    columns = [name for name, kind, *_ in kinds if kind == "VARCHAR"]
    pattern = literal(erasure.pattern)
    has = " OR ".join(f'regexp_matches("{c}", {pattern})' for c in columns) or "FALSE"
    if not engine.value(f"SELECT COUNT(*) FROM {source} WHERE {has}"):
        return False
    shown = literal(rf"\1{erasure.pseudonym}\2")
    once = "regexp_replace({}, {}, {}, 'g')"
    changes = ", ".join(
        f'{once.format(once.format(f""" "{c}" """.strip(), pattern, shown), pattern, shown)} AS "{c}"'
        for c in columns
    )
    draft = to.with_suffix(".erasing")
    engine.save(f"SELECT * REPLACE ({changes}) FROM {source}", draft)
    draft.replace(to)
    return True


def _with_folders(manifest: Manifest, moved: dict[str, str]) -> Manifest:
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
