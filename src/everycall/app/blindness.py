"""What cannot be seen, and what would show it: the reason behind every dash."""

from collections.abc import Iterable

from everycall.app.finding import shipped
from everycall.calls.facts import FACTS
from everycall.calls.results import RESULTS
from everycall.events.sights import Sight

_FACTS = {fact.name: fact for fact in (*RESULTS, *FACTS)}

_REMEDIES = {
    Sight.LOST: "your carrier's or SBC's call records, by a mapping with carrier = true",
}


def remedy_of(sight: Sight, sources: Iterable[str]) -> str:
    """Return what would show a thing, in the words of the first source that is blind to it."""
    for name in sources:
        source = shipped(name)
        told = source.blind.get(sight) if source is not None else None
        if told:
            return told
    return _REMEDIES.get(sight, "another source")


def why_missing(fact_name: str, sources: Iterable[str]) -> tuple[str, str]:
    """Return what an unseen fact would say, and why none of a call's sources could see it."""
    fact = _FACTS.get(fact_name)
    if fact is None:
        return fact_name, "no source says"
    if fact.sight is None:
        return fact.doc, "no source says, and no opening hours are declared"
    return fact.doc, remedy_of(fact.sight, sources)
