"""Which steps of the chain need no table of their own while few calls are counted at a time.

A table costs more to fill than its few rows are worth, and the more columns it has, the more. A step
that only works out columns of one other, and is read by one other, is worked out once either way.
"""

from collections import Counter
from collections.abc import Iterable

from sqlglot import exp

from everycall.calls.statement import parse

_MORE = ("joins", "group", "having", "distinct", "qualify", "with_", "order", "limit")
"""What a statement has that does more than work out columns, row by row."""


def folded(steps: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the names of the steps that can be views within the one statement that reads them."""
    trees = {name: parse(statement) for name, statement in steps}
    readings = Counter(table.name for tree in trees.values() for table in tree.find_all(exp.Table))
    return frozenset(
        name for name, tree in trees.items() if readings[name] == 1 and _is_of_one(tree, trees)
    )


def _is_of_one(tree: exp.Expr, steps: Iterable[str]) -> bool:
    """Tell whether every row of a statement is a row of one other step."""
    if not isinstance(tree, exp.Select) or any(tree.args.get(part) for part in _MORE):
        return False
    read = list(tree.find_all(exp.Table))
    plain = len(read) == 1 and read[0].name in steps
    return plain and not any(tree.find_all(exp.AggFunc, exp.Window, exp.Subquery))
