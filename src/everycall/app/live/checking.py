"""After each seal: did the wallboard of yesterday say the same as the report of that day?"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.app.answers.agreeing import differences
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.live.totals import Totals


@dataclass(slots=True)
class DayCheck:
    """Holds each finished day against its report, once.

    Attributes:
        agreed: the last day of which both said the same.
        trouble: in which numbers the last day differed; '' if in none.
    """

    data: Path
    site: SiteFile
    name: str
    agreed: date | None = None
    trouble: str = ""
    _checked: date | None = None

    async def look(self, day: date, finished: Callable[[date], Awaitable[Totals | None]]) -> None:
        """Check a day, if it is over and all of it was heard."""
        totals = await finished(day) if self._checked != day else None
        if totals is None:
            return
        found = await asyncio.to_thread(self._differing, totals, day)
        self._checked = day
        self.agreed, self.trouble = (self.agreed, found) if found else (day, "")

    def _differing(self, totals: Totals, day: date) -> str:
        zone = self.site.zone or ZoneInfo("UTC")
        with Asking(History(self.data, self.name), zone) as asking:
            found = [str(one) for one in differences(asking, self.site, totals, day)]
        if not found:
            return ""
        first = "; ".join(found[:3])
        return f"the live picture of {day} differs from its report in {len(found)} numbers: {first}"
