"""What an import took for granted, because the site file does not say it."""

from collections.abc import Iterator, Sequence

from everycall.app.history.pooling import literal
from everycall.app.site.sitefile import SiteFile
from everycall.history import Engine, History
from everycall.history.store import Manifest


def lines_of(engine: Engine, history: History, manifest: Manifest) -> list[str]:
    """Return the lines that calls came or went by."""
    files = ", ".join(literal(file) for file in history.files(manifest, "calls"))
    found = f"SELECT DISTINCT trunk FROM read_parquet([{files}]) WHERE NOT trunk IS NULL ORDER BY 1"
    return [trunk for (trunk,) in engine.rows(found)] if files else []


def assumptions(site: SiteFile, lines: Sequence[str]) -> Iterator[str]:
    """Say what was taken for granted because the site file does not say it."""
    if site.zone is None:
        yield "no time zone is declared, so days and hours are those of UTC"
    if site.region is None:
        yield "no region is declared, so national numbers are kept as they are"
    if lines and not site.trunks:
        named = ", ".join(lines[:5]) + (" ..." if len(lines) > 5 else "")
        yield f"{named} lead outside, by context or name; declare `trunks` to be sure"
