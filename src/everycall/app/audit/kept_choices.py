"""The calls behind a number of a report: chosen once, and read page by page from then on.

They lie beside the report that the number stands in, under a name of everything that it depends on.
"""

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from everycall.app.audit.auditing import in_trade
from everycall.app.audit.behind import choose
from everycall.app.audit.kept_audits import KeptAudits
from everycall.app.history.asking import Asking, Filter
from everycall.app.history.pooling import literal
from everycall.errors import EverycallError
from everycall.reports import Calls

MOST = 24
"""So many choices are kept, the latest made; older ones are made anew when they are asked for."""


class NotKeptError(EverycallError):
    """There is no room for what was chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Calls that were chosen, newest first, in a file.

    Attributes:
        calls: how many there are.
        number: the number that they are behind: the calls, or the stays or rings in them.
        outcomes: how many of the calls became what, the most first.
    """

    path: Path
    calls: int
    number: int
    outcomes: Mapping[str, int]

    def page(self, asking: Asking, skip: int, limit: int) -> Filter:
        """Return the filter that finds some of them, in their order."""
        found = asking.rows(
            f"SELECT call_id, arrived_at FROM read_parquet({literal(self.path)}) "
            "ORDER BY arrived_at DESC, call_id DESC LIMIT ? OFFSET ?",
            [limit, skip],
        )
        if not found:
            return Filter(limit=0)
        return Filter(
            since=found[-1][1],
            until=found[0][1] + 1,
            call_ids=tuple(call_id for call_id, _ in found),
            newest_first=True,
            limit=limit,
        )


@dataclass(frozen=True)
class KeptChoice:
    """What was chosen before by the same words, in the same report."""

    kept: KeptAudits
    wanted: Calls

    @cached_property
    def name(self) -> str:
        """Return what it is called on the disk: other words or another report have another name."""
        words = json.dumps(sorted(self.wanted.items())).encode()
        return f"{self.kept.name}-{hashlib.sha256(words).hexdigest()[:16]}"

    @property
    def path(self) -> Path:
        """Return where it lies once it was made."""
        return self.kept.folder / "calls" / f"{self.name}.parquet"

    def found(self) -> Choice | None:
        """Return what was chosen before, if it can be read."""
        asked = (
            "SELECT outcome, COUNT(*), SUM(times) "
            f"FROM read_parquet({literal(self.path)}) GROUP BY outcome ORDER BY 2 DESC, outcome"
        )
        try:
            found = self.kept.asking.rows(asked)
        except (duckdb.IOException, duckdb.InvalidInputException):
            return None
        outcomes = {outcome: calls for outcome, calls, _ in found}
        number = sum(int(times) for _, _, times in found)
        return Choice(self.path, sum(outcomes.values()), number, outcomes)

    def make(self) -> Choice:
        """Choose the calls, and keep them.

        Raises:
            NotFoundError: there is no such definition.
            NotKeptError: there is no room for them.
        """
        asking, order = self.kept.asking, self.kept.order
        site = in_trade(self.kept.site, order)
        table = choose(asking, site, self.wanted, order.since, order.until, order.definition)
        try:
            self._save(table)
        except (OSError, duckdb.IOException) as error:
            sentence = (
                f"the calls behind a number cannot be kept ({error}); make room and try again"
            )
            raise NotKeptError(sentence, str(self.path.parent)) from None
        made = self.found()
        if made is None:
            raise NotKeptError("what was kept cannot be read; try again", str(self.path))
        return made

    def _save(self, table: str) -> None:
        folder = self.path.parent
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as home:
            draft = Path(home) / self.path.name
            order = "arrived_at DESC, call_id DESC"
            self.kept.asking.engine.save(f"SELECT * FROM {table} ORDER BY {order}", draft)
            draft.replace(self.path)
        files = sorted(folder.glob("*.parquet"), key=lambda one: one.stat().st_mtime_ns)
        for path in files[:-MOST]:
            path.unlink(missing_ok=True)
