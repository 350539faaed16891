"""Money in the terminal: the answer first, then how it comes about and what would change it."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from everycall.app.audit.costing import Money
from everycall.money.amounts import amount, in_words, span
from everycall.money.estimates import Callers, Figure
from everycall.money.texts import Line, Sum
from everycall.render.terminal import grid
from everycall.reports.model import Column, Table, Unit
from everycall.reports.words import DASH, count, plural


def show_money(found: Sequence[Money], out: Console) -> None:
    """Print what each client's unreached callers were worth."""
    for one in found:
        _show(one, out)


def _show(one: Money, out: Console) -> None:
    title = "What missed callers cost" + (f": {one.client}" if one.client else "")
    out.print()
    out.print(Text(title, style="bold"))
    period = f"{one.first_day} to {one.last_day}, missed by: {one.definition}"
    out.print(Text(period, style="dim"))
    out.print()
    out.print(_answer(one))
    for table in _tables(one):
        out.print()
        if table.title:
            out.print(Text(table.title, style="bold"))
        out.print(grid(table))
        if table.note:
            out.print(Text(table.note, style="dim"))
    if one.asked:
        out.print()
        out.print(Text("Not said yet, in [money] of the site file", style="bold"))
        for missing in one.asked:
            out.print(f"{missing.name}: {missing.doc} For {missing.needed_for}.", style="dim")
    out.print()
    for note in one.notes:
        out.print(Text(note, style="dim"))


def _answer(one: Money) -> str:
    direct, callers = one.estimate.direct, _range(_whole(one))
    if one.missed_calls is None:
        return "It is not known which calls were missed."
    helped = {group.name: group.callers.high for group in one.by_state}
    from_ = (
        f"{callers} never helped ({plural(one.missed_calls, 'missed call', 'missed calls')}; "
        f"{count(helped['recovered'])} callers called back and reached, {count(helped['returned'])} "
        "rang again and were helped)"
    )
    if direct is None:
        return f"From {from_}. What they were worth is not said: see what is missing below."
    kind = "profit" if one.profit else "revenue"
    answer = (
        f"{in_words(direct, one.currency, one.locale)} of {kind} expected to be lost, from {from_}."
    )
    if one.naive is not None:
        often = span(one.naive.low, one.naive.high, one.currency, one.locale)
        answer += f" Naive figure, every missed call a lost buyer: {often}."
    return answer


def _whole(one: Money) -> Callers:
    parts = (one.unreached.enquiries, one.unreached.unsaid, one.unreached.others)
    return Callers(*(sum(getattr(p, name) for p in parts) for name in ("low", "base", "high")))


def _range(callers: Callers) -> str:
    if round(callers.low) == round(callers.high):
        return plural(round(callers.base), "caller", "callers")
    return f"{count(callers.low)} to {count(callers.high)} callers"


def _tables(one: Money) -> Iterator[Table]:
    yield _steps(one)
    if one.estimate.direct is not None:
        yield _readings(one)
        yield _groups(one)
    if one.estimate.swings:
        yield _swings(one)
    if one.estimate.assumptions:
        yield _assumptions(one)
    if one.waste is not None:
        yield _waste(one)
    yield _lines(one)


def _steps(one: Money) -> Table:
    rows = [
        (("− " if step.minus else "") + step.doc, step.count, step.unit, step.unseen or None)
        for step in one.steps
    ]
    columns = (
        Column("from calls to callers"),
        Column("", Unit.COUNT),
        Column(""),
        Column("unrecognisable", Unit.COUNT),
    )
    note = (
        "Callers without a number of their own cannot be seen returning: they count as one caller at "
        "least, as one each at most."
    )
    return Table(columns, rows, note if any(step.unseen for step in one.steps) else "")


def _readings(one: Money) -> Table:
    found = one.estimate
    churn = found.churn_of.replace("_", " ") if found.churn_of else ""
    rows = [
        ("immediate loss", *_written(found.direct, one)),
        ("per missed call", *_written(one.per_call, one)),
        ("in a year of such days", *_written(one.a_year, one)),
        ("lifetime, the first order included", *_written(found.lifetime, one)),
        ("  of it after the first order", *_written(found.further, one)),
        (f"churn, as a share of {churn}" if churn else "churn", *_written(found.churn, one)),
    ]
    columns = (Column("reading"), Column("low", Unit.WRITTEN), Column("base", Unit.WRITTEN),
               Column("high", Unit.WRITTEN), Column("with chance", Unit.WRITTEN))  # fmt: skip
    return Table(columns, rows, "Three readings of one loss: never add them up.")


def _written(figure: Figure | None, one: Money) -> tuple[str | None, ...]:
    if figure is None:
        return None, None, None, None
    place = (one.currency, one.locale)
    parts = [amount(v, *place) for v in (figure.low, figure.base, figure.high)]
    return (*parts, f"{amount(figure.least, *place)}–{amount(figure.most, *place)}")


def _groups(one: Money) -> Table:
    names = {"lost": "never helped", "not told": "cannot be told"}
    rows = [
        (
            names.get(g.name, g.name.replace("_", " ")),
            round(g.callers.base),
            *_written(g.direct, one),
        )
        for g in (*one.by_state, *one.by_acquaintance)
    ]
    columns = (Column("callers"), Column("", Unit.COUNT), Column("low", Unit.WRITTEN),
               Column("base", Unit.WRITTEN), Column("high", Unit.WRITTEN),
               Column("with chance", Unit.WRITTEN))  # fmt: skip
    note = "New and known: of the callers never helped, who was spoken with before."
    return Table(columns, rows, note, title="Who they were")


def _swings(one: Money) -> Table:
    rows = [
        (s.name, span(s.low, s.high, one.currency, one.locale), s.width)
        for s in one.estimate.swings
    ]
    columns = (
        Column("what moves it"),
        Column("immediate loss", Unit.WRITTEN),
        Column("", Unit.BAR),
    )
    return Table(columns, rows, title="What would change it most")


def _assumptions(one: Money) -> Table:
    rows = [
        (a.name, f"{a.low:g}", f"{a.base:g}", f"{a.high:g}", a.source, f"{a.since or DASH}")
        for a in one.estimate.assumptions
    ]
    columns = (Column("what was said"), Column("low", Unit.WRITTEN), Column("base", Unit.WRITTEN),
               Column("high", Unit.WRITTEN), Column("source"), Column("since"))  # fmt: skip
    return Table(columns, rows)


def _waste(one: Money) -> Table:
    place = (one.currency, one.locale)
    rows = [
        (
            w.campaign or w.number,
            amount(w.cost, *place),
            w.calls,
            amount(w.per_call, *place) if w.per_call is not None else None,
            span(w.wasted.low, w.wasted.high, *place) if w.wasted is not None else None,
        )
        for w in one.waste or ()
    ]
    columns = (Column("advertising"), Column("cost", Unit.WRITTEN), Column("calls", Unit.COUNT),
               Column("per call", Unit.WRITTEN), Column("wasted", Unit.WRITTEN))  # fmt: skip
    return Table(columns, rows, "Wasted: the cost of a call for each caller who was never helped.")


def _lines(one: Money) -> Table:
    rows: list[tuple[Any, ...]] = [
        (
            line.name,
            span(line.low, line.high, one.currency, one.locale)
            if line.low is not None and line.high is not None
            else "not counted",
            line.doc,
        )
        for line in one.lines
    ]
    return Table((Column("other costs"), Column(""), Column("what it is")), rows)


def show_sum(found: Sum, out: Console) -> None:
    """Print a calculation: the figure as it is given, the exact one, and the remark beside it."""
    out.print()
    out.print(Text(found.title, style="bold"))
    rows = [
        (
            line.title,
            line.formula,
            _figure(line.rounded, line, found),
            _figure(line.exact, line, found),
        )
        for line in found.lines
    ]
    columns = (Column("step"), Column("sum"), Column("as given", Unit.WRITTEN),
               Column("exact", Unit.WRITTEN))  # fmt: skip
    out.print(grid(Table(columns, rows)))
    for line in found.lines:
        out.print(Text(f"{line.title}: {line.remark}.", style="dim"))
    out.print()
    for remark in found.remarks:
        out.print(Text(remark))


def _figure(value: float, line: Line, found: Sum) -> str:
    if line.unit == "money":
        return amount(value, found.currency)
    return f"{value:g}"
