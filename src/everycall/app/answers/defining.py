"""Calls under definitions: the team's own, any other, several beside each other, two compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from everycall.app.history.asking import Asking
from everycall.app.history.pooling import literal
from everycall.app.site.sitefile import SiteFile
from everycall.calls.statement import parse, words
from everycall.definitions import Category, Definition, load, verdicts
from everycall.definitions.compiling import COLUMNS as VERDICT
from everycall.definitions.compiling import FRAME, OTHERWISE
from everycall.definitions.stories import NOW
from everycall.definitions.words import COLUMNS
from everycall.history import Engine
from everycall.metrics.levels import JUDGED
from everycall.reports.trades import NO_TRADE, trade

DEFAULT = NO_TRADE.definition
"""Whose words hold where a team has not chosen a definition."""

HELPED = "CASE WHEN p.joined THEN COALESCE(p.helped_at > c.arrived_at, FALSE) END AS helped_later"
HELPED_OF = """
LEFT JOIN episode_calls AS e ON e.call_id = c.call_id
LEFT JOIN episodes AS p ON p.episode = e.episode
"""
_HELPED_LATER = f"SELECT c.*, {HELPED} FROM counted AS c {HELPED_OF}"


def chosen(site: SiteFile, name: str | None = None) -> Definition:
    """Return the definition that was named, else the team's own, else its trade's, else the default.

    Raises:
        NotFoundError: there is no such definition, or no such trade.
        BadSettingsError: its file, or the setting of a switch, is wrong.
    """
    if name is not None and name != _own(site):
        return load(name)
    own = load(_own(site), site.definition_switches)
    return replace(own, of_clients=dict(_of_clients(site)))


def _own(site: SiteFile) -> str:
    """Return the definition whose words a team uses: every number is counted by it, here and live."""
    return site.definition or trade(site.trade or NO_TRADE.id).definition


def _of_clients(site: SiteFile) -> Iterator[tuple[str, Definition]]:
    """Yield the brands that have chosen words of their own, or other switches of the site's."""
    for name, client in site.clients.items():
        if client.definition:
            yield name, load(client.definition, client.definition_switches)
        elif client.definition_switches:
            switches = {**site.definition_switches, **client.definition_switches}
            yield name, load(_own(site), switches)


def parts(*definitions: Definition) -> Iterator[tuple[str, tuple[Definition, ...]]]:
    """Yield conditions that part calls `c` by client, each with the words that hold there."""
    clients = sorted({client for one in definitions for client in one.of_clients})
    for client in clients:
        yield f"c.client = {literal(client)}", tuple(one.of(client) for one in definitions)
    listed = ", ".join(literal(client) for client in clients)
    rest = f"NOT COALESCE(c.client IN ({listed}), FALSE)" if clients else "TRUE"
    yield rest, tuple(one.of(None) for one in definitions)


def _united(trees: Sequence[exp.Select]) -> exp.Select:
    """Return one query of several that have the same columns."""
    if len(trees) == 1:
        return trees[0]
    return exp.select("*").from_(exp.union(*trees, distinct=False).subquery("parts"))


def as_of(asking: Asking) -> int:
    """Return the moment until which the sources speak."""
    return max((source.last_at for source in asking.manifest.sources), default=0)


def judged(
    asking: Asking,
    definition: Definition,
    within: str = "TRUE",
    table: str | None = None,
    keep: Sequence[str] = (),
) -> exp.Select:
    """Return the query of the verdicts over those of a site's calls that a condition takes.

    The calls are all that are stored, or those of another table with the same columns.
    Columns of the call that are kept come out with `kept_` before their names.
    """
    trees = [
        _judged(asking, one, f"({within}) AND {part}", table or asking.stored, keep)
        for part, (one,) in parts(definition)
    ]
    return _united(trees)


def _judged(
    asking: Asking, definition: Definition, within: str, table: str, keep: Sequence[str]
) -> exp.Select:
    """Return the verdicts of one definition; a word includes the words that are a kind of it."""
    tree = verdicts(definition, as_of=as_of(asking), zone=asking.zone, keep=keep)
    calls = parse(f"SELECT c.* FROM {_source(tree, table=table)} AS c WHERE {within}")
    found = _select(exp.expand(tree, {"calls": _select(calls)}, dialect="duckdb"))
    marked = _select(parse(f"SELECT *, {marks(definition)}"))
    return marked.from_(found.subquery("judged"), copy=False)


def marks(definition: Definition) -> str:
    """Return the columns that say yes or no to each word, over verdicts of a definition."""
    return ", ".join(_mark(definition, word) for word in JUDGED)


def _mark(definition: Definition, word: str) -> str:
    """Return the column that says whether a call is what a word means; null if nobody can tell."""
    if word == "lost" and word not in spoken(definition):
        return "reason = 'failed_before_ring' AS lost"
    kinds = words(_kinds(definition, word))
    return f"CASE WHEN category <> 'cannot_tell' THEN category IN ({kinds}) END AS {word}"


def spoken(definition: Definition) -> set[str]:
    """Return the words that a definition has calls for."""
    named = {rule.category for rule in definition.rules} | {definition.pack.otherwise.category}
    own = named | set(definition.pack.part_of.values())
    return own.union(*(spoken(one) for one in definition.of_clients.values()))


def _kinds(definition: Definition, word: str) -> Iterator[str]:
    """Yield a word, and every word that the definition calls a kind of it."""
    yield word
    for part, whole in definition.pack.part_of.items():
        if whole == word:
            yield from _kinds(definition, part)


def _source(*trees: exp.Expr, table: str) -> str:
    """Return what the calls are taken from: with the help that came later only where it is needed."""
    helped = any(map(asks_for_help, trees))
    return f"({_HELPED_LATER.replace('counted', table)})" if helped else table


def asks_for_help(tree: exp.Expr) -> bool:
    """Tell whether a query of verdicts asks whether the caller was helped by a later call."""
    return any(column.name.endswith("helped_later") for column in tree.find_all(exp.Column))


def _select(tree: exp.Expr) -> exp.Select:
    if not isinstance(tree, exp.Select):
        raise TypeError("calls are taken from a SELECT")
    return tree


def arrived(since: int | None, until: int | None, *, inbound: bool = False) -> str:
    """Return the condition of the calls `c` that arrived from one moment until before another."""
    parts = [
        f"c.arrived_at >= {since}" if since is not None else "",
        f"c.arrived_at < {until}" if until is not None else "",
        "c.direction = 'inbound'" if inbound else "",
    ]
    return " AND ".join(filter(None, parts)) or "TRUE"


def verdicts_of(
    asking: Asking, definition: Definition, since: int | None = None, until: int | None = None
) -> Iterator[dict[str, Any]]:
    """Yield what a definition says of each call of a period, in order of arrival."""
    asking.engine.view("judged", judged(asking, definition, arrived(since, until)))
    for row in asking.engine.stream(
        "SELECT v.* FROM judged AS v INNER JOIN counted AS c ON c.call_id = v.call_id "
        "ORDER BY c.arrived_at, c.call_id"
    ):
        yield as_json(row)


def as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a verdict in the form that other programs rely on."""
    found = {name: row[name] for name in VERDICT}
    return {**found, "missing": [fact for fact in row["missing"].split(",") if fact]}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many calls of a period a definition gives each category, and with what certainty.

    Attributes:
        kinds: (category, reason, rule, calls), the most calls first.
        edge: calls whose verdict stands on a limit inside a duration's inexactness.
    """

    definition: Definition
    kinds: Sequence[tuple[str, str, str, int]]
    edge: int

    @property
    def categories(self) -> dict[str, int]:
        """Return the calls of each category; together they are all calls of the period."""
        found: dict[str, int] = {}
        for category, _, _, calls in self.kinds:
            found[category] = found.get(category, 0) + calls
        return found

    @property
    def headline(self) -> int:
        """Return the headline number: the calls of the categories that make it."""
        return sum(self.categories.get(category, 0) for category in self.definition.headline)


def count(
    asking: Asking, definition: Definition, since: int | None = None, until: int | None = None
) -> Counted:
    """Count the calls that came in during a period by what a definition says of them."""
    period = arrived(since, until, inbound=True)
    asking.engine.view("judged", judged(asking, definition, period))
    rows = asking.rows(
        "SELECT category, reason, rule, COUNT(*), COUNT(*) FILTER (WHERE confidence = 'edge') "
        "FROM judged GROUP BY ALL ORDER BY 4 DESC, 1, 2, 3"
    )
    return Counted(definition, [row[:4] for row in rows], sum(row[4] for row in rows))


@dataclass(frozen=True, slots=True)
class Step:
    """Calls that one definition counts in its headline and another does not.

    Attributes:
        calls: how many; negative where they leave the number, positive where they come to it.
        first, second: (category, reason, rule) under each definition.
        call_ids: the calls, in order of arrival.
    """

    calls: int
    first: tuple[str, str, str]
    second: tuple[str, str, str]
    call_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The way from one definition's headline number to another's, step by step."""

    first: Definition
    second: Definition
    before: int
    after: int
    steps: Sequence[Step]

    @property
    def balanced(self) -> bool:
        """Tell whether the steps lead from the one number to the other."""
        return self.before + sum(step.calls for step in self.steps) == self.after


_PAIRS = """
SELECT kept_first_category, kept_first_reason, kept_first_rule, category, reason, rule,
  COUNT(*) AS calls,
  LIST(call_id ORDER BY kept_arrived_at, call_id) FILTER (WHERE in_first <> in_second),
  in_first, in_second
FROM judged_twice
GROUP BY ALL
"""
_FIRST = ("category", "reason", "rule")


def compare(
    asking: Asking,
    first: Definition,
    second: Definition,
    since: int | None = None,
    until: int | None = None,
) -> Comparison:
    """Count the same calls under two definitions, and how one number becomes the other."""
    asking.engine.view("judged_twice", _twice(asking, first, second, since, until))
    return _comparison(first, second, asking.rows(_PAIRS))


def _twice(
    asking: Asking, first: Definition, second: Definition, since: int | None, until: int | None
) -> exp.Select:
    """Return the query that judges calls by one definition and then by another.

    It says as well whether each counts a call in its headline.
    """
    period = arrived(since, until, inbound=True)
    trees = []
    for part, (one, other) in parts(first, second):
        counted = _select(
            parse(
                f"SELECT *, {_headline('kept_first_category', one)} AS in_first, "
                f"{_headline('category', other)} AS in_second"
            )
        )
        tree = _two(asking, one, other, f"{period} AND {part}")
        trees.append(counted.from_(tree.subquery("twice"), copy=False))
    return _united(trees)


def _two(asking: Asking, first: Definition, second: Definition, within: str) -> exp.Select:
    """Return the query that judges calls by two definitions in one reading."""
    given: dict[str, Any] = {"as_of": as_of(asking), "zone": asking.zone}
    last = verdicts(second, **given, keep=("arrived_at", *(f"first_{name}" for name in _FIRST)))
    needed = {column.name for column in last.find_all(exp.Column)} & set(COLUMNS) - {"call_id"}
    before = verdicts(first, **given, keep=sorted(needed))
    again = ", ".join(f"kept_{name} AS {name}" for name in sorted(needed))
    said = ", ".join(f"{name} AS first_{name}" for name in _FIRST)
    source = _source(before, last, table=asking.stored)
    calls = parse(f"SELECT c.* FROM {source} AS c WHERE {within}")
    judged_once = exp.expand(before, {"calls": _select(calls)}, dialect="duckdb")
    between = parse(f"SELECT call_id, {said}, {again} FROM judged_once")
    between = exp.expand(between, {"judged_once": _select(judged_once)}, dialect="duckdb")
    return _select(exp.expand(last, {"calls": _select(between)}, dialect="duckdb"))


def _headline(column: str, definition: Definition) -> str:
    return f"{column} IN ({words(definition.headline)})"


def _comparison(
    first: Definition, second: Definition, rows: Sequence[tuple[Any, ...]]
) -> Comparison:
    before = sum(row[6] for row in rows if row[8])
    after = sum(row[6] for row in rows if row[9])
    steps = [
        Step(-row[6] if row[8] else row[6], row[:3], row[3:6], row[7])
        for row in rows
        if row[8] != row[9]
    ]
    steps.sort(key=lambda step: (step.calls > 0, -abs(step.calls), step.first, step.second))
    return Comparison(first, second, before, after, steps)


def why(definition: Definition, rule: str, category: str) -> str:
    """Return the sentence that explains a verdict."""
    if category == Category.CANNOT_TELL and rule not in ("unknown", OTHERWISE):
        return f"nobody saw whether {_sentence(definition, rule)}"
    return _sentence(definition, rule)


def _sentence(definition: Definition, rule: str) -> str:
    for one in (*FRAME, *definition.rules):
        if one.name == rule:
            return one.why
    return definition.pack.otherwise.why


def source_of(definition: Definition, rule: str) -> str:
    """Return who says that a rule is so, and where."""
    found = next((one.source for one in definition.rules if one.name == rule), None)
    if found is not None:
        return found
    return definition.pack.otherwise.source if rule == OTHERWISE else ""


def judge_stories(
    definition: Definition, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Say of calls that were told in words what a definition calls them."""
    with Engine() as engine:
        table = ([_cell(row.get(column)) for column in COLUMNS] for row in rows)
        engine.load("calls", COLUMNS, table)
        return list(engine.stream(verdicts(definition, as_of=NOW)))


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
