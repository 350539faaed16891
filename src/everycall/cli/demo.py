"""`everycall demo`: the first audit, of the sample logs."""

import shutil
import sys
import webbrowser
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
from click.core import ParameterSource
from rich.markup import escape

from everycall.app.intake.samples import SITE, sample_folder, take_samples
from everycall.app.intake.sorting_out import Summary
from everycall.cli import auditing
from everycall.cli.common import data_option, json_option, open_site, progress_bar, somebody_sees
from everycall.render.terminal import console
from everycall.reports.words import count, plural

PAGE = "demo.html"

_TELLING = """
SELECT call_id FROM calls WHERE outcome = 'transfer_unanswered'
ORDER BY attempts DESC, arrived_at LIMIT 1
"""
"""A call whose story is worth reading: many phones rang, and yet nobody helped in the end."""


@click.command("demo")
@data_option
@click.option("--live", is_flag=True, help="First one of their days on a wallboard, as if now.")
@json_option
@click.pass_context
def command(context: click.Context, data: Path, *, live: bool, as_json: bool) -> None:
    """Read the sample logs, show their audit and open it as a page.

    They are those of an invented shop: two months, some 24,000 calls. They are kept under a site of
    their own, 'demo', so your own calls are never mixed with them.
    """
    named = context.get_parameter_source("data") is ParameterSource.COMMANDLINE
    options = ["--data", str(data)] if named else []
    if live:
        _live(data, options, as_json=as_json)
        return
    summary = _take(data, quiet=as_json)
    if as_json:
        _audit(data, "--json")
        return
    _audit(data)
    _show_page(data / PAGE, data, fresh=bool(summary.files))
    _say_next("".join(f" {option}" for option in options), _telling_call(data))


def _live(data: Path, options: Sequence[str], *, as_json: bool) -> None:
    """Play one of the days on a wallboard; the audit comes meanwhile."""
    if as_json:
        raise click.UsageError("--live is to be looked at; --json answers without it")
    from everycall.web.commands.first_look import audit_meanwhile
    from everycall.web.commands.serve import serve_sample

    serve_sample(data, meanwhile=partial(audit_meanwhile, data, options=options))


def _take(data: Path, *, quiet: bool) -> Summary:
    folder, out = sample_folder(), console(stderr=True)
    if not quiet:
        out.print(f"Reading the logs of an invented shop: {escape(str(folder))}")
    with progress_bar(quiet=quiet) as progress:
        summary = take_samples(folder, data, progress)
    if not quiet and summary.files:
        lines = count(sum(file.lines for file in summary.files))
        out.print(f"{plural(len(summary.files), 'file', 'files')}, {lines} lines: taken in.")
    return summary


def _audit(data: Path, *more: str) -> None:
    """Do what `everycall audit` does, for the samples."""
    arguments = ["--data", str(data), "--site", SITE, *more]
    auditing.command.main(arguments, prog_name="everycall audit", standalone_mode=False)


def _show_page(page: Path, data: Path, *, fresh: bool) -> None:
    """Write the audit as a page, and open it where somebody can see it."""
    console().print("\nThe audit as a page, to open in a browser:", style="bold")
    if fresh or not page.exists():
        _audit(data, "--out", str(page))
    else:
        click.echo(page)
    if somebody_sees():
        webbrowser.open(page.absolute().as_uri())


def _telling_call(data: Path) -> str:
    asking, _ = open_site(data, SITE, None)
    with asking:
        found = asking.rows(_TELLING)
    return str(found[0][0]) if found else "CALL"


def _say_next(elsewhere: str, call: str) -> None:
    """Say what a person can do now."""
    name = _name()
    steps = (
        (f"{name} calls --site {SITE}{elsewhere} --outcome caller_left_in_queue", "who gave up"),
        (f"{name} explain --site {SITE}{elsewhere} {call}", "one call's story"),
        (f"{name} import /var/log/asterisk", "your own logs; then: audit"),
    )
    out = console()
    out.print("\nTry next", style="bold")
    for line, what in steps:
        out.print(f"  {escape(line)}", soft_wrap=True)
        out.print(f"      {what}", style="dim")


def _name() -> str:
    """Return how this program was called, so that its lines can be copied as they stand."""
    called = Path(sys.argv[0])
    if called.name != "everycall" or shutil.which("everycall") == str(called.absolute()):
        return "everycall"
    try:
        return str(called.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(called)
