"""Statements of the chain: templates in DuckDB's dialect, filled in as trees, never as text."""

from collections.abc import Iterable, Mapping
from functools import cache

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"


@cache
def _parsed(text: str) -> exp.Expr:
    tree = sqlglot.parse_one(text, read=DIALECT)
    for node in tree.walk():
        node.meta.clear()  # where each word stood, which every copy would carry along
    return tree


def parse(text: str) -> exp.Expr:
    """Parse an expression or a statement once, and return a copy that may be changed."""
    return _parsed(text).copy()


def fill(template: str, tables: Mapping[str, str] | None = None, **parts: str | int) -> exp.Expr:
    """Return a statement with its `:name` places filled by expressions, and tables renamed."""
    trees = {name: parse(str(part)) for name, part in parts.items()}
    tree = exp.replace_placeholders(_parsed(template), **trees)  # this makes a copy
    if tables:
        tree = exp.replace_tables(tree, dict(tables), dialect=DIALECT, copy=False)
    return tree


def add_columns(select: exp.Expr, columns: Iterable[tuple[str, str]]) -> exp.Select:
    """Append columns to a SELECT, given as (name, expression)."""
    if not isinstance(select, exp.Select):
        raise TypeError("columns can be added to a SELECT only")
    named = [exp.alias_(parse(sql), name, quoted=True) for name, sql in columns]
    return select.select(*named, copy=False)


def words(items: Iterable[str]) -> str:
    """Write texts as a list for `IN`."""
    return ", ".join(exp.Literal.string(item).sql(DIALECT) for item in items)


def write(tree: exp.Expr, dialect: str = DIALECT) -> str:
    """Write a statement in the dialect of an engine."""
    return tree.sql(dialect=dialect, identify=True)
