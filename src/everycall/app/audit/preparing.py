"""What is found of the calls as soon as they were counted, because everybody will ask for it."""

from everycall.app.answers.defining import chosen
from everycall.app.answers.ledger import open_ledger
from everycall.app.answers.measured_site import MeasuredSite
from everycall.app.answers.measured_tables import make, stays_with_calls
from everycall.app.answers.missed_callers import take_all
from everycall.app.audit.clustering import see_people
from everycall.app.audit.holding import hold
from everycall.app.history.finding_callers import list_missing
from everycall.app.history.kept_tables import is_worth_it
from everycall.app.history.progress import Progress, silent
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.metrics.presence import TALKING

_TABLES = ("stays", TALKING)


def prepare(history: History, site: SiteFile, progress: Progress = silent) -> None:
    """Find what takes long, of all calls by the team's own words, and keep it.

    Nothing depends on it but how long the first question takes.

    Raises:
        EverycallError: the definition that the team has chosen cannot be read.
    """
    manifest = history.manifest()
    if not (manifest.numbered and is_worth_it(manifest)):
        return
    progress("finding what is asked most", 0.0)
    list_missing(history)
    with MeasuredSite(history, site.zone) as asking:
        definition = chosen(site)
        hold(asking, definition)
        reading = open_ledger(asking, site)
        take_all(asking, site, reading)
        see_people(asking, site, reading)
        make(asking, [*_TABLES, "returns"], site, definition)
        stays_with_calls(asking, definition)
