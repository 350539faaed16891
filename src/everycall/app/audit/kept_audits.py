"""Audits that were made before: the same question about the same calls is answered from the disk.

Beside the history of a site, `audits/` keeps what was made. Its name is made of everything that an
audit depends on, so an answer is found only while all of it is the same: the history, the settings
and the files that they name, the words, the product, and what was ordered.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from everycall.app.answers.definitions_used import Use, others_used, remember
from everycall.app.audit.auditing import Order, definitions_of, span_of
from everycall.app.audit.selling import FILE as DEALS
from everycall.app.history.asking import Asking
from everycall.app.history.product import product
from everycall.app.site.sitefile import SiteFile
from everycall.definitions import Definition
from everycall.reports import Report, Words
from everycall.reports.stored import from_json, to_json

MOST = 24
"""So many files are kept, the latest used; older ones are made anew when they are asked for."""

_REPORT = "report.json"


@dataclass(frozen=True)
class KeptAudits:
    """What was made before of one question."""

    asking: Asking
    site: SiteFile
    order: Order
    words: Words

    def parts(self) -> dict[str, str]:
        """Return everything that the answer depends on, by name."""
        own, other = definitions_of(self.site, self.order)
        return {
            "history": _digest([self.asking.history.site, self.asking.manifest.to_json()]),
            "scope": self.asking.scope,
            "zone": str(self.asking.zone),
            "settings": repr(self.site),
            "files": _digest(self._files()),
            "definitions": _digest([own.name, own.text, other.name, other.text]),
            "used before": _digest(repr(use) for use in self._used_before(own)),
            "language": self.words.name,
            "order": repr(self.order),
            "product": product(),
        }

    @cached_property
    def name(self) -> str:
        """Return what the answer is called on the disk: another question has another name."""
        return _digest([json.dumps(self.parts(), sort_keys=True)])[:32]

    def report(self) -> Report | None:
        """Return the report, if it was made before and can be read."""
        found = read_report(self.folder, self.name)
        if found is not None:
            self._used(_REPORT)
        return found

    def keep(self, report: Report) -> None:
        """Keep a report that was just made; a data directory that is read-only stays as it is."""
        self._write(_REPORT, lambda draft: draft.write_text(to_json(report), encoding="utf-8"))

    def text(self, kind: str, make: Callable[[], str]) -> str:
        """Return something else that was made of the report, or make it and keep it."""
        with suppress(OSError):
            return self._path(kind).read_text(encoding="utf-8")
        made = make()
        self._write(kind, lambda draft: draft.write_text(made, encoding="utf-8"))
        return made

    def copy_to(self, out: Path, *, mask: bool) -> bool:
        """Write the same file as before, if there is one of this kind; tell whether."""
        kind = _kind(out, mask=mask)
        if not out.suffix or not self._path(kind).is_file():
            return False
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._path(kind), out)
        self._used(kind)
        return True

    def keep_file(self, out: Path, *, mask: bool) -> None:
        """Keep a copy of the file that a report was just written to."""
        if out.suffix:
            self._write(_kind(out, mask=mask), lambda draft: shutil.copyfile(out, draft))

    # ---- on the disk

    @property
    def folder(self) -> Path:
        """Return where answers lie; the history need not be open for it, nor for their names."""
        return self.asking.history.folder / "audits"

    def _path(self, kind: str) -> Path:
        return self.folder / f"{self.name}.{kind}"

    def _used_before(self, own: Definition) -> Sequence[Use]:
        """Return what an audit in the team's own words is compared with; one in others', with nothing."""
        return () if self.order.definition else others_used(self.asking, own)

    def _used(self, kind: str) -> None:
        if not self.order.definition:
            own, _ = definitions_of(self.site, self.order)
            span = span_of(self.asking, self.order)
            remember(self.asking, own, span.since, span.until)
        with suppress(OSError):
            self._path(kind).touch()

    def _write(self, kind: str, write: "Write") -> None:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder) as home:
                draft = Path(home) / kind
                write(draft)
                draft.replace(self._path(kind))
            self._clean()

    def _clean(self) -> None:
        found = [path for path in self.folder.iterdir() if path.is_file()]
        found.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in found[MOST:]:
            path.unlink(missing_ok=True)

    def _files(self) -> Iterator[str]:
        """Yield the content of every file that the settings name."""
        folder = self.order.folder or Path()
        amounts = [self.site.money, *(client.money for client in self.site.clients.values())]
        for name in (name for one in amounts for name in (one.advertising, one.customers) if name):
            path = folder / name
            yield f"{name} {_content(path)}"
        yield f"{DEALS} {_content(self.asking.history.folder / DEALS)}"


Write = Callable[[Path], object]


def read_report(folder: Path, name: str) -> Report | None:
    """Return a report by the name of its answer, if it is there and can be read."""
    path = folder / f"{name}.{_REPORT}"
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = from_json(path.read_text(encoding="utf-8"))
        with suppress(OSError):
            path.touch()
        return found
    return None


def _kind(out: Path, *, mask: bool) -> str:
    return f"masked{out.suffix}" if mask else f"page{out.suffix}"


def _content(path: Path) -> str:
    return _digest([path.read_text(encoding="utf-8", errors="replace")]) if path.is_file() else ""


def _digest(parts: Iterable[str]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(f"{len(part)}:{part}".encode(errors="replace"))
    return found.hexdigest()
