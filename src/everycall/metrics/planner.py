"""From a question to statements: one for each level that its metrics are counted at.

A value is always a quotient of sums over the rows of its group, never a mean of quotients. The unit
follows the question: by person it is the ring, by queue the stay, else what the metric counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from everycall.calls.statement import fill, parse
from everycall.metrics.asked import Asked
from everycall.metrics.asked import asked as asked_for
from everycall.metrics.dimensions import Dimension
from everycall.metrics.dimensions import dimension as dimension_of
from everycall.metrics.levels import CALL_ALIASES, ROWS, Rows
from everycall.metrics.model import Form, Level

EVER = 1 << 62
"""A moment after all others, in microseconds."""

_BY_PERSON = (Level.ATTEMPT, Level.VISIT)
_BY_QUEUE = (Level.VISIT,)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which metrics, by what, of what, from when until when.

    Attributes:
        where: only rows with one of these values.
        since, until: moments in microseconds, the second left out.
        spoken: from when until when the sources speak.
        by_event: calls belong to the moment of their answer or end, not to their arrival.
        short_ms: the site's limit of a short call.
    """

    asked: tuple[Asked, ...]
    by: tuple[Dimension, ...] = ()
    where: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    since: int | None = None
    until: int | None = None
    by_event: bool = False
    spoken: tuple[int, int] = (0, EVER)
    site: str = "main"
    short_ms: int = 5000

    def names(self) -> set[str]:
        """Return by what is asked, filters included."""
        return {dimension.name for dimension in (*self.by, *self.where)}

    def stretch(self) -> tuple[int, int]:
        """Return from when until when; what is not said has no bound."""
        return self.since or 0, self.until or EVER

    def spoken_stretch(self) -> tuple[int, int]:
        """Return the same as far as the sources speak."""
        (first, last), (since, until) = self.spoken, self.stretch()
        return max(first, since), min(last, until)


@dataclass(frozen=True, slots=True)
class Part:
    """A metric in a statement: its form there, and the first of its three columns."""

    asked: Asked
    form: Form
    column: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement: first a column for each key, then three for each metric.

    Attributes:
        lacking: what this level cannot be asked by.
    """

    level: Level
    tree: exp.Select
    parts: tuple[Part, ...]
    lacking: tuple[Dimension, ...] = ()

    def tables(self) -> frozenset[str]:
        """Return the names of the tables that it reads."""
        return frozenset(table.name for table in self.tree.find_all(exp.Table))

    def judged(self) -> Iterator[str]:
        """Yield the metrics that stand on a definition's words, by name."""
        keys = min(part.column for part in self.parts)
        where = self.tree.args.get("where")
        shared = [*self.tree.expressions[:keys], *([where] if where else [])]
        every = "returns" in self.tables() or _judges(shared)
        for part in self.parts:
            if every or _judges(self.tree.expressions[part.column : part.column + 3]):
                yield part.asked.name


def plan(question: Question) -> tuple[Plan, ...]:
    """Return the statements that answer a question."""
    preferred = _levels(question)
    chosen = [(asked, asked.metric.form(preferred)) for asked in question.asked]
    levels = dict.fromkeys(form.level for _, form in chosen)
    return tuple(
        statement(question, level, [(a, f) for a, f in chosen if f.level is level])
        for level in levels
    )


def _levels(question: Question) -> tuple[Level, ...]:
    names = question.names()
    if "agent" in names:
        return _BY_PERSON
    return _BY_QUEUE if names & {"queue", "team"} else ()


def statement(question: Question, level: Level, chosen: Sequence[tuple[Asked, Form]]) -> Plan:
    """Return the statement that answers a question for some metrics at one level."""
    if level is Level.LOAD:
        return _loads(question, chosen)
    rows = ROWS[level]
    lacking = [d for d in (*question.by, *question.where) if d.at(level) is None]
    keys = [_key(question, dimension, level) for dimension in question.by]
    parts = [
        Part(asked, form, len(keys) + 3 * number) for number, (asked, form) in enumerate(chosen)
    ]
    tree = exp.Select(
        expressions=[exp.alias_(key, f"k{i}") for i, key in enumerate(keys)]
        + [column for part in parts for column in _columns(question, part)]
    )
    tree.where(*_conditions(question, rows, level), copy=False)
    rows = _scoped(tree, rows, question)
    if keys:
        numbers = [exp.Literal.number(i + 1) for i in range(len(keys))]
        tree.group_by(*numbers, copy=False).order_by(*[n.copy() for n in numbers], copy=False)
    _add_sources(tree, rows, _at(question, rows))
    if "x" in _aliases(tree):
        _add_existing_time(tree, question)
    return Plan(level, tree, tuple(parts), tuple(dict.fromkeys(lacking)))


_LOADS = """
SELECT *, ROW_NUMBER() OVER (ORDER BY load) AS place
FROM (SELECT *, :done / :hours AS load FROM given WHERE :hours > 0) AS each
"""


def _loads(question: Question, chosen: Sequence[tuple[Asked, Form]]) -> Plan:
    """Return the statement over people, each with a load and a place among those of the group."""
    person = replace(question, by=(*question.by, dimension_of("agent")))
    each = statement(person, Level.STAFF, [(_PER_HOUR, _PER_HOUR.metric.forms[0])])
    each.tree.set("order", None)
    keys = [f"k{i}" for i in range(len(question.by))]
    done, hours = (f"m{len(keys) + 1 + i}" for i in range(2))
    loads = fill(_LOADS, done=done, hours=hours)
    window = loads.find(exp.Window)
    if window is not None and keys:
        window.set("partition_by", [exp.column(key) for key in keys])
    parts = [Part(asked, form, len(keys) + 3 * i) for i, (asked, form) in enumerate(chosen)]
    tree = exp.select(*(f"b.{key}" for key in keys))
    for part in parts:
        tree = tree.select(*_columns(question, part))
    given = exp.expand(loads, {"given": each.tree}, dialect="duckdb")
    if not isinstance(given, exp.Select):
        raise TypeError("loads are a SELECT")
    tree = tree.from_(given.subquery("b"))
    for i in range(len(keys)):
        tree = tree.group_by(exp.Literal.number(i + 1)).order_by(exp.Literal.number(i + 1))
    return Plan(level=Level.LOAD, tree=tree, parts=tuple(parts), lacking=each.lacking)


_PER_HOUR = asked_for("answered_per_hour")


def _key(question: Question, dimension: Dimension, level: Level) -> exp.Expr:
    sql = dimension.at(level)
    return _filled(parse(sql), question) if sql else exp.null()


def _columns(question: Question, part: Part) -> Iterator[exp.Expr]:
    form = part.form
    for number, sql in enumerate((form.numerator, form.denominator, form.unseen or "0")):
        tree = _filled(parse(sql), question, part.asked)
        yield exp.alias_(tree, f"m{part.column + number}")


def _filled(tree: exp.Expr, question: Question, asked: Asked | None = None) -> exp.Expr:
    """Put numbers in the places that a declaration leaves open."""
    limit = 0 if asked is None or asked.milliseconds is None else asked.milliseconds
    since, until = question.stretch()
    places = {
        "since": exp.Literal.number(since),
        "until": exp.Literal.number(until),
        "spoken_to": exp.Literal.number(question.spoken[1]),
        "limit_ms": exp.Literal.number(limit),
        "limit_us": exp.Literal.number(limit * 1000),
        "short_ms": exp.Literal.number(question.short_ms),
        "site": exp.Literal.string(question.site),
    }
    return exp.replace_placeholders(tree, **places)


def _at(question: Question, rows: Rows) -> str:
    return rows.event_at if question.by_event else rows.at


def _conditions(question: Question, rows: Rows, level: Level) -> Iterator[exp.Expr]:
    at = _at(question, rows)
    if question.since is not None:
        yield parse(
            f"{rows.ends_at} > {question.since}" if rows.ends_at else f"{at} >= {question.since}"
        )
    if question.until is not None:
        yield parse(f"{at} < {question.until}")
    for dimension, values in question.where.items():
        sql = dimension.at(level)
        if sql:
            yield _among(_filled(parse(sql), question), dimension.keys(values))


def _scoped(tree: exp.Select, rows: Rows, question: Question) -> Rows:
    """Say which rows count; where nothing is asked of the call, it need not be joined."""
    if rows.alone and not _aliases(tree) & (CALL_ALIASES | {"c"}):
        tree.where(parse(rows.alone), copy=False)
        return replace(rows, always=frozenset())
    tree.where(parse(rows.of_parts if rows.parts & question.names() else rows.scope), copy=False)
    return rows


def _among(tree: exp.Expr, values: Iterable[str]) -> exp.Expr:
    """Return the condition that an expression is one of some values, as text."""
    text = exp.cast(tree, exp.DataType.Type.VARCHAR)
    return exp.In(this=text, expressions=[exp.Literal.string(value) for value in values])


def _add_sources(tree: exp.Select, rows: Rows, at: str) -> None:
    """Add the tables that are needed, and no other."""
    source = exp.replace_placeholders(parse(rows.source), moment=parse(at))
    tree.set("from_", source.args["from_"])
    joins = source.args["joins"]
    needed = set(rows.always) | _aliases(tree)
    for join in reversed(joins):
        if join.alias_or_name in needed:
            needed |= _aliases(join.args["on"])
    tree.set("joins", [join for join in joins if join.alias_or_name in needed])


_EXISTING = """
SELECT SUM(LEAST(s.to_at, :until) - GREATEST(s.from_at, :since)) // 1000 AS ms
FROM slots AS s
WHERE s.to_at > :since AND s.from_at < :until
"""


def _add_existing_time(tree: exp.Select, question: Question) -> None:
    """Join how much time existed in each interval: an hour that a day lacks is no hour."""
    keys = [one.local for one in question.by if one.local]
    since, until = question.spoken_stretch()
    time = _filled(parse(_EXISTING), replace(question, since=since, until=until))
    if not isinstance(time, exp.Select):
        raise TypeError("the time that existed is a SELECT")
    for key in keys:
        time = time.select(f"s.{key}").group_by(f"s.{key}")
    same = " AND ".join(f"x.{key} = s.{key}" for key in keys)
    tree.join(time.subquery("x"), on=parse(same or "TRUE"), copy=False)


def _judges(trees: Iterable[exp.Expr]) -> bool:
    """Tell whether verdicts are read."""
    return any("j" in _aliases(tree) for tree in trees)


def _aliases(tree: exp.Expr) -> set[str]:
    return {column.table for column in tree.find_all(exp.Column) if column.table}
