"""From conditions to expressions over the table of calls: trees, in the chain's own language.

An unseen fact makes a comparison null. Read strictly, so does a duration whose inexactness the
limit falls inside.
"""

from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlglot import exp

from everycall.calls.statement import fill, parse
from everycall.clock import to_micros
from everycall.definitions.conditions import is_choice
from everycall.definitions.language import (
    Always,
    And,
    Compare,
    Duration,
    In,
    Name,
    Node,
    Not,
    Number,
    Or,
    Text,
    Value,
)
from everycall.definitions.model import Definition
from everycall.definitions.scope import limit_value, scope_of, whole
from everycall.definitions.words import words

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


class Conditions:
    """What the words of one definition mean, as expressions over the table of calls."""

    def __init__(self, definition: Definition, as_of: int | str | None, zone: ZoneInfo) -> None:
        self.definition = definition
        self.as_of = "NULL" if as_of is None else str(as_of)
        self.zone = zone
        self.scope = scope_of(definition)

    def condition(self, node: Node, *, strict: bool = False) -> exp.Expr:
        """Return a condition; strictly, a comparison on the edge is null."""
        match node:
            case Always():
                return exp.true()
            case Name():
                return self.value(node)
            case Compare():
                return self._comparison(node, strict=strict)
            case In():
                items = [self._beside(node.left, item) for item in node.items]
                return exp.In(this=self.value(node.left), expressions=items)
            case Not():
                inner = self.condition(node.inner, strict=strict)
                return exp.not_(exp.paren(inner, copy=False), copy=False)
            case And():
                return exp.and_(*(self.condition(p, strict=strict) for p in node.parts), copy=False)
            case Or():
                parts = (self.condition(p, strict=strict) for p in node.parts)
                return exp.paren(exp.or_(*parts, copy=False), copy=False)

    def _comparison(self, node: Compare, *, strict: bool) -> exp.Expr:
        left, right = self.value(node.left), self._beside(node.left, node.right)
        compared = _COMPARISONS[node.operator](this=left, expression=right)
        within = self._within(node)
        if not strict or within is None:
            return compared
        apart = exp.GTE(
            this=exp.Abs(this=exp.paren(exp.Sub(this=left.copy(), expression=right.copy()))),
            expression=within,
        )
        return exp.Case(ifs=[exp.If(this=apart, true=compared)])

    def _within(self, node: Compare) -> exp.Expr | None:
        """Return how inexact a comparison is, if it can be inexact at all."""
        columns = [
            column
            for value in (node.left, node.right)
            if isinstance(value, Name) and (column := _resolution(value.word)) is not None
        ]
        if not columns:
            return None
        return parse(" + ".join(f"COALESCE({column}, 0)" for column in columns))

    def _beside(self, left: Value, right: Value) -> exp.Expr:
        """Return what a value is compared with: beside a choice, a word is one of its words."""
        if isinstance(right, Name) and is_choice(left, self.scope):
            return exp.Literal.string(right.word)
        return self.value(right)

    def may_be_on_edge(self, node: Node) -> bool:
        """Tell whether a condition holds a comparison that can be inexact."""
        match node:
            case Compare():
                return self._within(node) is not None
            case Not():
                return self.may_be_on_edge(node.inner)
            case And() | Or():
                return any(map(self.may_be_on_edge, node.parts))
            case _:
                return False

    def may_be_null(self, word: str) -> bool:
        """Tell whether what a name stands for may be unseen, or not be said for some days."""
        limit = self.definition.pack.limits.get(word)
        if limit is not None:
            return limit.values[0].since is not None
        return word in words() and word not in ("outcome", "direction")

    def value(self, value: Value) -> exp.Expr:
        """Return a value."""
        match value:
            case Name():
                return self.named(value.word)
            case Number():
                return _number(value.value)
            case Duration():
                return _number(Decimal(value.ms))
            case Text():
                return exp.Literal.string(value.value)

    def named(self, word: str) -> exp.Expr:
        """Return what a name stands for."""
        if word in words():
            sql = words()[word].sql
            return fill(sql, None, as_of=self.as_of) if ":as_of" in sql else parse(sql)
        if word in self.definition.pack.limits:
            return self.limit(word)
        setting = self.definition.settings[word]
        return exp.convert(setting)

    def limit(self, name: str) -> exp.Expr:
        """Return what a limit is on the day on which a call arrived."""
        values = self.definition.pack.limits[name].values
        first, *later = values
        found = self._amount(first.value)
        if not later and first.since is None:
            return found
        dated = [v for v in reversed(values) if v.since is not None]
        ifs = [
            exp.If(
                this=parse(f"arrived_at >= {self._midnight(v.since)}"), true=self._amount(v.value)
            )
            for v in dated
        ]
        rest = found if first.since is None else None
        return exp.Case(ifs=ifs, default=rest)

    def _amount(self, text: str) -> exp.Expr:
        found = limit_value(text)
        return _number(Decimal(found.ms) if isinstance(found, Duration) else found.value)

    def _midnight(self, day: object) -> int:
        moment = datetime.combine(datetime.fromisoformat(str(day)), time(), self.zone)
        return to_micros(moment)


def _resolution(word: str) -> str | None:
    fact = words().get(word)
    return fact.resolution if fact else None


def _number(number: Decimal) -> exp.Expr:
    return exp.Literal.number(str(whole(number)))
