"""What the live picture needs of the engine that runs its statements; it is passed in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlglot import exp


class Engine(Protocol):
    """Runs the chain's statements on tables of its own."""

    def run(self, statement: str | exp.Expr, values: Sequence[Any] = ()) -> None:
        """Run a statement for its effect."""

    def rows(self, statement: str | exp.Expr, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and return all its rows."""

    def again(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement that is run often and return its rows, if any."""

    def table(self, name: str, statement: str | exp.Expr) -> None:
        """Make a table from a query."""

    def view(self, name: str, statement: str | exp.Expr) -> None:
        """Give a query a name."""

    def load(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make a table of rows."""
