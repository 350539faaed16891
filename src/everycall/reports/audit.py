"""The audit: what happened to every call, by outcome, time, queue and person, and what is unseen."""

from collections.abc import Callable, Iterator, Mapping

from everycall.calls.outcomes import INBOUND_RULES
from everycall.reports.frame import Desk
from everycall.reports.model import Report, Section, Term
from everycall.reports.sections.callers import callers
from everycall.reports.sections.days import days
from everycall.reports.sections.lines import lines
from everycall.reports.sections.meanings import meanings
from everycall.reports.sections.money import money
from everycall.reports.sections.nhs import nhs
from everycall.reports.sections.outcomes import name, outcomes
from everycall.reports.sections.people import people
from everycall.reports.sections.quality import quality
from everycall.reports.sections.queues import clients, queues
from everycall.reports.sections.remedies import remedies
from everycall.reports.sections.summary import summary
from everycall.reports.sections.times import times
from everycall.reports.sections.waits import waits

Made = Section | tuple[Section, ...] | None

SECTIONS: Mapping[str, Callable[[Desk], Made]] = {
    "summary": summary,
    "outcomes": outcomes,
    "days": days,
    "time": times,
    "waits": waits,
    "queues": queues,
    "clients": clients,
    "callers": callers,
    "people": people,
    "remedies": remedies,
    "lines": lines,
    "money": money,
    "nhs": nhs,
    "meanings": meanings,
    "quality": quality,
}
"""Every section by its name; a trade says which of them there are, and in which order."""


def audit(desk: Desk) -> Report:
    """Make the audit of the calls on a desk."""
    say, frame = desk.say, desk.frame
    sections = tuple(_made(desk))
    return Report(
        title=say("Call audit for {site}", site=frame.site),
        subtitle=say("{period}, times in {zone}", period=frame.period, zone=frame.zone),
        sections=sections,
        terms=tuple(_terms(desk, sections)),
        language=say.name,
        options=frame.options,
    )


def _made(desk: Desk) -> Iterator[Section]:
    for wanted in _wanted(desk):
        make = SECTIONS.get(wanted)
        made = make(desk) if make else None
        if isinstance(made, tuple):
            yield from made
        elif made is not None:
            yield made


def _wanted(desk: Desk) -> Iterator[str]:
    """Yield the trade's sections; what was asked for beside them comes before the words."""
    asked = [] if not desk.nhs or "nhs" in desk.trade.sections else ["nhs"]
    for section in desk.trade.sections:
        if section == "meanings":
            yield from asked
        yield section


def _terms(desk: Desk, sections: tuple[Section, ...]) -> Iterator[Term]:
    say, definition = desk.say, desk.frame.definition
    for section in sections:
        yield from (Term(figure.title, figure.doc) for figure in section.figures)
    for word, doc in definition.pack.categories.items():
        yield Term(f"{say(word)} ({definition.id})", say(doc))
    yield from (Term(say(name(rule.outcome)), say(rule.doc)) for rule in INBOUND_RULES)
