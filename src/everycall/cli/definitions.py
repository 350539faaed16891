"""`everycall definitions`: what words such as missed mean, and what calls are by them."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from everycall.app.answers.defining import judge_stories
from everycall.cli.common import json_option, say_json
from everycall.cli.comparing import compare, verdicts
from everycall.definitions import Definition, definition_ids, load
from everycall.definitions.categories import EVERYWHERE
from everycall.definitions.language import show as show_condition
from everycall.definitions.phrases import PHRASES
from everycall.definitions.trying import try_out
from everycall.definitions.words import words as all_words
from everycall.errors import NotFoundError
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table
from everycall.reports.words import plural


@click.group("definitions")
def command() -> None:
    """What words such as missed mean: list, read, change, try and compare definitions."""


_INDENT = (0, 0, 0, 4)


@command.command("list", short_help="List the definitions that are there.")
@json_option
def list_all(*, as_json: bool) -> None:
    """List the definitions that come with everycall."""
    found = [load(name) for name in definition_ids()]
    if as_json:
        for definition in found:
            say_json(_brief(definition))
        return
    columns = (Column("id"), Column("what it is"), Column("its number counts"))
    rows = [(d.id, d.title, ", ".join(d.headline)) for d in found]
    console().print(grid(Table(columns, rows)))
    console().print("Read one: everycall definitions show ID. Choose one: definition in site.toml.")


def _brief(definition: Definition) -> dict[str, Any]:
    return {
        "id": definition.id,
        "version": definition.pack.version,
        "digest": definition.digest,
        "title": definition.title,
        "doc": definition.pack.doc,
        "headline": list(definition.headline),
    }


@command.command("show", short_help="Show one, with who says so.")
@click.argument("definition", metavar="ID|FILE")
@json_option
def show(definition: str, *, as_json: bool) -> None:
    """Show a definition: its words, rules, limits and switches, and who says so."""
    found = load(definition)
    if as_json:
        say_json(_whole(found))
        return
    _show(found)


def _whole(definition: Definition) -> dict[str, Any]:
    pack = definition.pack
    return {
        **_brief(definition),
        "source": pack.source,
        "categories": dict(pack.categories),
        "part_of": dict(pack.part_of),
        "rules": [
            {
                "name": rule.name,
                "when": show_condition(rule.when),
                "category": rule.category,
                "reason": rule.reason or None,
                "why": rule.why,
                "source": rule.source,
            }
            for rule in definition.rules
        ],
        "otherwise": {"category": pack.otherwise.category, "why": pack.otherwise.why},
        "limits": {
            name: [
                {"value": v.value, "since": v.since and v.since.isoformat(), "source": v.source}
                for v in limit.values
            ]
            for name, limit in pack.limits.items()
        },
        "switches": {
            name: {
                "default": switch.default,
                "values": list(switch.values) or [True, False],
                "doc": switch.doc,
                "source": switch.source,
            }
            for name, switch in pack.switches.items()
        },
    }


def _show(definition: Definition) -> None:
    pack, out = definition.pack, console()
    out.print(f"[bold]{escape(definition.title)}[/bold]\n{escape(pack.doc)}")
    out.print(f"{definition.name}, from: {escape(pack.source)}\n", style="dim")
    meanings = [(word, doc) for word, doc in pack.categories.items()]
    out.print(grid(Table((Column("word"), Column("what it means")), meanings)))
    for number, rule in enumerate(definition.rules, 1):
        out.print(_rule(f"{number:>3} ", rule.category, rule.reason, rule.why))
        out.print(Padding(Text(show_condition(rule.when), style="cyan"), _INDENT))
        out.print(Padding(Text(rule.source, style="dim"), _INDENT))
    out.print(_rule("    ", pack.otherwise.category, "otherwise", pack.otherwise.why))
    out.print(Padding(Text(pack.otherwise.source, style="dim"), _INDENT))
    out.print()
    for name, limit in pack.limits.items():
        values = "; ".join(
            f"{v.value}{f' from {v.since}' if v.since else ''}" for v in limit.values
        )
        out.print(f"limit {name}: {values}. {escape(limit.doc)}")
    for name, switch in pack.switches.items():
        values = ", ".join(switch.values) or "true, false"
        stands = definition.settings[name]
        now = str(stands).lower() if isinstance(stands, bool) else stands
        out.print(f"switch {name} = {now} (of {values}). {escape(switch.doc)}")


def _rule(number: str, category: str, reason: str, why: str) -> Text:
    text = Text(number)
    text.append(category.replace("_", " "), style="bold")
    text.append(f" ({reason})" if reason else "")
    return text.append(f": {why}")


@command.command("check", short_help="Name every mistake in a file, and try it.")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Name every mistake in a definition's file, then try its examples."""
    if _test(_named(str(file))):
        sys.exit(1)


@command.command("test", short_help="Try them on their examples.")
@click.argument("definition", metavar="[ID|FILE]", required=False)
@json_option
def test(definition: str | None, *, as_json: bool) -> None:
    """Try definitions on their examples and on the reference calls; all of them without a name."""
    names = [definition] if definition else list(definition_ids())
    wrong = sum(_test(_named(name), as_json=as_json) for name in names)
    if wrong:
        sys.exit(1)


def _named(name: str) -> Definition:
    if name not in definition_ids() and not Path(name).is_file():
        load(name)
    return load(name if name in definition_ids() else Path(name))


def _test(definition: Definition, *, as_json: bool = False) -> int:
    """Print what an example should be and is not; returns how many there are."""
    tried = try_out(definition, judge_stories)
    wrong = [one for one in tried if not one.right]
    if as_json:
        say_json({**_brief(definition), "tried": len(tried), "wrong": [str(one) for one in wrong]})
        return len(wrong)
    for one in wrong:
        click.echo(f"{definition.id}: {one}")
    right = plural(len(tried) - len(wrong), "example is", "examples are")
    click.echo(f"{definition.name}: {right} as said, {len(wrong)} not")
    return len(wrong)


@command.command("copy", short_help="Begin one of your own.")
@click.argument("definition", metavar="ID|FILE")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def copy(definition: str, file: Path) -> None:
    """Write a definition to a file of your own, to change it there."""
    if file.suffix != ".toml":
        raise click.UsageError("the name of the file has to end in .toml")
    if file.exists():
        raise click.UsageError(f"{file} is there already; choose another name")
    if not file.parent.is_dir():
        raise NotFoundError(f"there is no folder '{file.parent}'")
    file.write_text(load(definition).text, encoding="utf-8")
    click.echo(f"{file} holds {definition}. Change it, try it with: everycall definitions test")
    click.echo(f'{file}, and use it with this line in site.toml: definition = "{file.name}"')


@command.command("words", short_help="List what rules and stories may say.")
@json_option
def words(*, as_json: bool) -> None:
    """List the facts that rules may speak of, and the phrases that stories are made of."""
    if as_json:
        facts = {w.name: {"kind": w.kind, "doc": w.doc} for w in all_words().values()}
        meanings = {category: category.doc for category in sorted(EVERYWHERE)}
        say_json({"facts": facts, "phrases": [p.text for p in PHRASES], "categories": meanings})
        return
    out = console()
    rows = [(w.name, w.kind, w.doc) for w in all_words().values()]
    out.print(grid(Table((Column("fact"), Column("is"), Column("what it says")), rows)))
    out.print("Stories are made of these phrases, joined by commas and 'and':\n")
    for phrase in PHRASES:
        out.print(f"  {escape(phrase.text)}")


command.add_command(compare)
command.add_command(verdicts)
