"""The pages about callbacks and alerts, made from the tables of moves and of measures."""

from collections.abc import Callable

from everycall.alerts import MEASURES
from everycall.recovery import ARROWS, State

Table = Callable[[tuple[str, ...], list[tuple[str, ...]]], str]

_CALLBACKS = """# Callbacks: every missed caller is a promise

A caller who asked for a person and was not helped is owed a call. The promise is made by the calls
themselves, joined by the same caller's next ones, and closed by evidence: somebody spoke with them for
at least ten seconds, from whatever phone, or they rang again and were helped. There is at most one open
promise to a caller and brand; the database holds to it.

A number that several people call from proves nothing by itself: its calls *suggest*, and a person confirms.
A withheld number makes no promise, because nobody can be called back.

**Deadlines**: two hours of business time, and one hour by the clock, both shown. For a call outside opening
hours the clock starts at the next opening. `[promises]` in the [site file](site-file.md) sets both, which
outcomes make a promise, how often a caller is tried and when a promise expires.

**What is next**: what may be tried now; those without our message before those with it; what is due first;
who called most often.

## States

"""

_MOVES = """
## Moves

A move is one guarded change in the database: it goes through only if nobody else moved first. While a number
is being dialled nothing closes its promise; what is proved meanwhile closes it when the dialling is over.

"""

_ALERTS = """# Alerts

A rule watches a number of the live picture. When its limit has been passed for long enough, an alert opens,
is said once through each of its channels, and is closed and said to be over when it is. What is not known
changes nothing. In quiet hours nothing is said; what is still true afterwards is said then. After a while
without an end others can be told, too.

Channels are mail and webhooks, signed as Standard Webhooks asks. A message that is not taken is tried again,
ever later, eight times; Set-up shows what was sent and what went wrong. Secrets are kept encrypted.

## What can be watched

"""


def callbacks_page(made: str, table: Table) -> str:
    """Return the page about promises."""
    states = [(f"`{state}`", "open" if state.is_open else "closed", state.doc) for state in State]
    moves = [
        (a.move.value, ", ".join(f"`{s}`" for s in a.sources), f"`{a.target}`", a.doc)
        for a in ARROWS
    ]
    heads = ("move", "from", "to", "when")
    return (
        f"{made}\n{_CALLBACKS}{table(('state', '', 'what it says'), states)}"
        f"{_MOVES}{table(heads, moves)}"
    )


def alerts_page(made: str, table: Table) -> str:
    """Return the page about alerts."""
    each = {"queue": "each queue", "person": "each person", "": "all"}
    rows = [(f"`{m.id}`", m.doc, m.unit, each[m.each]) for m in MEASURES]
    return f"{made}\n{_ALERTS}{table(('number', 'what it is', 'unit', 'of'), rows)}"
