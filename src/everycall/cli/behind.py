"""The words of a report's links as options, so that a command lists the calls behind a number."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import click

from everycall.reports.ledger import PARTS, Dimension, dimensions

F = TypeVar("F", bound=Callable[..., Any])

_ELSEWHERE = ("outcome", "client")
"""What `everycall calls` has options for already, that may be said more than once."""

_PAIRS = {"stay": "queues", "ring": "agents"}
"""How a stay or a ring ended goes with one queue or one person."""


def behind_options(command: F) -> F:
    """Add an option for each thing that the calls behind a number can be told apart by."""
    for one in reversed(list(_declared())):
        kind = click.Choice(one.values) if one.values else str
        flag = f"--{one.name.replace('_', '-')}"
        # a list of 24 hours would push everything else aside
        shown = None if 0 < len(one.values) <= 3 else "VALUE"
        command = click.option(flag, one.name, type=kind, metavar=shown, help=one.doc)(command)
    return command


def _declared() -> Iterator[Dimension]:
    yield from (one for one in dimensions("UTC") if one.name not in _ELSEWHERE)
    for part in PARTS:
        yield Dimension(part.pair[1], part.doc, "", part.values)


def take(options: dict[str, Any]) -> Mapping[str, str]:
    """Take what the links say out of the options; what is left is asked of all calls."""
    found = {one.name: options.pop(one.name) for one in _declared()}
    for side, who in _PAIRS.items():
        if found[side] and len(options[who]) == 1:
            found[who[:-1]] = options[who][0]
    if options["clients"] == ("",):
        found["client"], options["clients"] = "", ()
    return {name: value for name, value in found.items() if value is not None}
