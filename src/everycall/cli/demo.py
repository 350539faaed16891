"""`everycall demo`: the first audit, of the sample logs."""

import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import click
from click.core import ParameterSource
from rich.markup import escape

from everycall.app.auditing import make_audit
from everycall.app.samples import SITE, sample_folder, take_samples
from everycall.cli.common import DATA, default_data, open_site, progress_bar, say_json
from everycall.render.terminal import console, show_report
from everycall.reports.words import count, plural

_TELLING = """
SELECT call_id FROM calls WHERE outcome = 'transfer_unanswered'
ORDER BY attempts DESC, arrived_at LIMIT 1
"""
"""A call whose story is worth reading: many phones rang, and yet nobody helped in the end."""


@click.command("demo")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar=DATA,
    default=default_data,
    help=f"The data directory (default: the user's data folder, or ${DATA}).",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_context
def command(context: click.Context, data: Path, *, as_json: bool) -> None:
    """Read the sample logs and show their audit.

    They are those of an invented shop: two months, some 24,000 calls. They are kept under a site of
    their own, 'demo', so your own calls are never mixed with them.
    """
    out = console(stderr=True)
    folder = sample_folder()
    if not as_json:
        out.print(f"Reading the logs of an invented shop: {escape(str(folder))}")
    with progress_bar(quiet=as_json) as progress:
        summary = take_samples(folder, data, progress)
    if not as_json and summary.files:
        lines = count(sum(file.lines for file in summary.files))
        out.print(f"{plural(len(summary.files), 'file', 'files')}, {lines} lines: taken in.")
    asking, _ = open_site(data, SITE, None)
    with asking:
        report = make_audit(asking)
        telling = asking.rows(_TELLING)
    if as_json:
        say_json(asdict(report))
        return
    show_report(report, console())
    named = context.get_parameter_source("data") is ParameterSource.COMMANDLINE
    _say_next(f" --data {data}" if named else "", telling[0][0] if telling else "CALL")


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
