"""Finding what was recorded of a call: in the phone system's folders, or behind an address it told."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from everycall.app.history.asking import Asking
from everycall.app.history.filtering import one_of
from everycall.events.origins import Origin, mark_of
from everycall.quality.recordings import (
    SOUNDS,
    Kept,
    RecordingSettings,
    is_message_of,
    is_of,
    note_of,
)

DEEPEST = 4
"""Folders are looked through so deep: year, month and day below the first."""

LATER = timedelta(hours=1)
"""A file is written, at the latest, so long after its call."""

_TOLD = ("recording.saved", "voicemail.left")
"""Events that tell where something lies that can be played."""

_IDS = "SELECT id FROM links WHERE call_id = ? UNION SELECT ?"


def recordings(asking: Asking, call: dict[str, Any], settings: RecordingSettings) -> list[Kept]:
    """Return what can be played of a call, each thing once."""
    said = ((event["kind"], event["text"]) for event in asking.timeline(call["call_id"]))
    return _found(asking, call, settings, [(kind, text) for kind, text in said if kind in _TOLD])


def recordings_of(
    asking: Asking, calls: Sequence[dict[str, Any]], settings: RecordingSettings
) -> list[list[Kept]]:
    """Return what can be played of each of some calls: what was said of them is read at once."""
    ids = [call["call_id"] for call in calls]
    if not ids:
        return []
    among, values = one_of("l.call_id", ids)
    named = dict(asking.rows(f"SELECT l.id, l.call_id FROM links AS l WHERE {among}", values))
    among, values = one_of("e.call_id", [*ids, *named])
    said = f'SELECT e.call_id, e.kind, e.text FROM events AS e WHERE {among} ORDER BY e."at", e.seq'
    told: dict[str, list[tuple[str, str | None]]] = {}
    for name, kind, text in asking.rows(said, values):
        if kind in _TOLD:
            told.setdefault(named.get(name, name), []).append((kind, text))
    return [_found(asking, call, settings, told.get(call["call_id"], [])) for call in calls]


def _found(
    asking: Asking,
    call: dict[str, Any],
    settings: RecordingSettings,
    told: Sequence[tuple[str, str | None]],
) -> list[Kept]:
    found = [*_told(told, call, settings), *_named(asking, call, settings)]
    found += _messages(call, settings)
    return list({kept.where: kept for kept in found}.values())


def _told(
    told: Sequence[tuple[str, str | None]], call: dict[str, Any], settings: RecordingSettings
) -> Iterator[Kept]:
    for kind, text in told:
        if text is None:
            continue
        message = kind == "voicemail.left"
        if text.startswith("https://"):
            yield Kept(text, message, "audio/mpeg")
        elif (path := _inside(text, call, settings)) is not None:
            yield from _kept(path, message=message)


def _of(call: dict[str, Any]) -> Origin:
    return Origin(mark_of(call["call_id"]))


def _its(folders: Sequence[str], call: dict[str, Any]) -> Iterator[Path]:
    """Yield the folders of the phone system that a call was at: a mark stands before another one's."""
    origin = _of(call)
    yield from (Path(origin.plain(folder)) for folder in folders if origin.has(folder))


def _inside(text: str, call: dict[str, Any], settings: RecordingSettings) -> Path | None:
    """Return a file that the phone system named, if it lies in a folder that the site named."""
    for folder in _its((*settings.folders, *settings.voicemail), call):
        try:
            path = (folder / text).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file():
                return path
        except (OSError, ValueError):
            continue  # no file can be called so
    return None


def _kept(path: Path, *, message: bool) -> Iterator[Kept]:
    sound = SOUNDS.get(path.suffix.lower())
    if sound is not None:
        yield Kept(str(path), message, sound)


def _named(asking: Asking, call: dict[str, Any], settings: RecordingSettings) -> Iterator[Kept]:
    if not settings.folders:
        return
    known = asking.rows(_IDS, [call["call_id"], call["call_id"]])
    ids = [_of(call).plain(row[0]) for row in known]
    began, ended = _span(call)
    for folder in _its(settings.folders, call):
        for path in _files(folder, began, ended):
            if is_of(path.name, ids):
                yield from _kept(path, message=False)


def _messages(call: dict[str, Any], settings: RecordingSettings) -> Iterator[Kept]:
    began, ended = _span(call)
    numbers = [call["caller"] or "", call["caller_raw"] or ""]
    for folder in _its(settings.voicemail, call):
        for path in _files(folder, began, ended):
            if path.suffix != ".txt":
                continue
            note = note_of(path.read_text(errors="replace"))
            if note is not None and is_message_of(note, numbers, began, ended):
                for suffix in SOUNDS:
                    sound = path.with_suffix(suffix)
                    if sound.is_file():
                        yield from _kept(sound, message=True)


def _span(call: dict[str, Any]) -> tuple[datetime, datetime]:
    began = datetime.fromisoformat(call["arrived_at"])
    ended = datetime.fromisoformat(call["ended_at"]) if call["ended_at"] else began + LATER
    return began, ended


def _files(folder: Path, began: datetime, ended: datetime, depth: int = DEEPEST) -> Iterator[Path]:
    """Yield the files that were written while a call went on, or soon after; links are not followed."""
    first, last = began.timestamp() - LATER.total_seconds(), (ended + LATER).timestamp()
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and depth and _may_hold(entry.name, began, ended):
            yield from _files(Path(entry.path), began, ended, depth - 1)
        elif entry.is_file(follow_symlinks=False) and first <= entry.stat().st_mtime <= last:
            yield Path(entry.path)


def _may_hold(name: str, began: datetime, ended: datetime) -> bool:
    """Tell whether a folder may hold a call: one that is named for another year or day does not."""
    if not name.isdigit() or len(name) not in (2, 4):
        return True
    # the folder's clock may be another one: a day more on both sides
    days = (began - timedelta(days=1), began, ended + timedelta(days=1))
    return any(int(name) in (day.year, day.month, day.day) for day in days)
