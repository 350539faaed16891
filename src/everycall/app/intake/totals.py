"""Counting what an import touched, and seeing that it adds up: each call in one month, with one outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from everycall.app.history.counting import count_month
from everycall.app.history.pooling import DAY, literal, months_of_days, reading
from everycall.app.history.progress import Progress
from everycall.app.intake.sorting_out import Summary
from everycall.app.site.counting_mark import counting_mark, outdated
from everycall.app.site.sitefile import SiteFile
from everycall.calls.chain import Chain
from everycall.errors import BrokenHistoryError
from everycall.history import Engine, History, Segment
from everycall.history.store import Manifest, Stray, month_bounds

_LAW = """
SELECT COUNT(*), COUNT(DISTINCT call_id), COUNT(*) FILTER (WHERE direction = 'inbound')
FROM read_parquet([{listed}])
"""

_BY_OUTCOME = """
SELECT outcome, COUNT(*) FROM read_parquet([{listed}])
WHERE direction = 'inbound' GROUP BY outcome ORDER BY outcome
"""

_IN_SEVERAL = """
SELECT call_id, LIST(month ORDER BY month) FROM ({calls}) AS c GROUP BY call_id HAVING COUNT(*) > 1
"""

_SAID = """
SELECT call_id, STRFTIME(MAKE_TIMESTAMP("at"), '%Y-%m') AS month, COUNT(*), MAX("at")
FROM ({events}) AS e WHERE call_id IN (SELECT UNNEST(?)) GROUP BY ALL
"""

_SPOKEN_OF = "SELECT DISTINCT call_id FROM ({events}) AS e WHERE call_id IN (SELECT UNNEST(?))"

_DAYS = f"""
SELECT DISTINCT "at" // {DAY} FROM ({{events}}) AS e WHERE call_id IN (SELECT UNNEST(?))
"""

_FEW = 20
_SHARE = 1000
"""Records can go astray of so many calls, and of one in so many; more of them is a source whose ids come again."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts months, and sees that every call that arrived is in one of them, with one outcome."""

    engine: Engine
    history: History
    site: SiteFile
    progress: Progress

    def counted(
        self, chain: Chain, manifest: Manifest, touched: set[str], fresh: Sequence[Path]
    ) -> Manifest:
        """Return the state in which months that were touched by new events are counted again.

        Raises:
            BrokenHistoryError: the ids of a source come again for other calls.
        """
        again = {s.month for s in manifest.segments if s.pending or not s.numbered}
        manifest, anew = self._settled_anew(manifest, fresh)
        months = again | outdated(manifest, self.site) | touched | anew
        found = replace(manifest, segments=self._count(chain, manifest, months))
        calls, ids, _ = self._law(found)
        if calls == ids:
            return found
        several = self._in_several(found)
        if len(several) > max(_FEW, calls // _SHARE):
            raise BrokenHistoryError(_come_again(several))
        settled = replace(found, strays=self._settled(found, several))
        spoken = {month for months in several.values() for month in months}
        return replace(settled, segments=self._count(chain, settled, spoken))

    def check(self, manifest: Manifest, summary: Summary) -> None:
        """See that every call that arrived has exactly one outcome, before it becomes true.

        Raises:
            BrokenHistoryError: the numbers do not add up; nothing was changed.
        """
        if not manifest.segments:
            return
        calls, ids, arrived = self._law(manifest)
        found = self.engine.rows(_BY_OUTCOME.format(listed=self._listed(manifest)))
        summary.arrived, summary.outcomes = arrived, dict(found)
        if calls != ids or arrived != sum(summary.outcomes.values()) or None in summary.outcomes:
            sentence = f"{arrived} calls arrived, but the outcomes sum up to {dict(found)}"
            raise BrokenHistoryError(f"{sentence}; nothing was changed, please report this")

    def _law(self, manifest: Manifest) -> tuple[int, int, int]:
        if not manifest.segments:
            return 0, 0, 0
        calls, ids, arrived = self.engine.rows(_LAW.format(listed=self._listed(manifest)))[0]
        return calls, ids, arrived

    def _listed(self, manifest: Manifest) -> str:
        return ", ".join(literal(file) for file in self.history.files(manifest, "calls"))

    def _count(self, chain: Chain, manifest: Manifest, months: set[str]) -> tuple[Segment, ...]:
        counted: list[Segment] = []
        for i, month in enumerate(sorted(months)):
            self.progress(f"counting {month}", i / len(months))
            start, end = month_bounds(month)
            last = max((s.last_at for s in manifest.strays if s.month == month), default=0)
            files = self.history.event_files(manifest, start - DAY, max(end + DAY, last))
            home = self.history.new_folder("segments")
            segment = count_month(self.engine, chain, month, files, home, manifest.strays)
            if segment is not None:
                counted.append(replace(segment, counted_by=counting_mark(self.site, month)))
        kept = [s for s in manifest.segments if s.month not in months]
        return tuple(sorted([*kept, *counted], key=lambda s: s.month))

    # ---- calls of which records speak that lie months apart

    def _settled_anew(self, manifest: Manifest, fresh: Sequence[Path]) -> tuple[Manifest, set[str]]:
        """Forget where those calls count of which more is said now; returns their months, too.

        So it makes no difference in which order files are taken in.
        """
        if not manifest.strays or not fresh:
            return manifest, set()
        ids = [stray.call_id for stray in manifest.strays]
        spoken = {i for (i,) in self.engine.rows(_SPOKEN_OF.format(events=reading(fresh)), [ids])}
        rest = tuple(stray for stray in manifest.strays if stray.call_id not in spoken)
        events = [self.history.folder / file.path for file in manifest.events]
        days = self.engine.rows(_DAYS.format(events=reading(events)), [list(spoken)])
        months = months_of_days(day for (day,) in days)
        return replace(manifest, strays=rest), months

    def _in_several(self, manifest: Manifest) -> dict[str, list[str]]:
        calls = " UNION ALL ".join(
            f"SELECT call_id, {literal(s.month)} AS month "
            f"FROM read_parquet({literal(self.history.folder / s.folder / 'calls.parquet')})"
            for s in manifest.segments
        )
        return dict(self.engine.rows(_IN_SEVERAL.format(calls=calls)))

    def _settled(self, manifest: Manifest, several: dict[str, list[str]]) -> tuple[Stray, ...]:
        """Return every such call, in the month in which most is said of it; in the earlier of two alike."""
        files = [self.history.folder / file.path for file in manifest.events]
        said = self.engine.rows(_SAID.format(events=reading(files)), [list(several)])
        found = {stray.call_id: stray for stray in manifest.strays}
        for call, months in several.items():
            of_it = [(count, month) for i, month, count, _ in said if i == call]
            counted = [(-count, month) for count, month in of_it if month in months]
            month = min(counted)[1] if counted else months[0]
            found[call] = Stray(call, month, max(at for i, _, _, at in said if i == call))
        return tuple(found.values())


def _come_again(several: dict[str, list[str]]) -> str:
    call, months = min(several.items())
    return (
        f"{len(several)} ids stand for calls of several months, such as '{call}' "
        f"in {' and '.join(months)}; a call needs an id that never comes again, "
        "so take another column for it; nothing was changed"
    )
