"""`everycall explain`: one call's story."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from everycall.app.answers.explaining import explain
from everycall.cli.common import data_options, open_site, say_json
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table
from everycall.reports.words import duration


@click.command("explain")
@click.argument("call")
@data_options
def command(call: str, data: Path, site: str, config: Path | None, *, as_json: bool) -> None:
    """Tell one call's story, and why it counts as it does.

    CALL is the call's id, as `everycall calls` shows it, or any id that a source has for it.
    """
    asking, settings = open_site(data, site, config)
    with asking:
        told = explain(asking, call, settings)
        if as_json:
            say_json(told)
            return
        _show(told, console(), asking.local)


def _show(told: dict[str, Any], out: Console, local: Any) -> None:
    caller = told["caller"] or "a withheld number"
    out.print(Text(f"Call {told['call_id']} from {caller}", style="bold"))
    out.print(f"arrived {local(told['arrived_at'])}, seen by {', '.join(told['sources'])}\n")
    out.print(Text(f"{told['outcome']}: {told['why']}.", style="bold"))
    out.print(f"Rule {told['rule']}: {told['rule_words']} Confidence: {told['confidence']}.")
    for unseen in told["unseen"]:
        out.print(f"  unseen: {unseen['doc']} To see it: {unseen['because']}.", style="dim")
    facts = [
        ("wait", duration(told["wait_ms"])),
        ("ring", duration(told["ring_ms"])),
        ("talk", duration(told["talk_ms"])),
        ("hold", duration(told["hold_ms"])),
        ("ended by", told["ended_by"] or "–"),
    ]
    out.print("\n" + "   ".join(f"{name} {value}" for name, value in facts))
    if told["flags"]:
        out.print(f"flags: {', '.join(told['flags'])}")
    rows = [
        (
            f"{step['timer_ms'] / 1000:+.3f}",
            step["words"],
            step["who"],
            step["details"],
            step["source"].removeprefix("asterisk_"),
        )
        for step in told["timeline"]
    ]
    heads = ("s", "what happened", "where · who", "how", "by")
    out.print(grid(Table(tuple(Column(head) for head in heads), rows)))
    _show_definitions(told, out)


def _show_definitions(told: dict[str, Any], out: Console) -> None:
    rows = [
        (
            said["id"],
            said["category"].replace("_", " "),
            said["why"] + _lacking(said["missing"]),
        )
        for said in told["definitions"]
    ]
    columns = (Column("definition"), Column("calls it"), Column("because"))
    out.print(grid(Table(columns, rows)))
    own = told["definitions"][0]
    out.print(f"Yours is {own['id']} {own['version']} ({own['digest']}).", style="dim")


def _lacking(missing: list[str]) -> str:
    return f" (unseen: {', '.join(missing)})" if missing else ""
