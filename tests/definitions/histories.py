"""A small history to ask: some calls of a queue log, told by their lines."""

from pathlib import Path

from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.settings import read_table

SITE = read_table(SiteFile, {"zone": "Europe/Berlin"})
MONDAY = 1_772_438_400
"""2 March 2026, 08:00 UTC, in seconds."""


def waits(*seconds: int, answered: int = 0) -> list[str]:
    """The lines of callers who waited so long and hung up, and of some who were answered."""
    lines: list[str] = []
    for number, wait in enumerate(seconds):
        call, at = f"{MONDAY + number * 600}.{number}", MONDAY + number * 600
        lines += [
            f"{at}|{call}|support|NONE|ENTERQUEUE||4930111{number}|1",
            f"{at + wait}|{call}|support|NONE|ABANDON|1|1|{wait}",
        ]
    for number in range(answered):
        call, at = f"{MONDAY + 90_000 + number * 600}.9{number}", MONDAY + 90_000 + number * 600
        lines += [
            f"{at}|{call}|support|NONE|ENTERQUEUE||4930222{number}|1",
            f"{at + 9}|{call}|support|PJSIP/201|CONNECT|9|{call}|3",
            f"{at + 69}|{call}|support|PJSIP/201|COMPLETECALLER|9|60|1",
        ]
    return lines


def history(folder: Path, lines: list[str]) -> History:
    """A history that took these lines in."""
    log = folder / "queue_log"
    log.write_text("\n".join(lines) + "\n")
    found = History(folder / "data")
    Importer(found, SITE).take([log])
    return found
