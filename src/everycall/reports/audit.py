"""The audit: what happened to every call, by outcome, time, queue and person, and what is unseen."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from everycall.calls.outcomes import INBOUND_RULES
from everycall.metrics.asked import asked
from everycall.reports.figures import title
from everycall.reports.frame import Desk
from everycall.reports.model import Answer, Report, Section, Term
from everycall.reports.sections.callers import callers
from everycall.reports.sections.days import days
from everycall.reports.sections.lines import lines
from everycall.reports.sections.meanings import meanings
from everycall.reports.sections.money import money
from everycall.reports.sections.nhs import nhs
from everycall.reports.sections.outcomes import name as name_of
from everycall.reports.sections.outcomes import outcomes
from everycall.reports.sections.people import people
from everycall.reports.sections.quality import quality
from everycall.reports.sections.queues import clients, queues
from everycall.reports.sections.remedies import remedies, why
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
    sections = tuple(_answered(desk, tuple(_made(desk))))
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


def _answered(desk: Desk, sections: tuple[Section, ...]) -> Iterator[Section]:
    """Put the answers of the other sections at the top of the first screen."""
    say, leads = desk.say, {section.id: section.lead for section in sections}
    asked = (
        (say("How many did we fail?"), "callers", leads.get("callers", "")),
        (say("When?"), "time", leads.get("time", "")),
        (say("Why?"), "remedies", why(desk)),
        (say("What was it worth?"), "money", leads.get("money", "")),
        (say("What to change first?"), "remedies", leads.get("remedies", "")),
    )
    answers = tuple(Answer(question, text, section) for question, section, text in asked if text)
    answers = () if desk.frame.is_unread else answers
    for section in sections:
        yield replace(section, answers=answers) if section.id == "summary" else section


def _wanted(desk: Desk) -> Iterator[str]:
    """Yield the trade's sections; what was asked for beside them comes before the words.

    Of a time of which nothing is known there is nothing to say but that.
    """
    if desk.frame.is_unread:
        yield from (one for one in desk.trade.sections if one in ("summary", "quality"))
        return
    asked = [] if not desk.nhs or "nhs" in desk.trade.sections else ["nhs"]
    for section in desk.trade.sections:
        if section == "meanings":
            yield from asked
        yield section


def _terms(desk: Desk, sections: tuple[Section, ...]) -> Iterator[Term]:
    say, definition = desk.say, desk.frame.definition
    for name in dict.fromkeys(_metrics(sections)):
        metric = asked(name).metric
        yield Term(title(name, say), say(metric.doc), name, say(metric.formula))
    for word, doc in definition.pack.categories.items():
        rules = ", ".join(rule.name for rule in definition.rules if rule.category == word)
        rule = say("Rules of {definition}: {rules}", definition=definition.name, rules=rules)
        spoken = say(word.replace("_", " "))
        yield Term(f"{spoken} ({definition.id})", say(doc), f"category-{word}", rule)
    for one in INBOUND_RULES:
        yield Term(say(name_of(one.outcome)), say(one.doc), f"outcome-{one.outcome}")


def _metrics(sections: tuple[Section, ...]) -> Iterator[str]:
    """Yield the metric behind every headline and every heading, the headlines first."""
    for section in sections:
        yield from (figure.id for figure in section.figures)
    for section in sections:
        for table in (*section.tables, *(chart.table for chart in section.charts)):
            yield from (column.term for column in table.columns if column.term)
            yield from (term for term in table.terms if not term.startswith("outcome-"))
