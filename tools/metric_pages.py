"""The pages of the metrics, made from their declarations."""

from collections.abc import Iterator

from everycall.metrics.catalog import METRICS
from everycall.metrics.dimensions import DIMENSIONS
from everycall.metrics.model import Level, Metric

LEAD = """\
# Metrics

Every number that everycall shows is one of these. Ask for any of them by anything:

```sh
everycall metrics answered asa --by queue,hour
everycall metrics service_level.sl2:60 --by day --from 2026-10-01 --to 2026-10-31 --open true
everycall metrics missed_rate --by client --definition nhs_30s --json
```

A value is always a quotient of sums over its group, never a mean of quotients. Nothing divided by
nothing is a dash, never 0 % or 100 %. What no source can see is a dash with its reason. A share comes
with the interval in which the true share lies 19 times out of 20 (Wilson): 9 of 10 is 60 to 98 %.

The unit follows the question: by person it is the ring of a phone, by queue the stay, by caller,
number, hour or outcome the call. A call belongs to the moment of its arrival, a stay to its own entry,
a ring to its own beginning, and the time of people is cut where an interval ends. `--at event` moves
calls to their answer or end. Days are local days, also those of 23 and 25 hours.
"""


def metric_pages() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every page, without the line that says where it comes from."""
    yield "metrics.md", _index()
    for metric in METRICS.values():
        yield f"metrics/{metric.id}.md", _page(metric)


def _index() -> str:
    rows = [f"| [`{m.id}`](metrics/{m.id}.md) | {m.title} | {m.doc} |" for m in METRICS.values()]
    by = [f"| `{d.name}` | {d.doc} |" for d in DIMENSIONS]
    return "\n".join(
        (
            LEAD,
            "| metric | name | what it says |\n|---|---|---|",
            *rows,
            "\n## To ask by\n\n| word | what it is |\n|---|---|",
            *by,
            "",
        )
    )


def _page(metric: Metric) -> str:
    facts = "\n".join(f"- **{name}**: {value}" for name, value in _facts(metric) if value)
    number = f":{metric.parameter.default:g}{metric.parameter.unit}" if metric.parameter else ""
    return (
        f"# {metric.title}\n\n{metric.doc}\n\n{facts}\n\n"
        f"```sh\neverycall metrics {metric.id}{number} --by {_example(metric)}\n```\n\n"
        "[All metrics](../metrics.md)\n"
    )


def _example(metric: Metric) -> str:
    levels = {form.level for form in metric.forms}
    if levels & {Level.ATTEMPT, Level.STAFF}:
        return "agent,day"
    if Level.LINE in levels:
        return "trunk,hour"
    return "queue,hour" if Level.VISIT in levels else "day"


def _facts(metric: Metric) -> Iterator[tuple[str, str]]:
    yield "formula", metric.formula
    yield "unit", str(metric.unit)
    yield "better", str(metric.better)
    for form in metric.forms:
        yield f"by {form.level}", form.level.doc
    if metric.parameter:
        default = f"{metric.parameter.default:g} {metric.parameter.unit}"
        yield "the number after the colon", f"{metric.parameter.doc} Without it: {default}."
    if metric.judged:
        yield "in the words of", "the chosen definition (`--definition`)"
    yield "null", metric.null and f"{metric.null}."
    if metric.needs:
        yield "needs a source that sees", ", ".join(sight.doc for sight in metric.needs)
