"""What the live picture counts by: the team's words, its targets, and what its sources cannot see."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlglot import exp

from everycall.app.answers.blindness import never_seen, unspoken_words
from everycall.app.answers.defining import HELPED, HELPED_OF, asks_for_help, marks, parts
from everycall.app.site.sitefile import SiteFile
from everycall.calls.episodes import episode_steps
from everycall.calls.model import Limits
from everycall.calls.statement import DIALECT, parse, write
from everycall.definitions import Definition, verdicts
from everycall.definitions.ageing import turning_ages
from everycall.events.sights import Sight
from everycall.live.later import HELPED as HELPED_NOW
from everycall.live.later import Judging
from everycall.live.tallies import SERVICE_LEVEL, Planned, planned, tallies
from everycall.metrics.answering import Blindness
from everycall.metrics.targets import SHIPPED, Target
from everycall.sources.base import Site, Source

_NOW = -(1 << 61)
"""Stands for the present moment until it is known."""

_LATER = f"""
SELECT c.*, h.helped_later
FROM counted_calls AS c LEFT JOIN {HELPED_NOW} AS h ON h.call_id = c.call_id WHERE {{}}
"""


def judging_of(definition: Definition, zone: ZoneInfo, limits: Limits) -> Judging:
    """Return how a definition judges the calls that were counted last.

    A brand with words of its own is judged by these.
    """
    trees = [(_verdicts(one, zone), part, one) for part, (one,) in parts(definition)]
    steps = episode_steps(limits)
    helped = f"SELECT c.call_id, {HELPED} FROM contacts AS c {HELPED_OF}"
    return Judging(
        " UNION ALL ".join(_of_counted(*one) for one in trees),
        (steps, helped) if any(asks_for_help(tree) for tree, *_ in trees) else None,
        turning_ages(definition),
    )


def _verdicts(definition: Definition, zone: ZoneInfo) -> exp.Expr:
    """Return the query of the verdicts, as of the moment until which the sources speak."""
    present = parse("(SELECT MAX(covered_to) FROM moment)")
    judged = verdicts(definition, as_of=_NOW, zone=zone)
    return judged.transform(lambda node: present.copy() if _is_now(node) else node)


def _of_counted(tree: exp.Expr, part: str, definition: Definition) -> str:
    calls = _select(parse(_LATER.format(part)))
    found = exp.expand(tree, {"calls": calls}, dialect=DIALECT)
    return f"SELECT call_id, category, reason, {marks(definition)} FROM ({write(found)}) AS judged"


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
