"""The headlines: each beside the period before and what is usual for these weekdays."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from everycall.metrics import Better, Cell, Level, Metric
from everycall.metrics import Unit as MetricUnit
from everycall.metrics.answering import Table as Answer
from everycall.metrics.asked import asked
from everycall.reports.figures import behind, title, unit
from everycall.reports.frame import Desk
from everycall.reports.model import Figure, Section, Unit
from everycall.reports.usual import Daily, usual

DAY = 86_400_000_000

_OF_TIME = (Level.STAFF, Level.LOAD)

_BETTER = {Better.MORE: "more", Better.LESS: "less", Better.NEITHER: ""}


def summary(desk: Desk) -> Section:
    """Say in one sentence and a few numbers how it went."""
    say, names = desk.say, desk.trade.headlines
    now = desk.measure([*names, "arrived", "answered", "missed"])
    lead = say(
        "{calls} arrived; in {answered} a person spoke with the caller; {missed} were missed.",
        calls=say.calls(_value(now, "arrived")),
        answered=say.count(_value(now, "answered")),
        missed=say.count(_value(now, "missed")),
    )
    if desk.frame.is_unread:
        lead = say(
            "Nothing is known of this time: the newest record that was read is of {day}.",
            day=desk.frame.newest,
        )
    past = desk.measure(names, span=desk.frame.before) if desk.frame.before else None
    learned, own = by_day(desk, names, learned=True), by_day(desk, names)
    figures = tuple(
        _figure(
            desk,
            name,
            now.cell(name),
            past.cell(name).value if past else None,
            usual(values(learned[name])).mean(_weights(own[name])),
        )
        for name in names
    )
    if desk.frame.is_unread:
        figures = tuple(_unknown(one, lead) for one in figures)
    return Section("summary", say("In short"), lead, notes=_notes(desk), figures=figures)


def _unknown(figure: Figure, why: str) -> Figure:
    """Return a figure of which nothing is known."""
    return replace(figure, value=None, a_day=None, count=None, of=None, why=why)


def _value(answer: Answer, name: str) -> float | None:
    return answer.cell(name).value


def by_day(
    desk: Desk, names: Sequence[str], *, learned: bool = False
) -> Mapping[str, Mapping[str, Cell]]:
    """Return metrics of each day of the report, or of the days that it learns from."""
    span = desk.frame.learned if learned else desk.frame.span
    found = desk.measure(names, by=["day"], span=span)
    return {name: {row.keys[0]: row.cells[name] for row in found.rows} for name in names}


def values(cells: Mapping[str, Cell]) -> Daily:
    """Return the value of each day."""
    return {day: cell.value for day, cell in cells.items()}


def _weights(cells: Mapping[str, Cell]) -> Mapping[str, float]:
    """Return how much each day weighs: of a share, as many calls as it has."""
    return {day: 1 if cell.denominator is None else cell.denominator for day, cell in cells.items()}


def _days(desk: Desk) -> int:
    span = desk.frame.span
    return round((span.until - span.since) / DAY) if span else 0


def _figure(
    desk: Desk,
    name: str,
    cell: Cell,
    before: float | None,
    usually: tuple[float, float] | None,
) -> Figure:
    say, metric = desk.say, asked(name).metric
    days = _days(desk) if unit(metric) is Unit.COUNT and cell.value is not None else 0
    target = next((t.value for t in desk.trade.targets if t.metric == name), None)
    return Figure(
        name,
        title(name, say),
        cell.value,
        unit(metric),
        say(metric.doc),
        behind(name),
        before=before,
        usual=usually,
        better=_BETTER[metric.better],
        why=say(cell.note) if cell.value is None else "",
        a_day=(cell.value or 0) / days if days else None,
        count=cell.numerator,
        of=cell.denominator if _is_of_things(metric) else None,
        unseen=cell.unseen,
        target=target,
    )


def _is_of_things(metric: Metric) -> bool:
    """Tell whether a metric is a share of calls or the like, and not of time."""
    return metric.unit is MetricUnit.SHARE and metric.forms[0].level not in _OF_TIME


def _notes(desk: Desk) -> tuple[str, ...]:
    say, frame = desk.say, desk.frame
    notes = [
        say(
            "Missed, lost and abandoned in the words of: {definition}.",
            definition=f"{say(frame.definition.title)} ({frame.definition.name})",
        )
    ]
    if frame.ends_unread and not frame.is_unread:
        notes.append(
            say(
                "Nothing is known of the days after {day}, of which the newest record is.",
                day=frame.newest,
            )
        )
    if frame.differs:
        notes.append(say(frame.differs))
    if frame.before is None:
        notes.append(say("There are no calls from the time before to compare with."))
    notes.append(
        say("Usual: where eight of ten days of the same weekday lie, in the eight weeks before.")
        if frame.learned_apart
        else say("Usual: where eight of ten days of the same weekday lie, within this report.")
    )
    return tuple(notes)
