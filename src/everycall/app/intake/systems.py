"""The phone systems of a site: which there are, and whose a file is that somebody takes in.

Whoever watches writes down which phone systems are connected, by which mark; what was connected once
stays known, because its files may be taken in later. The site file names those that never are.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from everycall.app.intake.feeds import Log, Manager, Posted
from everycall.app.intake.finding import shipped
from everycall.app.site.sitefile import FILE, SiteFile
from everycall.errors import (
    BadSettingsError,
    Mistake,
    NotFoundError,
    UnsaidError,
    did_you_mean,
)
from everycall.events.origins import HERE, MARK, Origin
from everycall.history import History

_NOTE = "systems.json"

FIRST = "first"
"""What the phone system without a mark is called where nothing that is connected has its name."""


@dataclass(frozen=True, slots=True)
class System:
    """A phone system of a site: what its connections are called, and how its names are marked."""

    origin: Origin
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called where it has to be named."""
        return self.names[0]

    def is_called(self, word: str) -> bool:
        """Tell whether somebody means it: by a connection's name, or by its mark."""
        return word in (*self.names, self.origin.mark or FIRST)


def note_systems(journal: Path, feeds: Iterable[Manager | Log | Posted]) -> None:
    """Write down which phone systems are connected; none that was is forgotten."""
    known = _noted(journal)
    said = known | dict(map(_said, (feed for feed in feeds if not isinstance(feed, Posted))))
    if said == known:
        return
    path = journal / _NOTE
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(json.dumps(said))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _said(feed: Manager | Log) -> tuple[str, list[object]]:
    return feed.feed, [feed.origin.mark, feed.origin.own_queues, isinstance(feed, Log)]


def _noted(journal: Path) -> dict[str, list[object]]:
    try:
        found: dict[str, list[object]] = json.loads((journal / _NOTE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def systems_of(history: History, site: SiteFile) -> list[System]:
    """Return the phone systems of a site, the one without a mark first.

    Raises:
        BadSettingsError: the site file gives one a mark that is none.
    """
    journal = history.folder.parents[1] / "journal" / history.site
    found: dict[str, list[tuple[str, Origin]]] = {}
    for name, origin in (*_connected(journal), *_declared(site)):
        found.setdefault(origin.mark, []).append((name, origin))
    if found and (len(found) == 1 or _has_unmarked(history)):
        found.setdefault("", [(FIRST, HERE)])
    ordered = sorted(found.items())
    return [System(named[0][1], tuple(name for name, _ in named)) for _, named in ordered]


def _connected(journal: Path) -> Iterator[tuple[str, Origin]]:
    """Yield the phone systems that are or were connected: managers first, then their logs."""
    noted = _noted(journal).items()
    for name, (mark, own_queues, _) in sorted(noted, key=lambda one: (bool(one[1][2]), one[0])):
        yield name, Origin(str(mark), bool(own_queues))


def _declared(site: SiteFile) -> Iterator[tuple[str, Origin]]:
    for name, given in site.systems.items():
        mark = name if given.mark is None else given.mark
        if mark and not MARK.fullmatch(mark):
            sentence = "a mark is made of lower-case letters, digits and hyphens"
            raise BadSettingsError([Mistake(f"{FILE}: systems.{name}", sentence)])
        yield name, Origin(mark, given.own_queues)


def _has_unmarked(history: History) -> bool:
    """Tell whether files were taken in before anybody spoke of several."""
    files = (one for one in history.manifest().imports if not one.heard and not one.system)
    return any(source.alike for one in files if (source := shipped(one.source)))


def chosen(systems: Sequence[System], word: str | None, files: Sequence[Path]) -> Origin:
    """Return whose some files are, by what somebody called it.

    Raises:
        UnsaidError: there are several phone systems, and nobody said whose the files are.
        NotFoundError: there is no phone system of this name.
    """
    if word is None:
        if len(systems) > 1:
            raise UnsaidError(_question(systems, files))
        return systems[0].origin if systems else HERE
    for system in systems:
        if system.is_called(word):
            return system.origin
    raise NotFoundError(_unknown(systems, word))


def _question(systems: Sequence[System], files: Sequence[Path]) -> str:
    which = f"'{files[0].name}' is" if len(files) == 1 else f"these {len(files)} files are"
    choices = " or ".join(f"--system {system.name}" for system in systems)
    return f"this site has {len(systems)} phone systems; say whose {which}: {choices}"


def _unknown(systems: Sequence[System], word: str) -> str:
    sentence = f"there is no phone system called '{word}'"
    if not systems:
        return f"{sentence}: none is connected; name it in the site file, under [systems.{word}]"
    names = sorted({name for system in systems for name in (*system.names, system.origin.mark)})
    known = ", ".join(system.name for system in systems)
    return f"{sentence}{did_you_mean(word, names)} (there are: {known})"
