"""Measuring: metrics asked of a site's history, by anything, with the reason for every dash."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlglot import exp

from everycall.app.answers.blindness import never_seen, unspoken_words
from everycall.app.answers.defining import chosen
from everycall.app.answers.measured_tables import exists, judged_calls, kept_stays, make, of_call
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.calls.statement import parse
from everycall.clock import from_micros
from everycall.definitions import Definition, definition_ids
from everycall.events.sights import Sight
from everycall.history.store import SourceState
from everycall.metrics.answering import Blindness, Joined, Row, Table, Whose, table
from everycall.metrics.asked import asked
from everycall.metrics.dimensions import dimension
from everycall.metrics.planner import Plan, Question, plan
from everycall.metrics.presence import TALKING

DAY = 86_400_000_000

_CALLS, _VERDICTS, _LAST = "c", "j", "w"
"""What calls, their verdicts and their last visits are called in the statements of metrics."""

_PEOPLE = "p"
_OF_TALKS = {"agent", "began_at", "by_queue", "ended_at", "slot", "talking"}

_STORED = {"calls": "counted"}
"""What the history's tables are called where the chain's are meant; `calls` there knows too much."""


def measure(  # noqa: PLR0913 - one question has so many parts
    asking: Asking,
    ids: Iterable[str],
    by: Iterable[str] = (),
    since: int | None = None,
    until: int | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    definition: str | None = None,
    *,
    settings: SiteFile | None = None,
    by_event: bool = False,
) -> Table:
    """Return metrics by anything.

    Args:
        asking: the history that is asked.
        ids: such as `answered`, `asa` or `service_level.sl2:60`.
        by: such as `queue` and `hour`.
        since: the first moment, in microseconds.
        until: the first moment after it.
        where: only these values, by the same words as `by`.
        definition: whose words `missed`, `lost` and `abandoned` are.
        settings: the site file, for teams and limits.
        by_event: calls belong to the moment of their answer or end, not to their arrival.

    Raises:
        NotFoundError: a metric, a dimension or a definition is not known.
    """
    site = settings or SiteFile()
    question = Question(
        tuple(asked(name) for name in dict.fromkeys(ids)),
        tuple(dict.fromkeys(dimension(name) for name in by)),
        {dimension(name): tuple(values) for name, values in (where or {}).items() if values},
        since,
        until,
        by_event,
        _spoken(asking),
        asking.history.site,
        int(site.limits.short_call.total_seconds() * 1000),
    )
    names = [name.strip() for name in (definition or "").split(",") if name.strip()]
    if _DEFINITION not in question.by:
        return _answered(asking, question, site, definition)
    given = names or list(dict.fromkeys([*filter(None, [site.definition]), *definition_ids()]))
    return _by_definition(asking, question, site, given)


_DEFINITION = dimension("definition")


def _answered(asking: Asking, question: Question, site: SiteFile, name: str | None) -> Table:
    plans = plan(question)
    judge = _definition(plans, site, name)
    results = [(one, _rows(asking, one, site, judge)) for one in plans]
    blind = _blindness(asking, question.since, question.until, judge)
    found = table(question, results, blind, asking.zone)
    return replace(found, remarks=(*found.remarks, *_remark(judge)), whose=_whose(plans, judge))


def _by_definition(
    asking: Asking, question: Question, site: SiteFile, names: Iterable[str]
) -> Table:
    """Ask the same of every definition; what stands on none is the same in all of them."""
    place = question.by.index(_DEFINITION)
    others = tuple(one for one in question.by if one is not _DEFINITION)
    each = replace(question, by=others)
    found = [(chosen(site, n).id, _answered(asking, each, site, n)) for n in names]
    rows = (
        Row((*row.keys[:place], name, *row.keys[place:]), row.cells, one.whose)
        for name, one in found
        for row in one.rows
    )
    remarks = dict.fromkeys(remark for _, one in found for remark in one.remarks)
    return Table(question.by, question.asked, Joined(rows), tuple(remarks))


def _remark(judge: Definition | None) -> Iterator[str]:
    if judge is not None:
        yield f"Missed, lost and abandoned by {judge.name}: {judge.title}."


def _whose(plans: Iterable[Plan], judge: Definition | None) -> dict[str, Whose]:
    """Return the definition behind each metric that stands on the words of one."""
    if judge is None:
        return {}
    one = Whose(judge.id, judge.pack.version, judge.digest)
    return {name: one for plan in plans for name in plan.judged()}


def _spoken(asking: Asking) -> tuple[int, int]:
    sources = asking.manifest.sources
    return min(s.first_at for s in sources), max(s.last_at for s in sources)


def _definition(plans: Iterable[Plan], site: SiteFile, name: str | None) -> Definition | None:
    """Return the definition whose words are used, if any are."""
    judged = any(one.tables() & {"verdicts", "returns"} for one in plans)
    return chosen(site, name) if judged or name else None


def _rows(
    asking: Asking, one: Plan, site: SiteFile, definition: Definition | None
) -> list[tuple[Any, ...]]:
    if one.lacking:
        return []
    tree = one.tree.copy()
    if _tells_of_talks_only(tree) and not exists(asking, "presence"):
        tree = _renamed(tree, {"presence": TALKING})
    needed = {table.name for table in tree.find_all(exp.Table)}
    names = make(asking, needed, site, definition)
    if definition is not None:
        _judge(asking, tree, definition)
    tree = _renamed(tree, {**_STORED, **names})
    return asking.rows(tree.sql("duckdb", identify=True))


def _renamed(tree: exp.Select, names: Mapping[str, str]) -> exp.Select:
    renamed = exp.replace_tables(tree, dict(names), dialect="duckdb")
    if not isinstance(renamed, exp.Select):
        raise TypeError("a metric is a SELECT")
    return renamed


def _tells_of_talks_only(tree: exp.Select) -> bool:
    """Tell whether of people's time only talks are asked for, at all queues together."""
    asked_of = [column for column in tree.find_all(exp.Column) if column.table == _PEOPLE]
    whole = any(c.name == "by_queue" and isinstance(c.parent, exp.Not) for c in asked_of)
    return whole and {c.name for c in asked_of} <= _OF_TALKS


def _judge(asking: Asking, tree: exp.Select, definition: Definition) -> None:
    """Read calls and their verdicts as one table, where a statement joins them."""
    joins = tree.args.get("joins") or []
    rest = [join for join in joins if join.alias_or_name != _VERDICTS]
    if len(rest) == len(joins):
        return
    tree.set("joins", rest)
    columns = list(tree.find_all(exp.Column))
    needed = {column.name for column in columns if column.table == _CALLS} - {"call_id"}
    for column in columns:
        if column.table == _VERDICTS:
            column.set("table", exp.to_identifier(_CALLS))
    if _stays_tell(asking, tree, definition):
        return
    for one in list(tree.find_all(exp.Table)):
        if one.alias == _CALLS:
            both = parse(judged_calls(asking, definition, needed))
            one.replace(exp.Subquery(this=both, alias=one.args["alias"]))


def _stays_tell(asking: Asking, tree: exp.Select, definition: Definition) -> bool:
    """Read stays that were kept with their calls, where a statement joins them; tell whether."""
    stays = next((one for one in tree.find_all(exp.Table) if one.name == "stays"), None)
    joins = tree.args.get("joins") or []
    if stays is None or any(_needs_calls(join) for join in joins):
        return False
    asked = [c for c in tree.find_all(exp.Column) if not c.find_ancestor(exp.Join)]
    of_calls = [column for column in asked if column.table == _CALLS]
    name = kept_stays(asking, definition, {column.name for column in of_calls})
    if name is None:
        return False
    tree.set("joins", [join for join in joins if join.alias_or_name not in (_CALLS, _LAST)])
    for column in of_calls:
        column.set("this", exp.to_identifier(of_call(column.name)))
    for column in asked:
        if column.table in (_CALLS, _LAST):
            column.set("table", exp.to_identifier(stays.alias))
    stays.set("this", exp.to_identifier(name))
    return True


def _needs_calls(join: exp.Join) -> bool:
    """Tell whether something else is joined to the call."""
    columns = join.find_all(exp.Column)
    return join.alias_or_name != _CALLS and any(c.table == _CALLS for c in columns)


def _blindness(
    asking: Asking, since: int | None, until: int | None, definition: Definition | None
) -> Blindness:
    """Return what no source sees in a stretch of time, and what is seen only in a part of it."""
    unspoken = dict(unspoken_words(definition)) if definition else {}
    sources = asking.manifest.sources
    spoken_from, spoken_to = _spoken(asking)
    first, last = max(since or 0, spoken_from), min(until or spoken_to, spoken_to)
    never, partly = {}, {}
    for sight in Sight:
        seeing = [
            s for s in sources if sight in s.sees and s.first_at <= last and s.last_at >= first
        ]
        if not seeing:
            never[sight] = never_seen(sight, [source.name for source in sources])
        elif _gaps(seeing, first, last):
            partly[sight] = _partly(asking, seeing)
    return Blindness(never, partly, unspoken)


def _gaps(seeing: Iterable[SourceState], first: int, last: int) -> bool:
    covered = first
    for source in sorted(seeing, key=lambda s: s.first_at):
        if source.first_at > covered + DAY:
            return True
        covered = max(covered, source.last_at)
    return covered + DAY < last


def _partly(asking: Asking, seeing: Iterable[SourceState]) -> str:
    spans = ", ".join(f"{_day(asking, s.first_at)} to {_day(asking, s.last_at)}" for s in seeing)
    return f"seen only from {spans}"


def _day(asking: Asking, micros: int) -> str:
    moment: datetime = from_micros(micros).astimezone(asking.zone)
    return f"{moment:%Y-%m-%d}"
