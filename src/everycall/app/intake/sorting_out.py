"""What is to be done with each file of an import: taken in, left out, refused, or known already."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from everycall.app.intake.finding import Found, LeftOut
from everycall.errors import NotThatKindError
from everycall.events.origins import Origin
from everycall.history.store import Imported, Manifest, Stray
from everycall.sources.marked_files import of_system


@dataclass(slots=True)
class Summary:
    """What an import did."""

    site: str
    files: list[Imported] = field(default_factory=list)
    known: list[Path] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)
    gone: list[Path] = field(default_factory=list)
    notes: dict[Path, list[str]] = field(default_factory=dict)
    months: int = 0
    strays: list[Stray] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    arrived: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def unreadable(self) -> int:
        """Lines that were damaged, over all files."""
        return sum(file.unreadable for file in self.files)

    @property
    def without_word(self) -> int:
        """Things that were read but have no word here, over all files."""
        return sum(file.without_word for file in self.files)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sorted_out(found: Iterable[Found | LeftOut], summary: Summary) -> Iterator[Found]:
    """Yield the files of which the source is known; what becomes of the others is noted."""
    for file in found:
        if isinstance(file, Found):
            yield file
        elif file.named and not file.empty:
            summary.refused.append((file.path, file.reason))
        else:
            summary.left_out.append(file)


def insist_on(paths: Iterable[Path], found: Sequence[Found], summary: Summary) -> None:
    """Refuse an import in which nothing can be taken in; a log may be empty.

    Raises:
        NotThatKindError: with a sentence for each file that was named.
    """
    if found or any(file.empty for file in summary.left_out):
        return
    if not summary.refused:
        folders = ", ".join(f"'{path}'" for path in paths)
        raise NotThatKindError(f"there is no log in {folders}")
    raise NotThatKindError("\n".join(f"'{path}' {why}" for path, why in summary.refused))


def emptied(manifest: Manifest, found: Sequence[Found], summary: Summary) -> Manifest:
    """Return a state in which nothing was taken in yet; what is not read again is noted.

    Raises:
        NotThatKindError: there is nothing to begin with, or there are records that were heard live.
    """
    if not found:
        raise NotThatKindError("there is nothing in these files to begin with; nothing was changed")
    if any(one.heard for one in manifest.imports):
        sentence = "this site has heard phone systems live, and what they said is in no file"
        raise NotThatKindError(f"{sentence}; nothing was changed")
    again = {str(file.path.absolute()) for file in found}
    summary.gone += [Path(one.path) for one in manifest.imports if one.path not in again]
    return Manifest(manifest.generation)


def insist_on_all(summary: Summary) -> None:
    """Refuse to begin anew with less than was asked for.

    Raises:
        NotThatKindError: with a sentence for each file that cannot be taken in.
    """
    if summary.refused:
        said = "\n".join(f"'{path}' {why}" for path, why in summary.refused)
        raise NotThatKindError(f"{said}\nnothing was changed")


def is_known(file: Found, manifest: Manifest, summary: Summary) -> bool:
    """Tell whether exactly this file was taken in before; as another phone system's it is refused."""
    size = file.path.stat().st_size
    alike = [i for i in manifest.imports if i.size == size and i.source == file.source.name]
    if not alike:
        return False
    digest = digest_of(file.path)
    marks = {i.system for i in alike if i.digest == digest}
    if not marks:
        return False
    if file.origin.mark in marks:
        summary.known.append(file.path)
    else:
        summary.refused.append((file.path, _taken_as(min(marks))))
    return True


def of_one_system(found: Iterable[Found], origin: Origin, summary: Summary) -> Iterator[Found]:
    """Yield files as those of one phone system; of a kind whose names never collide they have none."""
    for file in found:
        if file.source.alike:
            yield replace(file, source=of_system(file.source, origin), origin=origin)
        elif origin.mark:
            why = f"is of {file.source.title}: take it in without --system"
            summary.refused.append((file.path, why))
        else:
            yield file


def _taken_as(mark: str) -> str:
    which = f"of the phone system {mark}" if mark else "without the mark of a phone system"
    return f"was taken in before {which}; its calls are there, and would be counted twice"
