"""The newest audit of each question: what was made last is shown until calls that came since are in one.

Beside the audits that were kept, a note for each question says which answer was the last, and of
which moment it is. What else an audit depends on has to be the same: only calls may have been added.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from everycall.app.audit.kept_audits import KeptAudits, read_report
from everycall.reports import Report

_GROWS = ("history", "used before")
"""What becomes another while calls come in."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that was made before the newest calls came in."""

    report: Report
    name: str
    made_at: datetime


@dataclass(frozen=True)
class LatestAudits:
    """The newest answer to one question."""

    kept: KeptAudits

    def note(self, now: datetime) -> None:
        """Write down that the answer was made now; what was the newest until then is let go."""
        before = self._said().get("name")
        with suppress(OSError):
            self.kept.folder.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".new")
            draft.write_text(json.dumps({"name": self.kept.name, "at": now.isoformat()}))
            draft.replace(self._path)
            if before and before != self.kept.name:
                for path in self.kept.folder.glob(f"{before}.*"):
                    path.unlink(missing_ok=True)

    def found(self) -> Earlier | None:
        """Return the newest answer, if one is there and can be read."""
        said = self._said()
        with suppress(KeyError, TypeError, ValueError):
            name, made_at = str(said["name"]), datetime.fromisoformat(said["at"])
            report = read_report(self.kept.folder, name)
            return None if report is None else Earlier(report, name, made_at)
        return None

    @cached_property
    def _path(self) -> Path:
        lasting = {k: v for k, v in self.kept.parts().items() if k not in _GROWS}
        name = sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()[:32]
        return self.kept.folder / f"{name}.latest"

    def _said(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return found if isinstance(found, dict) else {}
        return {}
