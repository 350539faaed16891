"""What the chosen definition calls missed, lost, abandoned or dropped."""

from collections.abc import Iterator

from everycall.events.sights import Sight
from everycall.metrics.catalog.counts import OVER
from everycall.metrics.forms import count, share
from everycall.metrics.model import Better, Form, Level, Metric, Unit

_LAST = "v.began_at >= w.last_at"

_MEANS = {
    "missed": "Calls that the chosen definition calls missed: they could have been answered.",
    "lost": "Calls that the chosen definition calls lost: they never reached anybody.",
    "abandoned": "Calls that the chosen definition calls abandoned: the caller left before.",
    "dropped": "Calls that the chosen definition calls dropped: a technical fault ended them.",
}


def _visits(word: str) -> str:
    """A stay takes its call's verdict if it was the last; another one was passed on."""
    return f"CASE WHEN {_LAST} THEN j.{word} ELSE FALSE END"


NOT_TAKEN = "a.result IN ('no_answer', 'rejected')"
"""A ring that its person missed; whether they could have taken it is another metric's question."""


def _forms(word: str) -> Iterator[Form]:
    yield count(Level.CALL, OVER, f"j.{word}")
    yield count(Level.VISIT, OVER, _visits(word))
    if word == "missed":
        yield count(Level.ATTEMPT, "TRUE", NOT_TAKEN)


def _rates(word: str) -> Iterator[Form]:
    yield share(Level.CALL, OVER, f"j.{word}")
    yield share(Level.VISIT, OVER, _visits(word))
    if word == "missed":
        yield share(Level.ATTEMPT, f"a.result = 'answered' OR {NOT_TAKEN}", NOT_TAKEN)


def _pair(word: str, name: str) -> tuple[Metric, Metric]:
    needs = (Sight.LOST,) if word == "lost" else ()
    by_person = "; by person: rings that were not answered or refused" if word == "missed" else ""
    counted = Metric(
        name,
        name.replace("_", " ").capitalize(),
        _MEANS[word],
        Unit.COUNT,
        Better.LESS,
        f"calls with the verdict {word}; by queue: stays that were the last of such a call"
        f"{by_person}",
        tuple(_forms(word)),
        needs=needs,
        judged=word,
        null="nobody can tell",
    )
    rate = Metric(
        f"{name}_rate",
        f"{name.replace('_', ' ').capitalize()}, of all that came in",
        f"Of all calls that came in, the share that the chosen definition calls {word}.",
        Unit.SHARE,
        Better.LESS,
        f"verdict {word} / arrived; by queue: of the stays there{by_person}",
        tuple(_rates(word)),
        needs=needs,
        judged=word,
        null="no call came in",
    )
    return counted, rate


METRICS = (
    *_pair("missed", "missed"),
    *_pair("lost", "lost"),
    *_pair("abandoned", "abandoned"),
    *_pair("dropped", "dropped_by_definition"),
)
