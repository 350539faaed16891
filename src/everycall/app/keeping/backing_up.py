"""A backup: everything of a data directory, and the records, in one file; and back again.

It is made while everything runs. Files of history never change, so their names are held on to
before anything is copied; the journal is held on to before history, so that what was sealed in
between is in both, and history knows it again.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

from everycall import __version__
from everycall.app.history.kept_tables import FOUND
from everycall.clock import Clock, system_clock
from everycall.errors import EverycallError, NotFoundError, NotThatKindError
from everycall.history import History

FORMAT = 1
_ABOUT, _RECORDS, _SUMS, _DATA = "backup.json", "records.jsonl", "checksums.json", "data/"
_LEFT_OUT = frozenset({"lock", ".probe", "live", "sample", "audits", FOUND, "sealing", "setup-key"})
_PASSING = (".new", ".part")
_TRIES = 20

Dump = Callable[[IO[str]], None]
"""Writes the records as lines of text."""


class NotEmptyError(EverycallError):
    """There is something already where a backup was to be restored."""

    id = "not-empty"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class About:
    """What a backup is: when it was made, and by which version."""

    at: str
    version: str = __version__
    format: int = FORMAT


def back_up(data: Path, to: Path, dump: Dump, clock: Clock = system_clock) -> int:
    """Write a backup; returns its size in bytes. Nothing of it is there unless all of it is.

    Raises:
        NotFoundError: there is no data directory.
    """
    if not data.is_dir():
        raise NotFoundError(f"there is no data directory '{data}'")
    draft = to.with_name(f"{to.name}.part")
    with _private(draft) as raw, _held(data) as held:
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1) as zipped:
            _write(zipped, held, dump, About(clock().isoformat(timespec="seconds")))
        raw.flush()
        os.fsync(raw.fileno())
    draft.replace(to)
    return to.stat().st_size


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that only its owner may read: a backup holds every secret."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(zipped: gzip.GzipFile, held: Path, dump: Dump, about: About) -> None:
    sums: dict[str, str] = {}
    with tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, sums, _ABOUT, json.dumps(asdict(about)).encode())
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as text:
            dump(text)
            text.flush()
            _add_file(archive, sums, _RECORDS, cast("IO[bytes]", text.buffer))
        for path in sorted(path for path in held.rglob("*") if path.is_file()):
            with path.open("rb") as file:
                _add_file(archive, sums, _DATA + path.relative_to(held).as_posix(), file)
        _add(archive, {}, _SUMS, json.dumps(sums).encode())


def _add(archive: tarfile.TarFile, sums: dict[str, str], name: str, body: bytes) -> None:
    _add_file(archive, sums, name, io.BytesIO(body))


def _add_file(archive: tarfile.TarFile, sums: dict[str, str], name: str, file: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.mode = 0o600
    # a journal that is being written grows: what it has now is what is taken
    member.size = file.seek(0, os.SEEK_END)
    file.seek(0)
    reading = _Summed(file)
    archive.addfile(member, reading)
    sums[name] = reading.digest.hexdigest()


class _Summed:
    """A file that adds up what is read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        found = self._file.read(size)
        self.digest.update(found)
        return found


# ---- holding on


@contextmanager
def _held(data: Path) -> Iterator[Path]:
    """Yield a folder in which everything that belongs to a backup has a second name."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=data) as home:
        held = Path(home)
        _hold_journals(data, held)
        for folder in (data / "history").glob("*"):
            _hold_history(data, folder.name, held)
        for path in data.iterdir():
            own = path.name in ("journal", "history") or path.name.startswith(
                (".backup", "records.")
            )
            if not own:
                _hold(path, held / path.name)
        yield held


def _hold_journals(data: Path, held: Path) -> None:
    journals = [path for path in (data / "journal").rglob("*.json") if path.is_file()]
    # how far it is sealed comes first: what it says of too little is only done again
    for note in journals:
        to = held / note.relative_to(data)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(note, to)
    _hold(data / "journal", held / "journal")


def _hold_history(data: Path, site: str, held: Path) -> None:
    """Hold on to one state of a site, also while the next is made."""
    history, home = History(data, site), held / "history" / site
    for _ in range(_TRIES):
        manifest = history.manifest()
        home.mkdir(parents=True, exist_ok=True)
        try:
            for name in manifest.folders():
                _hold(history.folder / name, home / name, whole=True)
        except FileNotFoundError:
            shutil.rmtree(home)
            continue
        _hold(history.folder / "definitions", home / "definitions")
        (home / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
        return
    raise EverycallError(f"the history of '{site}' changes too fast to be copied; try again")


def _hold(path: Path, to: Path, *, whole: bool = False) -> None:
    """Give a file, or every file of a folder, a second name.

    Raises:
        FileNotFoundError: a part is gone and `whole` was asked for.
    """
    if path.name in _LEFT_OUT or path.name.endswith(_PASSING):
        return
    if path.is_dir():
        for child in path.iterdir():
            _hold(child, to / child.name, whole=whole)
    elif not to.exists():
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, to)
        except FileNotFoundError:
            if whole:
                raise


# ---- and back


@contextmanager
def unpacked(backup: Path, data: Path) -> Iterator[tuple[Path, Path, About]]:
    """Unpack a backup beside where it will lie, check it, and put it there at the end.

    Yields the unpacked data directory, the file of the records, and what the backup is.

    Raises:
        NotEmptyError: there is something at its place already.
        NotThatKindError: it is no backup, or not whole.
    """
    if data.exists() and any(data.iterdir()):
        raise NotEmptyError(f"'{data}' is not empty; a backup is restored into a new directory")
    home = data.with_name(f"{data.name}.restoring")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, mode=0o700)
    try:
        about = _extract(backup, home)
        (home / "data").mkdir(exist_ok=True)
        yield home / "data", home / _RECORDS, about
        if data.exists():
            data.rmdir()
        (home / "data").replace(data)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _extract(backup: Path, home: Path) -> About:
    broken = f"'{backup}' is no backup of everycall, or a part of it is missing"
    try:
        with tarfile.open(backup, "r:gz") as archive:
            archive.extractall(home, filter="data")
        about = About(**json.loads((home / _ABOUT).read_text(encoding="utf-8")))
        sums = json.loads((home / _SUMS).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        missing = f"there is no backup '{backup}'" if not backup.exists() else broken
        raise NotThatKindError(missing) from error
    except (tarfile.TarError, ValueError, TypeError, EOFError, gzip.BadGzipFile, OSError) as error:
        raise NotThatKindError(broken) from error
    if about.format > FORMAT:
        sentence = f"'{backup}' was made by everycall {about.version}; restore it with that version"
        raise NotThatKindError(sentence)
    for name, digest in sums.items():
        with (home / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise NotThatKindError(f"'{name}' in '{backup}' is damaged; nothing was restored")
    return about
