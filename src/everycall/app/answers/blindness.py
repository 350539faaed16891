"""What cannot be seen, and what would show it: the reason behind every dash."""

from collections.abc import Iterable, Iterator

from everycall.app.answers.defining import spoken
from everycall.app.intake.finding import shipped
from everycall.calls.facts import FACTS
from everycall.calls.results import RESULTS
from everycall.definitions import Definition
from everycall.events.sights import Sight
from everycall.metrics.levels import JUDGED

_FACTS = {fact.name: fact for fact in (*RESULTS, *FACTS)}

SHOWN_BY = {
    Sight.LOST: "your carrier's or SBC's call records, by a mapping with carrier = true",
}
"""What shows a thing to which no source says it is blind."""

NOTHING_SHOWS = "another source"


def remedy_of(sight: Sight, sources: Iterable[str]) -> str:
    """Return what would show a thing, in the words of the first source that is blind to it."""
    for name in sources:
        source = shipped(name)
        told = source.blind.get(sight) if source is not None else None
        if told:
            return told
    return SHOWN_BY.get(sight, NOTHING_SHOWS)


def why_missing(fact_name: str, sources: Iterable[str]) -> tuple[str, str]:
    """Return what an unseen fact would say, and why none of a call's sources could see it."""
    fact = _FACTS.get(fact_name)
    if fact is None:
        return fact_name, "no source says"
    if fact.sight is None:
        return fact.doc, "no source says, and no opening hours are declared"
    return fact.doc, remedy_of(fact.sight, sources)


def never_seen(sight: Sight, sources: Iterable[str]) -> str:
    """Return the sentence that says that no source sees a thing, and what would."""
    return f"no source sees {sight.doc}: {remedy_of(sight, sources)}"


def unspoken_words(definition: Definition) -> Iterator[tuple[str, str]]:
    """Yield the words that a definition has no calls for, and how to say so."""
    for word in JUDGED:
        # what never got in is lost in any words; only its definition may say more
        if word not in spoken(definition) and word != "lost":
            yield word, f"the definition {definition.id} does not speak of {word}"
