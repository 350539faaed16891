"""The audit: what happened to every call, by outcome, time, queue and person, and what is unseen."""

from everycall.calls.outcomes import INBOUND_RULES
from everycall.reports.frame import Desk, Frame
from everycall.reports.model import Query, Report, Section, Term
from everycall.reports.sections.callers import callers
from everycall.reports.sections.outcomes import name, outcomes
from everycall.reports.sections.people import people
from everycall.reports.sections.quality import quality
from everycall.reports.sections.queues import queues
from everycall.reports.sections.times import times
from everycall.reports.sections.waits import waits
from everycall.reports.words import Words

SECTIONS = (outcomes, times, waits, queues, people, callers, quality)


def audit(query: Query, frame: Frame, words: Words | None = None) -> Report:
    """Make the audit of the calls that a query sees; the query's `calls` are those of the period."""
    desk = Desk(query, frame, words or Words())
    say = desk.say
    sections: tuple[Section, ...] = tuple(make(desk) for make in SECTIONS)
    return Report(
        title=say("Call audit for {site}", site=frame.site),
        subtitle=say("{period}, times in {zone}", period=frame.period, zone=frame.zone),
        sections=sections,
        terms=_terms(desk, sections),
        language=say.name,
        options=frame.options,
    )


def _terms(desk: Desk, sections: tuple[Section, ...]) -> tuple[Term, ...]:
    say = desk.say
    figures = [Term(f.title, f.doc) for section in sections for f in section.figures]
    return (*figures, *(Term(say(name(r.outcome)), say(r.doc)) for r in INBOUND_RULES))
