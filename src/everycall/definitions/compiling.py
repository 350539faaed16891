"""From a definition to the statement that judges calls.

The first rule that is true wins. A rule that is null, because nobody saw a fact, does not match,
and its unseen facts are listed. If it would have given another category, the call cannot be told:
what was not seen is never taken for no.
"""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from sqlglot import exp

from everycall.calls.statement import parse
from everycall.definitions.categories import Category
from everycall.definitions.conditions import used
from everycall.definitions.conditions_sql import Conditions
from everycall.definitions.language import Compare, Name, Not
from everycall.definitions.model import Definition, Rule
from everycall.definitions.scope import Scope

COLUMNS = ("call_id", "category", "reason", "rule", "confidence", "missing")
"""What is said of every call."""

EDGE = "edge"
"""The confidence of a verdict that stands on a limit inside a duration's own inexactness."""

OTHERWISE = "otherwise"
"""The name of what holds when no rule is true."""

FRAME = (
    Rule(
        "not_arrived",
        Not(Compare(Name("direction"), "=", Name("inbound"))),
        Category.NOT_COUNTED,
        "definitions speak of calls that came in from outside",
        "",
    ),
    Rule(
        "pending",
        Compare(Name("outcome"), "=", Name("pending")),
        Category.PENDING,
        "the call is not over",
        "",
    ),
    Rule(
        "unknown",
        Compare(Name("outcome"), "=", Name("unknown")),
        Category.CANNOT_TELL,
        "no source could say what became of the call",
        "",
    ),
)
"""What holds in every definition, before its own rules."""

_UNKNOWN = 2


def verdicts(
    definition: Definition,
    *,
    as_of: int | str | None = None,
    zone: ZoneInfo | None = None,
    table: str = "calls",
    keep: Sequence[str] = (),
) -> exp.Select:
    """Return the query that judges every call: `COLUMNS`, one row for each row of the table.

    `as_of` is the present moment in microseconds, or the column that has it, for definitions that ask
    how long something has been going on; `zone` says when a day begins from which a limit holds. `missing` names the
    unseen facts, parted by commas, and is '' where none was needed. Columns that are kept come
    out as they went in, with `kept_` before their names.
    """
    conditions = Conditions(definition, as_of, zone or ZoneInfo("UTC"))
    rules = (*FRAME, *definition.rules)
    unseen = _may_be_unseen(conditions, rules)
    kept = [(f"kept_{name}", exp.column(name)) for name in keep]
    judged = _select(_judged(conditions, rules, unseen), kept).from_(
        exp.to_table(table), copy=False
    )
    categories = [*(rule.category for rule in rules), definition.pack.otherwise.category]
    weighed = _weighed(_numbered(judged, len(rules)), categories)
    told = [*_categories(rules, categories), ("missing", _missing(rules, unseen, conditions.scope))]
    told += [(name, exp.column(name)) for name, _ in kept]
    return _over(_select(parse("SELECT call_id"), told), weighed)


def _judged(conditions: Conditions, rules: Sequence[Rule], unseen: Sequence[str]) -> exp.Select:
    """Whether each rule is true, and strictly true; and which facts are unseen."""
    select = parse(
        "SELECT call_id, outcome, direction, confidence AS call_confidence, missing AS call_missing"
    )
    columns = [(f"c{i}", conditions.condition(rule.when)) for i, rule in enumerate(rules)]
    for i, rule in enumerate(rules):
        if conditions.may_be_on_edge(rule.when):
            columns.append((f"s{i}", conditions.condition(rule.when, strict=True)))
    for word in unseen:
        is_null = exp.Is(this=exp.paren(conditions.named(word)), expression=exp.null())
        columns.append((f"unseen_{word}", is_null))
    return _select(select, columns)


def _may_be_unseen(conditions: Conditions, rules: Sequence[Rule]) -> list[str]:
    """Return the words of the rules that may be null: facts and limits that are dated."""
    found = (word for rule in rules for word in used(rule.when, conditions.scope))
    return [word for word in dict.fromkeys(found) if conditions.may_be_null(word)]


def _select(select: exp.Expr, columns: Sequence[tuple[str, exp.Expr]]) -> exp.Select:
    if not isinstance(select, exp.Select):
        raise TypeError("columns can be added to a SELECT only")
    return select.select(
        *(exp.alias_(tree, name, quoted=True, copy=False) for name, tree in columns), copy=False
    )


def _over(select: exp.Select, inner: exp.Select) -> exp.Select:
    return select.from_(inner.subquery("inner_calls", copy=False), copy=False)


def _numbered(judged: exp.Select, count: int) -> exp.Select:
    """The number of the first true rule, and a bit for each rule that is null or on the edge."""
    strict = {c.alias for c in judged.selects if c.alias.startswith("s") and c.alias[1:].isdigit()}
    first = " ".join(f"WHEN c{i} THEN {i}" for i in range(count))
    unsure = [f"CASE WHEN c{i} IS NULL THEN {1 << i} ELSE 0 END" for i in range(count)]
    edges = [
        f"CASE WHEN s{i} IS NULL AND NOT c{i} IS NULL THEN {1 << i} ELSE 0 END"
        for i in range(count)
        if f"s{i}" in strict
    ]
    columns = [
        ("rule_no", parse(f"CASE {first} ELSE {count} END")),
        ("unsure", parse(" + ".join(unsure))),
        ("edges", parse(" + ".join(edges) or "0")),
    ]
    kept = [c.alias_or_name for c in judged.selects if not _is_condition(c.alias_or_name)]
    select = exp.select(*(exp.column(name, quoted=True) for name in kept))
    return _over(_select(select, columns), judged)


def _is_condition(name: str) -> bool:
    return name[0] in "cs" and name[1:].isdigit()


def _weighed(numbered: exp.Select, categories: Sequence[Category]) -> exp.Select:
    """Only what was null or on the edge before a rule matched is a doubt.

    A doubt is open if the rule would have given another category.
    """
    numbers = range(len(categories))
    before = [(1 << i) - 1 for i in numbers]
    others = [sum(1 << j for j in range(i) if categories[j] != categories[i]) for i in numbers]
    columns = [
        ("doubts", parse(f"unsure & {_by_rule(before)}")),
        ("open_doubts", parse(f"unsure & {_by_rule(others)}")),
        ("on_edge", parse(f"(edges & {_by_rule([2 * b + 1 for b in before])}) <> 0")),
    ]
    return _over(_select(parse("SELECT *"), columns), numbered)


def _by_rule(numbers: Sequence[int]) -> str:
    return f"CASE rule_no {' '.join(f'WHEN {i} THEN {n}' for i, n in enumerate(numbers))} END"


def _categories(
    rules: Sequence[Rule], categories: Sequence[Category]
) -> list[tuple[str, exp.Expr]]:
    cannot_tell = [("open_doubts <> 0", exp.Literal.string(Category.CANNOT_TELL))]
    named = _lookup([exp.Literal.string(n) for n in (*(r.name for r in rules), OTHERWISE)])
    first_open = [
        (f"(open_doubts & {1 << i}) <> 0", exp.Literal.string(rule.name))
        for i, rule in enumerate(rules)
    ]
    return [
        ("category", _case(cannot_tell, _lookup([exp.Literal.string(c) for c in categories]))),
        ("reason", _lookup(list(_reasons(rules)))),
        ("rule", _case([("open_doubts = 0", named), *first_open], named.copy())),
        ("confidence", parse(_CONFIDENCE)),
    ]


def _reasons(rules: Sequence[Rule]) -> Iterator[exp.Expr]:
    yield exp.column("direction")
    for rule in rules[1:]:
        yield exp.Literal.string(rule.reason) if rule.reason else exp.column("outcome")
    yield exp.column("outcome")


def _lookup(values: Sequence[exp.Expr]) -> exp.Expr:
    """Return a value by the number of the rule; the commonest value needs no line of its own."""
    common = max(values, key=lambda v: sum(v == other for other in values))
    ifs = [
        exp.If(this=exp.Literal.number(i), true=value)
        for i, value in enumerate(values)
        if value != common
    ]
    return exp.Case(this=exp.column("rule_no"), ifs=ifs, default=common) if ifs else common


def _case(ifs: Sequence[tuple[str, exp.Expr]], default: exp.Expr) -> exp.Expr:
    if not ifs:
        return default
    return exp.Case(
        ifs=[exp.If(this=parse(when), true=then) for when, then in ifs], default=default
    )


_CONFIDENCE = f"""
CASE WHEN rule_no = {_UNKNOWN} OR open_doubts <> 0 THEN 'low'
  WHEN on_edge THEN '{EDGE}'
  WHEN call_confidence = 'low' THEN 'low'
  WHEN doubts <> 0 OR call_confidence = 'medium' THEN 'medium' ELSE 'high' END
"""


def _missing(rules: Sequence[Rule], unseen: Sequence[str], scope: Scope) -> exp.Expr:
    """Name the unseen facts of the rules that were null."""
    named = []
    for word in unseen:
        mask = sum(1 << i for i, r in enumerate(rules) if word in used(r.when, scope))
        named.append(f"CASE WHEN unseen_{word} AND (doubts & {mask}) <> 0 THEN '{word}' END")
    listed = f"CONCAT_WS(',', {', '.join(named)})" if named else "''"
    return parse(
        f"CASE WHEN rule_no = {_UNKNOWN} THEN COALESCE(call_missing, '') "
        f"WHEN doubts = 0 THEN '' ELSE {listed} END"
    )
