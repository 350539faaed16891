"""`everycall remedies`: what would have caught the callers who were missed."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from everycall.app.audit.remedying import Remedies, remedies
from everycall.app.history.asking import day_bounds
from everycall.cli.common import as_day, data_options, open_site, period_options, say_json
from everycall.errors import NotFoundError, did_you_mean
from everycall.money.amounts import in_words
from everycall.remedies.model import Measure, Remedy
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table, Unit
from everycall.reports.words import count, plural

FIRST = 12
"""So many are told at length; the others are one line each."""


@click.command("remedies")
@click.option("--calls", "wanted", help="List the calls behind one remedy, by its id.")
@click.option("--all", "everything", is_flag=True, help="Tell every remedy at length.")
@click.option("--definition", help="Whose words missed is; default: the team's own.")
@period_options
@data_options
def command(
    wanted: str | None,
    definition: str | None,
    since: Any,
    until: Any,
    data: Path,
    site: str,
    config: Path | None,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """What would have caught the missed callers: causes, evidence, the smallest change, a plan."""
    asking, settings = open_site(data, site, config)
    with asking:
        first, after = day_bounds(as_day(since), as_day(until), asking.zone)
        folder = config.parent if config else data
        found = remedies(asking, settings, first, after, definition=definition, folder=folder)
    if wanted is not None:
        for call in _one(found, wanted).call_ids:
            say_json({"call_id": call}) if as_json else click.echo(call)
    elif as_json:
        say_json(_as_json(found))
    else:
        _show(found, console(), len(found.remedies) if everything else FIRST)


def _one(found: Remedies, wanted: str) -> Remedy:
    known = [one.id for one in found.remedies]
    if wanted not in known:
        hint = did_you_mean(wanted, known) or "; see everycall remedies"
        raise NotFoundError(f"there is no remedy '{wanted}' in this period{hint}")
    return next(one for one in found.remedies if one.id == wanted)


def _as_json(found: Remedies) -> dict[str, Any]:
    told: dict[str, Any] = _plain(asdict(found))
    return {**told, "balanced": found.balanced}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


# ---- for a person


def _show(found: Remedies, out: Console, first: int) -> None:
    out.print()
    out.print(Text("What would have caught the missed callers", style="bold"))
    period = f"{found.first_day} to {found.last_day}, missed by: {found.definition}"
    out.print(Text(period, style="dim"))
    out.print(
        f"\n{plural(found.missed_calls, 'call was', 'calls were')} missed, "
        f"{plural(found.callers, 'caller', 'callers')} behind them, {count(found.unreached)} never "
        "helped. What brings most for the effort comes first."
    )
    for number, one in enumerate(found.remedies[:first], 1):
        _tell(number, one, out)
    if found.remedies[first:]:
        out.print(Text("\nSmaller ones (--all tells them at length)", style="bold"))
        rows = [(one.title, one.calls, one.unreached, one.caught) for one in found.remedies[first:]]
        out.print(grid(Table(_COLUMNS, rows)))
    if found.rest:
        out.print(Text("\nNothing is proposed for", style="bold"))
        rest = [(f"{one.title}. {one.why}", one.calls, one.unreached) for one in found.rest]
        out.print(grid(Table((Column("cause"), *_COLUMNS[1:3]), rest)))
    _presence(found, out)
    out.print()
    for note in found.notes:
        out.print(Text(note, style="dim"))


_COLUMNS = (
    Column("remedy"),
    Column("calls", Unit.COUNT),
    Column("never helped", Unit.COUNT),
    Column("would catch", Unit.COUNT),
)


def _tell(number: int, one: Remedy, out: Console) -> None:
    out.print()
    out.print(Text(f"{number}. {one.title}", style="bold"))
    out.print(_indent(f"{one.kind}: {one.area} · {one.when}", "dim"))
    out.print(_indent(_count(one)))
    for sentence in one.evidence:
        out.print(_indent(f"– {sentence}", "dim"))
    out.print(_indent(f"Do: {one.change}"))
    out.print(_indent(_plan(one)))
    if one.call_ids:
        out.print(_indent(f"calls: everycall remedies --calls {one.id}", "dim"))


def _indent(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style=style), (0, 0, 0, 3))


def _count(one: Remedy) -> str:
    parts = []
    if one.calls is not None and one.callers is not None:
        parts.append(
            f"{plural(one.calls, 'call', 'calls')} of {plural(one.callers, 'caller', 'callers')}, "
            f"{count(one.unreached)} never helped"
        )
    if one.caught is not None:
        parts.append(f"it would catch about {count(one.caught)}")
    if one.worths:
        amounts = (in_words(w.figure, w.currency, w.locale) for w in one.worths)
        parts.append(f"worth {', and '.join(amounts)}")
    text = "; ".join(parts)
    text = text[:1].upper() + text[1:]
    return f"{text}. Also in other remedies." if not one.additive and one.calls else f"{text}."


def _plan(one: Remedy) -> str:
    plan = one.plan
    text = f"Who: {plan.owner}, by {plan.by} ({one.horizon}), effort {one.effort} of 5."
    if plan.after is not None:
        before = f"Before: {_week(plan.before)}; since" if plan.before else "Since"
        text += f" {before} {plan.done}: {_week(plan.after)}."
    elif plan.before is not None and plan.before.calls:
        text += f" Now: {_week(plan.before)}."
    return f"{text} {plan.note}".strip()


def _week(measure: Measure) -> str:
    return f"{measure.a_week:.1f} calls a week"


def _presence(found: Remedies, out: Console) -> None:
    if not found.presence:
        return
    out.print(Text("\nWho was there when they began to wait", style="bold"))
    rows = [(one.state, one.calls, one.doc) for one in found.presence]
    columns = (Column("state"), Column("calls", Unit.COUNT), Column("meaning"))
    out.print(grid(Table(columns, rows)))
