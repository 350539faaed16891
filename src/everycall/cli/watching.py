"""`everycall watch`: what is happening now."""

import asyncio
import os
import re
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from everycall.app.intake.feeds import Log, Manager
from everycall.app.live.telling import board_as_json, health_as_json
from everycall.app.live.watched import WatchSettings
from everycall.app.live.watching import Watch
from everycall.app.site.sitefile import read_site
from everycall.cli.common import data_options, say_json
from everycall.events.origins import HERE, Origin
from everycall.wire.ami import Pbx

SECRET = "EVERYCALL_AMI_SECRET"  # noqa: S105 - the name of the variable

_ADDRESS = re.compile(r"^(?P<user>[^@\s]+)@(?P<host>[^:\s]+)(:(?P<port>\d{1,5}))?$")


@click.command("watch")
@click.option(
    "--ami",
    "managers",
    multiple=True,
    metavar="USER@HOST[:PORT]",
    help=f"Asterisk's manager interface; the secret is read from ${SECRET} or --secret-file. "
    "Of several, the phones and people of the second are named pbx2~PJSIP/101.",
)
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that holds the manager's secret.",
)
@click.option(
    "--queue-log",
    "logs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A queue_log to follow; of several, the second is the second phone system's.",
)
@click.option("--whole-log", is_flag=True, help="Read the log from its beginning, not from today.")
@click.option(
    "--seal-every",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Minutes after which what was heard is taken into history; it always is at the end.",
)
@click.option("--seconds", type=click.FloatRange(min=0), help="Stop after so many seconds.")
@data_options
def command(
    managers: tuple[str, ...],
    secret_file: Path | None,
    logs: tuple[Path, ...],
    data: Path,
    site: str,
    config: Path | None,
    *,
    seal_every: float,
    seconds: float | None,
    whole_log: bool,
    as_json: bool,
) -> None:
    """Show what is happening now: who waits, who talks with whom, who is free, the day so far.

    Everything that is heard is on the disk before it counts, and becomes history when watching
    ends: `everycall audit` then says the same.
    """
    feeds: list[Manager | Log] = [*_managers(managers, secret_file), *_logs(logs)]
    if not feeds:
        raise click.UsageError("say what to watch: --ami USER@HOST, --queue-log FILE, or both")
    settings = WatchSettings(
        data=data,
        site=read_site(data, config, site),
        feeds=tuple(feeds),
        name=site,
        seal_every=timedelta(minutes=seal_every),
        whole_log=whole_log,
    )
    asyncio.run(_watch(settings, seconds, as_json=as_json))


def _managers(texts: tuple[str, ...], secret_file: Path | None) -> list[Manager]:
    if not texts:
        return []
    secret = secret_file.read_text().strip() if secret_file else os.environ.get(SECRET, "")
    if not secret:
        raise click.UsageError(f"the manager's secret is missing: set ${SECRET} or --secret-file")
    found = []
    for number, text in enumerate(texts, 1):
        address = _ADDRESS.match(text)
        if address is None:
            raise click.UsageError(f"'{text}' is no address; write USER@HOST or USER@HOST:5038")
        pbx = Pbx(address["host"], address["user"], secret, int(address["port"] or 5038))
        name = "pbx" if len(texts) == 1 else f"pbx{number}"
        found.append(Manager(name, pbx, _origin(number)))
    return found


def _origin(number: int) -> Origin:
    """Return what tells the n-th phone system from the others; the first one's names stay."""
    return HERE if number == 1 else Origin(f"pbx{number}")


def _logs(paths: tuple[Path, ...]) -> list[Log]:
    return [
        Log("queue_log" if len(paths) == 1 else f"queue_log{number}", path, origin=_origin(number))
        for number, path in enumerate(paths, 1)
    ]


async def _watch(settings: WatchSettings, seconds: float | None, *, as_json: bool) -> None:
    async with Watch(settings) as watch:
        show = _say(watch) if as_json else _show(watch)
        works = [asyncio.ensure_future(work) for work in (show, watch.ended(), _stop(seconds))]
        try:
            done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)
        for work in done:
            if not work.cancelled():
                work.result()
    if watch.unsealed:
        click.echo(f"everycall: {watch.unsealed}; the next watch takes it into history", err=True)


async def _stop(seconds: float | None) -> None:
    """Wait until somebody wants it to end; watching then ends in good order."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asked.wait()


async def _say(watch: Watch) -> None:
    async for board in watch.boards():
        say_json({"board": board_as_json(board), "health": health_as_json(watch.health())})
        await asyncio.sleep(1.0)


async def _show(watch: Watch) -> None:
    from rich.live import Live

    from everycall.render.terminal import console
    from everycall.render.wallboard import wallboard

    zone = watch.settings.site.zone or ZoneInfo("UTC")
    out = console()
    with Live(console=out, screen=out.is_terminal, auto_refresh=False) as live:
        async for board in watch.boards():
            shown = wallboard(board, watch.health().troubles, zone, watch.settings.name)
            live.update(shown, refresh=out.is_terminal)
            await asyncio.sleep(0.2)
