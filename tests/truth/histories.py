"""Taking recorded files in, and reading back what became of their calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.intake.sorting_out import Summary
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.settings import read_table


@dataclass(frozen=True)
class Told:
    """What a site's history tells after an import."""

    calls: list[dict[str, Any]]
    events: list[dict[str, Any]]
    summaries: list[Summary]

    @property
    def only(self) -> dict[str, Any]:
        """The call, where there is exactly one."""
        (call,) = self.calls
        return call


def site_of(**settings: Any) -> SiteFile:
    return read_table(SiteFile, settings)


def told(
    folder: Path,
    paths: Iterable[Path],
    site: SiteFile | None = None,
    *,
    one_by_one: bool = False,
    source: str | None = None,
) -> Told:
    """Take files in, all at once or one after another, and return what became of the calls."""
    listed = list(paths)
    history = History(folder)
    batches: list[Sequence[Path]] = [[path] for path in listed] if one_by_one else [listed]
    importer = Importer(history, site or SiteFile())
    summaries = [importer.take(batch, source) for batch in batches]
    return read(history, summaries)


def read(history: History, summaries: Sequence[Summary] = ()) -> Told:
    """Return what a history tells now."""
    if not history.manifest().segments:
        return Told([], [], list(summaries))
    with Asking(history) as asking:
        calls = list(asking.calls(Filter(), evidence=False))
        events = list(asking.engine.stream('SELECT * FROM events ORDER BY "at", seq'))
    return Told(calls, events, list(summaries))
