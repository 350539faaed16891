"""Which statements give nothing because a table that they need is empty: these need not run.

Few calls are counted at a time, and of these hardly any is held or handed on, so that many of the
chain's tables are empty; planning a statement costs the same whether or not there is anything in it.
"""

from collections.abc import Iterator, Mapping
from itertools import product

from sqlglot import exp

from everycall.calls.statement import parse

Needs = tuple[frozenset[str], ...]
"""Sets of tables: without any row in one of each set there is nothing in the result."""

ALWAYS: Needs = (frozenset(),)
"""Something may come out whatever is empty."""


def needs(statement: str, views: Mapping[str, Needs]) -> Needs:
    """Return what a query needs; views stand for what they need themselves."""
    return _of(parse(statement), views)


def is_empty(needed: Needs, rows: Mapping[str, int]) -> bool:
    """Tell whether nothing can come out; a table of which nobody knows may have rows."""
    return all(any(rows.get(table, 1) == 0 for table in one) for one in needed)


def _of(tree: exp.Expr, known: Mapping[str, Needs]) -> Needs:
    named = dict(known)
    for cte in tree.args["with_"].expressions if tree.args.get("with_") else ():
        named[cte.alias] = _of(cte.this, named)
    if isinstance(tree, exp.Subquery):
        return _of(tree.this, named)
    if isinstance(tree, exp.Union):
        return (*_of(tree.left, named), *_of(tree.right, named))
    return _of_select(tree, named) if isinstance(tree, exp.Select) else ALWAYS


def _of_select(tree: exp.Select, named: Mapping[str, Needs]) -> Needs:
    adds_up = tree.args.get("group") is None and any(
        one.find(exp.AggFunc) is not None for one in tree.selects
    )
    if adds_up or tree.args.get("from_") is None:
        return ALWAYS
    parts = [_of_source(source, named) for source in _sources(tree)]
    return tuple(frozenset().union(*chosen) for chosen in product(*parts))


def _sources(tree: exp.Select) -> Iterator[exp.Expr]:
    """Yield what a row of the result needs a row of."""
    joins = tree.args.get("joins") or []
    if any(join.side in ("RIGHT", "FULL") for join in joins):
        return
    yield tree.args["from_"].this
    yield from (join.this for join in joins if not join.side)


def _of_source(source: exp.Expr, named: Mapping[str, Needs]) -> Needs:
    if isinstance(source, exp.Table):
        return named.get(source.name, (frozenset({source.name}),))
    return _of(source, named) if isinstance(source, exp.Subquery) else ALWAYS
