"""Finding the files of an import, and which source each of them is from."""

import lzma
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from everycall.app.site.attached_rows import attachable
from everycall.errors import (
    BadSettingsError,
    Mistake,
    NotFoundError,
    NotThatKindError,
    did_you_mean,
)
from everycall.events.origins import HERE, Origin
from everycall.registry import load_all, names
from everycall.sources.base import Head, Recognised, Source
from everycall.sources.lines import open_bytes
from everycall.sources.mapping import built_in, load_mapping, mappings_in

HEAD = 64 << 10
SURE_ENOUGH = 0.5
EMPTY = "is empty"
_ENDING = re.compile(r"(\.(gz|bz2|xz|csv|log|json|jsonl|txt|\d+|\d{8}|\d{4}-\d\d-\d\d))+$")


@dataclass(frozen=True, slots=True)
class Found:
    """A file and the source it is from, with the reason why that is believed."""

    path: Path
    source: Source
    reason: str
    origin: Origin = HERE


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is no log that everycall knows, or that says nothing.

    Attributes:
        named: whether somebody asked for this very file, and not only for its folder.
    """

    path: Path
    reason: str
    named: bool = False

    @property
    def empty(self) -> bool:
        """Whether it says nothing: a log of a system in which nothing happened yet."""
        return self.reason == EMPTY


def find(
    paths: Iterable[Path],
    source: str | None = None,
    *,
    mapping: Path | None = None,
    folder: Path | None = None,
) -> list[Found | LeftOut]:
    """Return the files behind some paths, each with its source.

    A folder is searched. With a `mapping` every file is read by it. `folder` holds the mappings of
    this installation.

    Raises:
        NotFoundError: a path is not there, or there is no such source or mapping.
        BadSettingsError: a mapping is wrong.
    """
    candidates = every_source(folder)
    chosen = _chosen(candidates, source, mapping)
    found: list[Found | LeftOut] = []
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - a name that no file can have raises nothing
            found += [_in_folder(file, chosen, candidates) for file in _searched(path)]
        else:
            one = _look(path, chosen, candidates)
            found.append(replace(one, named=True) if isinstance(one, LeftOut) else one)
    return found


def every_source(folder: Path | None = None) -> dict[str, Source]:
    """Return every source by name: plug-ins, the mappings of a folder, and those that are shipped.

    Raises:
        BadSettingsError: a mapping is wrong, or has the name of a plug-in.
    """
    found = {source.name: source for source in built_in()}
    own = {source.name: source for source in mappings_in(folder)} if folder else {}
    plugins = dict(load_all("source"))
    _check_names(own, plugins)
    return found | own | plugins


@cache
def shipped(name: str) -> Source | None:
    """Return a source or mapping that is installed; None for a mapping of somebody's own."""
    return every_source().get(name)


def _check_names(own: Iterable[str], plugins: Iterable[str]) -> None:
    taken = sorted(set(own) & set(plugins))
    if taken:
        raise BadSettingsError(
            [Mistake(name, "a mapping cannot have the name of a source") for name in taken]
        )


def _chosen(
    candidates: Mapping[str, Source], source: str | None, mapping: Path | None
) -> Source | None:
    if mapping is not None:
        own = load_mapping(mapping)
        _check_names([own.name], names("source"))
        return own
    if source is None:
        return None
    if source not in candidates:
        hint = did_you_mean(source, candidates) or f" (there are: {', '.join(sorted(candidates))})"
        raise NotFoundError(f"there is no source called '{source}'{hint}")
    return candidates[source]


def _searched(folder: Path) -> Iterator[Path | LeftOut]:
    """Yield the files of a folder and the folders below, and what of them must not be read."""
    closed: list[LeftOut] = []
    for place, below, names_ in os.walk(folder, onerror=lambda e: closed.append(_closed(e))):
        below[:] = sorted(name for name in below if not name.startswith("."))
        paths = (Path(place) / name for name in sorted(names_) if not name.startswith("."))
        yield from (path for path in paths if os.path.isfile(path))  # noqa: PTH113 - never raises
    yield from closed


def _closed(error: OSError) -> LeftOut:
    return LeftOut(Path(error.filename), f"cannot be read: {error.strerror}")


def _in_folder(
    path: Path | LeftOut, chosen: Source | None, candidates: Mapping[str, Source]
) -> Found | LeftOut:
    if isinstance(path, LeftOut):
        return path
    try:
        return _look(path, chosen, candidates)
    except NotFoundError as error:
        return LeftOut(path, f"cannot be read: {str(error).rpartition(': ')[2]}")


def _look(path: Path, chosen: Source | None, candidates: Mapping[str, Source]) -> Found | LeftOut:
    try:
        head = read_head(path)
    except NotThatKindError as error:
        return LeftOut(path, str(error).partition("' ")[2])
    if not head.text.strip():
        return LeftOut(path, EMPTY)
    if chosen is not None:
        if chosen.recognise(head) is None:
            return LeftOut(path, _refusal(chosen, head))
        return Found(path, chosen, "named")
    known = sorted(guesses(head, candidates.values()), key=lambda guess: -guess[1].sureness)
    if not known:
        first = f"is no log that everycall knows: its first line is {_first(head)}"
        kind = attachable(head.text)
        hint = f"; if it speaks of calls that are there: everycall attach {kind} {path.name}"
        return LeftOut(path, first + (hint if kind else ""))
    best, recognised = known[0]
    if recognised.sureness < SURE_ENOUGH:
        hint = f"if it is, say so with --source {best.name}"
        return LeftOut(path, f"may be {best.title}, but is not surely one: {hint}")
    return Found(path, best, recognised.reason)


def _refusal(chosen: Source, head: Head) -> str:
    if chosen.refusal is not None:
        return chosen.refusal(head)
    return f"does not look like {chosen.title}: its first line is {_first(head)}"


def guesses(
    head: Head, candidates: Iterable[Source] | None = None
) -> Iterator[tuple[Source, Recognised]]:
    """Yield every source that thinks a file could be one of its own."""
    for candidate in every_source().values() if candidates is None else candidates:
        recognised = candidate.recognise(head)
        if recognised is not None:
            yield candidate, recognised


def read_head(path: Path) -> Head:
    """Read the beginning of a file.

    Raises:
        NotFoundError: it is not there, or must not be read.
    """
    if not os.path.exists(path):  # noqa: PTH110 - a name that no file can have raises nothing
        raise NotFoundError(f"there is no file '{path}'")
    if not path.is_file():
        raise NotThatKindError(
            f"'{path}' is no file that can be read twice; save it to a file first"
        )
    try:
        with open_bytes(path) as file:
            data = file.read(HEAD)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise NotThatKindError(f"'{path}' is damaged: {error}") from None
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return Head(path, _ENDING.sub("", path.name), data.decode(encoding, "replace"))


def _first(head: Head) -> str:
    line = head.text.strip().splitlines()[0]
    return repr(line if len(line) <= 60 else line[:57] + "...")
