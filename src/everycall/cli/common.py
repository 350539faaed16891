"""What the commands share: where the data lies, how progress is shown, how answers are given."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
from platformdirs import user_data_path

from everycall.app.history.asking import Asking
from everycall.app.history.progress import Progress
from everycall.app.site.counting_mark import outdated
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.history import History
from everycall.render.terminal import console

F = TypeVar("F", bound=Callable[..., Any])

DATA = "EVERYCALL_DATA"


def default_data() -> Path:
    """Return where history lies unless somebody says otherwise."""
    return user_data_path("everycall", appauthor=False)


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return one decorator that adds several options, listed in this order."""

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar=DATA,
    default=default_data,
    help=f"The data directory (default: the user's data folder, or ${DATA}).",
)
"""Where the data lies."""

site_option = click.option("--site", default="main", help="The site (default: main).")
"""Whose history is meant."""

json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
"""How the answer is given."""

data_options = together(
    data_option,
    site_option,
    click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The site file (default: site.toml in the data directory).",
    ),
    json_option,
)
"""Whose history is meant, and how the answer is given."""


def _in_order(context: click.Context, option: click.Parameter, value: Any) -> Any:
    other = context.params.get("since") or context.params.get("until")
    if value and other:
        first, last = (value, other) if option.name == "since" else (other, value)
        if first > last:
            raise click.UsageError("--from is a later day than --to")
    return value


_DAY = click.DateTime(formats=["%Y-%m-%d"])

period_options = together(
    click.option(
        "--from", "since", type=_DAY, callback=_in_order, help="The first local day, as 2026-11-01."
    ),
    click.option(
        "--to", "until", type=_DAY, callback=_in_order, help="The last local day, included."
    ),
)
"""Which days are meant."""


OUTDATED = (
    "These calls were counted by other settings than the site file has now, or by an earlier version; "
    "to count them again: everycall recount"
)


def open_site(
    data: Path, site: str, config: Path | None, *, by_number: bool = False
) -> tuple[Asking, SiteFile]:
    """Open a site's history for reading, with its settings."""
    settings, history = read_site(data, config, site), History(data, site)
    if outdated(history.manifest(), settings):
        click.echo(OUTDATED, err=True)
    zone = settings.zone or ZoneInfo("UTC")
    return Asking(history, zone, by_number=by_number), settings


def as_day(moment: Any) -> date | None:
    """Return the day of what click read."""
    return moment.date() if moment is not None else None


def say_json(thing: Any) -> None:
    """Print one JSON value on a line of its own."""
    click.echo(json.dumps(thing, ensure_ascii=False))


def somebody_sees() -> bool:
    """Tell whether there is a screen, and a person before it."""
    screen = sys.platform in ("darwin", "win32") or {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ)
    return bool(screen) and sys.stdout.isatty() and "CI" not in os.environ


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Show how far a long run is, on the error stream, if a person is watching."""
    if quiet or not sys.stderr.isatty():
        yield lambda _what, _done: None
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=1.0)
        yield lambda what, done: bars.update(task, description=what, completed=done)
