"""`everycall money`: what the callers who were never helped were worth."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from everycall.app.answers.quick import from_history, given_by
from everycall.app.audit.costing import as_json, cost
from everycall.app.history.asking import day_bounds
from everycall.cli.common import (
    as_day,
    data_options,
    json_option,
    open_site,
    period_options,
    say_json,
)
from everycall.cli.money_text import show_money, show_sum
from everycall.errors import BadSettingsError, Mistake
from everycall.money.texts import Quick, quick, worked_example
from everycall.render.terminal import console


@click.group("money", invoke_without_command=True)
@click.option("--definition", help="Whose words missed is; default: the team's own.")
@period_options
@data_options
@click.pass_context
def command(
    context: click.Context,
    definition: str | None,
    since: Any,
    until: Any,
    data: Path,
    site: str,
    config: Path | None,
    *,
    as_json: bool,
) -> None:
    """What the callers who were never helped were worth, and what would have to be known for it."""
    if context.invoked_subcommand is not None:
        return
    asking, settings = open_site(data, site, config)
    with asking:
        first, after = day_bounds(as_day(since), as_day(until), asking.zone)
        folder = config.parent if config else data
        found = cost(asking, settings, first, after, definition=definition, folder=folder)
    if as_json:
        _say(found)
    else:
        show_money(found, console())


def _say(found: Any) -> None:
    say_json({"clients": as_json(found)})


@command.command("quick")
@click.option("--missed", type=click.FloatRange(0), help="Missed calls of the month.")
@click.option("--conversion", type=float, help="The share that buys, as 0.2.")
@click.option("--value", "order_value", type=click.FloatRange(0), help="What an order is worth.")
@click.option("--churn", type=float, help="The share of customers who leave, as 0.05.")
@click.option("--lifetime", "lifetime_value", type=click.FloatRange(0), help="Of a customer.")
@click.option("--customers", type=click.FloatRange(0), help="How many customers you have.")
@click.option("--currency", help="As 'EUR'.")
@data_options
def quick_command(
    data: Path, site: str, config: Path | None, *, as_json: bool, **said: Any
) -> None:
    """Do the quick estimate: a month's missed calls in opening hours x 20 % x order value, plus 5 % churn."""
    told = {name: value for name, value in said.items() if value is not None}
    _check(told)
    month, given, asked = from_history(data, site, config, told)
    found = quick(given) if given is not None else None
    example = quick(Quick())
    if as_json:
        say_json(
            {
                "month": month,
                "asked": [asdict(one) for one in asked],
                **(asdict(found) if found else {"name": "quick", "lines": [], "remarks": []}),
                "example": asdict(example),
            }
        )
        return
    out = console()
    for one in asked:
        out.print(
            f"Missing for your own estimate: --{given_by(one.name)} ({one.doc})", soft_wrap=False
        )
    if found is not None:
        where = f"From the logs of {month}, missed calls in opening hours." if month else ""
        show_sum(replace(found, title=f"{found.title}. {where}".strip()), out)
    if found is None:
        show_sum(
            replace(example, title="As it is usually told: 440 missed calls of 400 dollars"), out
        )


def _check(told: dict[str, Any]) -> None:
    wrong = [
        Mistake(
            f"--{name}", f"a share lies between 0 and 1, write 0.2 for 20 %; found {told[name]}"
        )
        for name in ("conversion", "churn")
        if name in told and not 0 <= told[name] <= 1
    ]
    if wrong:
        raise BadSettingsError(wrong)


@command.command("worked-example")
@json_option
def worked_example_command(*, as_json: bool) -> None:
    """Do the worked example again: 20 missed calls a day, 37 %, 400 dollars, 18 months."""
    found = worked_example()
    if as_json:
        say_json(asdict(found))
    else:
        show_sum(found, console())
