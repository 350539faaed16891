"""Letting go of what a site does not want to keep: what would go, and that it goes, every night."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from everycall.app.keeping.deleting_recordings import Deleted, delete, old_files
from everycall.app.keeping.forgetting import forget, silent
from everycall.app.keeping.forgetting_unread import forget_unread, old_unread
from everycall.app.site.retaining import RetentionSettings
from everycall.app.site.sitefile import SiteFile
from everycall.clock import to_micros
from everycall.errors import BusyError
from everycall.records import retaining as records
from everycall.records.trail import note
from everycall.web.reading import Reader
from everycall.web.rounds import Round

log = logging.getLogger(__name__)

HOUR = 3
"""The night's work is done from this hour on, by the site's clock."""

PAUSE = 60.0
"""Seconds between two looks whether it is night."""


@dataclass(frozen=True, slots=True)
class Store:
    """What is kept, and by which settings."""

    reader: Reader
    site: SiteFile


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data.

    Attributes:
        name: the setting that says for how long it is kept.
        old: how much of it is older than a moment.
        drop: lets that go; returns what became of it.
    """

    name: str
    title: Any
    old: Callable[[Store, datetime], int]
    drop: Callable[[Store, datetime], Deleted]


def _old_numbers(store: Store, before: datetime) -> int:
    return len(silent(store.reader.history, to_micros(before), records.needed(before)))


def _drop_numbers(store: Store, before: datetime) -> Deleted:
    history = store.reader.history
    keep = records.needed(before)
    gone = forget(
        store.reader.data,
        history.site,
        to_micros(before),
        keep,
        also=lambda change: records.forget_numbers(change.out_of),
    )
    return Deleted(gone)


def _files(store: Store, before: datetime) -> Iterator[Any]:
    return old_files(store.site.recordings.folders, before)


def _messages(store: Store, before: datetime) -> Iterator[Any]:
    return old_files(store.site.recordings.voicemail, before)


def _said(_store: Store, before: datetime) -> Deleted:
    return Deleted(sum(_deleted(found) for found in records.deliveries(before)))


def _deleted(found: Any) -> int:
    count: int = found.count()
    found.delete()
    return count


KINDS = (
    Kind(
        "numbers",
        _("Numbers of callers, since they were heard of last"),
        _old_numbers,
        _drop_numbers,
    ),
    Kind(
        "recordings",
        _("Recorded talks"),
        lambda store, before: sum(1 for _file in _files(store, before)),
        lambda store, before: delete(_files(store, before)),
    ),
    Kind(
        "voicemail",
        _("Voicemail messages"),
        lambda store, before: sum(1 for _file in _messages(store, before)),
        lambda store, before: delete(_messages(store, before)),
    ),
    Kind(
        "unread",
        _("Records that could not be read, as they came"),
        lambda store, before: old_unread(store.reader.history, before),
        lambda store, before: Deleted(forget_unread(store.reader.history, before)),
    ),
    Kind(
        "listening",
        _("Who listened to what"),
        lambda _store, before: records.listening(before).count(),
        lambda _store, before: Deleted(_deleted(records.listening(before))),
    ),
    Kind(
        "deliveries",
        _("Messages through channels and webhooks"),
        lambda _store, before: sum(found.count() for found in records.deliveries(before)),
        _said,
    ),
    Kind(
        "texts",
        _("Texts to and from callers"),
        lambda _store, before: records.texts(before).count(),
        lambda _store, before: Deleted(_deleted(records.texts(before))),
    ),
)
"""Everything that goes by night; the journal goes by itself, as it becomes history."""


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of data, for how long it is kept, and how much of it is older.

    Attributes:
        kept: null keeps it for good; `old` and `refused` are then nothing.
        failed: why none of it could be let go; empty if nothing went wrong.
    """

    kind: Kind
    kept: timedelta | None
    old: int = 0
    refused: tuple[str, ...] = ()
    failed: str = ""


def would_go(store: Store, terms: RetentionSettings, now: datetime) -> Iterator[Line]:
    """Yield how much of each kind would go by some settings."""
    for kind in KINDS:
        kept: timedelta | None = getattr(terms, kind.name)
        yield Line(kind, kept, kind.old(store, now - kept) if kept else 0)


def let_go(store: Store, now: datetime) -> Iterator[Line]:
    """Let everything go that is older than the site keeps it, and yield what went.

    A kind that fails is put down as failed, and the others go all the same.

    Raises:
        BusyError: another process writes to the history; what went before that is gone.
    """
    for kind in KINDS:
        kept: timedelta | None = getattr(store.site.retention, kind.name)
        if kept is None:
            yield Line(kind, None)
            continue
        try:
            done = kind.drop(store, now - kept)
        except BusyError:
            raise
        except Exception as error:
            log.exception("what is kept as %s could not be let go", kind.name)
            yield Line(kind, kept, failed=str(error) or type(error).__name__)
        else:
            yield Line(kind, kept, done.gone, done.refused)


def store_of(reader: Reader) -> Store:
    """Return what is kept at a site, by its settings as they are now."""
    return Store(reader, reader.settings())


def by_night(reader: Reader, now: datetime) -> dict[str, int] | None:
    """Do the night's work once; returns what went, None if there is nothing to do now.

    Raises:
        BusyError: another process writes to the history; it is tried again.
    """
    store = store_of(reader)
    here = now.astimezone(store.site.zone or ZoneInfo("UTC"))
    run = records.begin(here.date(), now) if here.hour >= HOUR else None
    if run is None:
        return None
    records.tidy(now)
    try:
        gone = done(let_go(store, now))
    except BusyError:
        records.RetentionRun.objects.filter(pk=run.pk).update(begun_at=now - records.LEASE)
        raise
    ended = {"ended_at": timezone.now(), "gone": gone}
    records.RetentionRun.objects.filter(pk=run.pk).update(**ended)
    return gone


def done(lines: Iterable[Line]) -> dict[str, int]:
    """Put on record what went, and return it by kind."""
    every = list(lines)
    gone = {line.kind.name: line.old for line in every if line.old}
    refused = {f"{line.kind.name} refused": len(line.refused) for line in every if line.refused}
    failed = {f"{line.kind.name} failed": 1 for line in every if line.failed}
    if gone or refused or failed:
        note(None, "retention", "", **gone, **refused, **failed)
    return gone | refused | failed


def retention_round(reader: Reader) -> tuple[Round, ...]:
    """Return the round that looks whether it is night."""

    def look() -> None:
        try:
            by_night(reader, timezone.now())
        except BusyError:
            return  # history is just being written; a minute later it is not

    return (Round("retention", look, PAUSE),)
