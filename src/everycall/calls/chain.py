"""The chain: events become visits, attempts and talks, and these become calls with one outcome.

The steps are statements, each making one table from those before it. The same steps run on years
of history, on the calls that are open now and on one call to explain it.

Tables that the engine provides, see `INPUTS`: the events, and what the site file says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from everycall.calls import heard, judging, links, numbering, rollups, spans
from everycall.calls.model import Setting
from everycall.calls.statement import DIALECT, parse, write
from everycall.events import COLUMNS

INPUTS = {
    "events": {column.name: column.type for column in COLUMNS},
    "given_agents": {"one": "VARCHAR", "other": "VARCHAR"},
    "learned_agents": {"one": "VARCHAR", "other": "VARCHAR"},
    "places": {
        "kind": "VARCHAR",
        "place": "VARCHAR",
        "client": "VARCHAR",
        "language": "VARCHAR",
    },
    "schedules": {"kind": "VARCHAR", "place": "VARCHAR", "schedule": "VARCHAR"},
    "calendar": {
        "schedule": "VARCHAR",
        "day": "BIGINT",
        "opens_at": "BIGINT",
        "closes_at": "BIGINT",
    },
    "moment": {"as_of": "BIGINT", "covered_from": "BIGINT", "covered_to": "BIGINT"},
}
"""The tables that the chain begins with.

`given_agents`: a name, and that of the person whom the site means by it; each name once.
`learned_agents`: names that earlier events showed to be of the same phone. `places`: the client of a number, queue or trunk.
`schedules`: which opening hours hold for a number, queue or client; a row of kind `known` says that
the hours of a schedule were declared. `calendar`: when a schedule is open, cut at midnight UTC.
`moment`, one row: until when the sources speak, and for which time the phone system's own do.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One table of the chain: its name, and the statement that makes it.

    Attributes:
        view: it is used once, so it need not be kept in memory.
    """

    name: str
    tree: exp.Expr
    view: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """The whole chain for a setting, written out in the dialect of an engine.

    Attributes:
        linking: from `events` to `links`: each id, and the call it means.
        counting: from `events` and `links` to `calls`.
    """

    linking: tuple[tuple[str, str], ...]
    counting: tuple[tuple[str, str, bool], ...]


@lru_cache(maxsize=16)
def written(setting: Setting, dialect: str = DIALECT) -> Chain:
    """Assemble the chain once; writing it out costs more than running it on one call."""
    return Chain(
        tuple((name, write(tree, dialect)) for name, tree in links.linking(setting)),
        tuple((step.name, write(step.tree, dialect), step.view) for step in steps(setting)),
    )


def steps(setting: Setting) -> Iterator[Step]:
    """Yield the statements that lead from `events` and `links` to `calls`, in their order."""
    yield from _joining(setting)
    yield from _stretching(setting)
    yield from _summing(setting)
    yield from _judging(setting)


def _joining(setting: Setting) -> Iterator[Step]:
    yield Step("told", links.linked(), view=True)
    yield Step("call_numbers", numbering.numbers())
    yield Step("linked", numbering.numbered(setting))
    yield Step("touched", heard.touched(setting))
    yield Step("several", parse(links.SEVERAL))


def _stretching(setting: Setting) -> Iterator[Step]:
    alone = len(setting.sources) == 1
    for span in spans.SPANS:
        yield Step(f"threads_{span.seen}", spans.threads(span))
    for span in spans.SPANS:
        yield Step(span.seen, spans.paired(span), view=alone)
    yield Step("lone_answers", parse(links.LONE_ANSWERS))
    yield Step("known_agents", links.known_agents())
    yield Step("same_agents", links.same_agents())
    yield Step("agent_names", links.agent_names())
    for span in spans.SPANS:
        if alone:
            yield Step(span.name, spans.alone(span))
        else:
            yield from _matching(span, setting)
        yield Step(f"finished_{span.name}", numbering.finished(span.name), view=True)


def _matching(span: spans.Span, setting: Setting) -> Iterator[Step]:
    yield Step(f"weighed_{span.seen}", spans.weighed(span, setting))
    yield Step(f"named_{span.seen}", spans.known(span), view=True)
    yield Step(f"matched_{span.seen}", spans.matched(span, setting), view=True)
    yield Step(span.name, spans.joined(span))


def _summing(setting: Setting) -> Iterator[Step]:
    yield Step("who", heard.who(setting))
    yield Step("heard", heard.heard(setting))
    yield Step("call_visits", parse(rollups.CALL_VISITS))
    yield Step("call_attempts", parse(rollups.CALL_ATTEMPTS))
    yield Step("call_direct", parse(rollups.CALL_DIRECT), view=True)
    yield Step("call_talks", parse(rollups.CALL_TALKS), view=True)
    yield Step("call_holds", parse(rollups.CALL_HOLDS), view=True)
    yield Step("call_held", parse(rollups.CALL_HELD), view=True)
    yield Step("restarts", parse(rollups.RESTARTS))
    yield Step("gathered", parse(rollups.GATHERED), view=True)
    yield Step("stopped_calls", parse(rollups.STOPPED))
    yield Step("shut_down_calls", parse(rollups.SHUT_DOWN))


def _judging(setting: Setting) -> Iterator[Step]:
    yield Step("placed", judging.placed())
    yield Step("ending", judging.ending(), view=True)
    yield Step("ends", judging.ends(setting), view=True)
    yield Step("facts", judging.facts(setting), view=True)
    yield Step("judged", judging.judged(), view=True)
    yield Step("coded", judging.coded(setting))
    yield Step("missing_facts", judging.missing())
    yield Step("numbered_calls", judging.calls(), view=True)
    yield Step("calls", numbering.finished("numbered_calls"), view=True)
