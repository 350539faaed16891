"""What the live picture counts by: the team's words, its targets, and what its sources cannot see."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlglot import exp

from everycall.app.answers.blindness import never_seen, unspoken_words
from everycall.app.answers.defining import marks, parts
from everycall.app.site.sitefile import SiteFile
from everycall.calls.statement import DIALECT, parse, write
from everycall.definitions import Definition, verdicts
from everycall.events.sights import Sight
from everycall.live.tallies import SERVICE_LEVEL, Planned, planned, tallies
from everycall.metrics.answering import Blindness
from everycall.metrics.targets import SHIPPED, Target
from everycall.sources.base import Site, Source

_NOW = -(1 << 61)
"""Stands for the present moment until it is known."""

_UNHELPED = """
SELECT c.*, CAST(NULL AS BOOLEAN) AS helped_later FROM counted_calls AS c WHERE {}
"""
"""Whether somebody is helped later cannot be known while it is now."""


def verdicts_of_counted(definition: Definition, zone: ZoneInfo) -> str:
    """Return the query of what a definition says of the calls that were counted last.

    A brand with words of its own is judged by these.
    """
    found = (_verdicts(one, zone, part) for part, (one,) in parts(definition))
    return " UNION ALL ".join(found)


def _verdicts(definition: Definition, zone: ZoneInfo, part: str) -> str:
    judged = verdicts(definition, as_of=_NOW, zone=zone)
    calls = _select(parse(_UNHELPED.format(part)))
    tree = exp.expand(judged, {"calls": calls}, dialect=DIALECT)
    present = parse("(SELECT MAX(as_of) FROM moment)")
    tree = tree.transform(lambda node: present.copy() if _is_now(node) else node)
    return f"SELECT call_id, category, reason, {marks(definition)} FROM ({write(tree)}) AS judged"


def _is_now(node: exp.Expr) -> bool:
    return isinstance(node, exp.Neg) and node.sql(DIALECT) == str(_NOW)


def _select(tree: exp.Expr) -> exp.Select:
    if not isinstance(tree, exp.Select):
        raise TypeError("calls are taken from a SELECT")
    return tree


def targets_of(site: SiteFile) -> dict[str, Target]:
    """Return what a team set out to reach; where it said nothing, what is assumed."""
    return dict(site.targets or SHIPPED)


def counted_by(site: SiteFile, name: str) -> tuple[Planned, ...]:
    """Return the tallies of a site, each with its statements."""
    targets = targets_of(site)
    short_ms = int(site.limits.short_call.total_seconds() * 1000)
    found = tallies(service_level_of(targets), targets)
    return tuple(planned(tally, name, short_ms) for tally in found)


def service_level_of(targets: dict[str, Target]) -> str:
    """Return the service level that a team watches: the first that it has a target for."""
    named = (t.metric for t in targets.values() if t.metric.startswith("service_level."))
    return next(named, f"{SERVICE_LEVEL}:60")


def blindness_of(sources: Iterable[Source], site: Site, definition: Definition) -> Blindness:
    """Return what none of the sources sees, and the words that the definition does not know."""
    found = list(sources)
    seen = {sight for source in found for sight in source.view(site).sees}
    names = [source.name for source in found]
    never = {sight: never_seen(sight, names) for sight in Sight if sight not in seen and found}
    return Blindness(never, {}, dict(unspoken_words(definition)))
