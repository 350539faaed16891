"""Erasing one caller: what would go, and that it goes; the same for the page and for the command."""

import time
from dataclasses import dataclass
from pathlib import Path

from everycall.app.history.asking import Filter
from everycall.app.keeping.deleting_recordings import Deleted, delete
from everycall.app.keeping.erasing import Erasure, erase
from everycall.app.keeping.recordings import recordings
from everycall.errors import BusyError, NotFoundError
from everycall.events.callers import caller
from everycall.records.erasing import erase_everywhere
from everycall.records.models import Alert, Person, Promise, Text
from everycall.records.trail import note
from everycall.web.reading import Reader
from everycall.web.work.crm import keep_deals


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a caller.

    Attributes:
        files: recordings that lie in folders of this machine; `elsewhere`: those that do not.
    """

    number: str
    calls: int
    promises: int
    texts: int
    alerts: int
    files: tuple[Path, ...] = ()
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: what stands for the caller now, and what became of the rest."""

    pseudonym: str
    records: int
    recordings: Deleted


def known_of(reader: Reader, number: str) -> Known:
    """Return what is kept of a caller.

    Raises:
        NotFoundError: this is no number.
    """
    site = reader.settings()
    key = caller(number, site.region, site.internal).key
    if key is None or not key.lstrip("+").isdecimal():
        raise NotFoundError(f"'{number}' is no number of a caller; write it as +493023125001")
    calls, told = _calls(reader, key)
    return Known(
        key,
        calls,
        Promise.objects.filter(caller=key).count(),
        Text.objects.filter(number=key).count(),
        Alert.objects.filter(caller=key).count(),
        tuple(Path(where) for where in told if not where.startswith("https://")),
        sum(where.startswith("https://") for where in told),
    )


def _calls(reader: Reader, key: str) -> tuple[int, list[str]]:
    """Return how many calls of a caller history has, and where their recordings lie."""
    if not reader.has_calls():
        return 0, []
    folders = reader.settings().recordings
    with reader.asking() as asking:
        calls = list(asking.calls(Filter(callers=(key,)), evidence=False))
        found = [kept.where for call in calls for kept in recordings(asking, call, folders)]
    return len(calls), list(dict.fromkeys(found))


def erase_caller(
    reader: Reader, number: str, person: Person | None, patience: float = 5.0
) -> Erased:
    """Take one caller out of history, records and recordings; that it was done is on record.

    Raises:
        NotFoundError: this is no number.
        BusyError: another process writes to the history for longer than we wait, in seconds.
    """
    known = known_of(reader, number)
    erasure = _patiently(reader, known.number, patience)
    digits = min(erasure.forms, key=len).lstrip("+0")[-7:]
    records = erase_everywhere(digits, erasure.out_of)
    keep_deals()
    deleted = delete(known.files)
    details = {"calls": known.calls, "recordings": deleted.gone}
    note(person, "caller erased", erasure.pseudonym, **details)
    return Erased(erasure.pseudonym, records, deleted)


def _patiently(reader: Reader, number: str, patience: float) -> Erasure:
    until = time.monotonic() + patience
    while True:
        try:
            return erase(reader.data, reader.history.site, number, reader.settings().region)
        except BusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
