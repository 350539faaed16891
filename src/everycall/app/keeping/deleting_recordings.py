"""Deleting recordings: files in the folders that the site named, and nothing else."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from everycall.quality.recordings import SOUNDS

DEEPEST = 4
"""Folders are looked through so deep: year, month and day below the first."""

_BESIDE = ".txt"
"""What is written down beside a voicemail message ends so."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What became of files: how many are gone, and which stay because the system refused."""

    gone: int = 0
    refused: tuple[str, ...] = ()


def old_files(folders: Iterable[str], before: datetime) -> Iterator[Path]:
    """Yield the recordings in some folders that were written before a moment; links are left alone."""
    for folder in folders:
        yield from _in(Path(folder), before.timestamp(), DEEPEST)


def _in(folder: Path, before: float, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and depth:
            yield from _in(Path(entry.path), before, depth - 1)
        elif entry.is_file(follow_symlinks=False) and _is_old(entry, before):
            yield Path(entry.path)


def _is_old(entry: "os.DirEntry[str]", before: float) -> bool:
    sound = Path(entry.name).suffix.lower() in SOUNDS
    return sound and entry.stat(follow_symlinks=False).st_mtime < before


def delete(files: Iterable[Path]) -> Deleted:
    """Delete recordings, each with what was written down beside it."""
    gone, refused = 0, []
    for path in files:
        try:
            path.unlink(missing_ok=True)
            path.with_suffix(_BESIDE).unlink(missing_ok=True)
            gone += 1
        except OSError as error:
            refused.append(f"{path}: {error.strerror}")
    return Deleted(gone, tuple(refused))
