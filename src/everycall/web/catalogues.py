"""The languages of the pages: catalogues are kept as text, and made ready for reading at the start."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent / "locale"


def make_ready(target: Path) -> int:
    """Make every catalogue ready that is new or was changed; returns how many were."""
    made = 0
    for source in sorted(HERE.glob("*/LC_MESSAGES/django.po")):
        ready = target / source.relative_to(HERE).with_suffix(".mo")
        if not _is_fresh(source, ready):
            _make(source, ready)
            made += 1
    return made


def _is_fresh(source: Path, ready: Path) -> bool:
    return ready.exists() and ready.stat().st_mtime_ns == source.stat().st_mtime_ns


def _make(source: Path, ready: Path) -> None:
    """Write a catalogue, and give it the time of its source, so that a change is seen."""
    ready.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parts[-3])
    with tempfile.NamedTemporaryFile(dir=ready.parent, delete=False) as draft:
        write_mo(draft, catalogue)
    times = source.stat()
    os.utime(draft.name, ns=(times.st_atime_ns, times.st_mtime_ns))
    Path(draft.name).replace(ready)
