"""`everycall serve`, and its parts apart: `everycall web`, `ingest` and `work`, `everycall migrate`."""

import atexit
import os
import signal
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import click

from everycall.cli.common import data_option, site_option, together
from everycall.errors import EverycallError

F = TypeVar("F", bound=Callable[..., Any])

PORT = 8440
"""Where the pages are; `ingest` and `work` listen at the next two, for whoever asks whether they are well."""

Meanwhile = Callable[[str, str], AbstractContextManager[None]]
"""Given an address and that of its wallboard: what is done while a server runs there."""

SAMPLE_WALL = "Sample shop"
FAREWELL = 5
"""Seconds that open streams are given when the process is asked to end."""


class NotMigratedError(EverycallError):
    """The records are of another version than this program."""

    id = "not-migrated"
    exit_code = 2


class NotListeningError(EverycallError):
    """The address is taken, or none of this machine."""

    id = "cannot-listen"
    exit_code = 2


def _options(port: int) -> Callable[[F], F]:
    """Return the options that say whose data is meant, and where to listen."""
    return together(
        data_option,
        site_option,
        click.option(
            "--host", default="127.0.0.1", help="The address to listen on (default: 127.0.0.1)."
        ),
        click.option(
            "--port",
            default=port,
            type=click.IntRange(1, 65535),
            help=f"The port (default: {port}).",
        ),
    )


@click.command("serve")
@_options(PORT)
@click.option(
    "--sample", is_flag=True, help="Play a day of the sample shop, in a data directory of its own."
)
def command(data: Path, site: str, host: str, port: int, *, sample: bool) -> None:
    """Show calls, reports and the live picture in a browser.

    The first time, the way in is printed: make the owner's account there. Behind a proxy, say with
    EVERYCALL_HOSTS by what names people reach it, and EVERYCALL_HTTPS=1 if they do so by https.
    """
    if sample:
        serve_sample(data, site, host, port)
        return
    _can_listen(host, port)
    set_up(data, "all", site, host, port)
    prepare(data.resolve(), f"http://{host}:{port}")
    _run(host, port, _says(host, port))


def serve_sample(
    data: Path,
    site: str = "main",
    host: str = "127.0.0.1",
    port: int = PORT,
    meanwhile: Meanwhile | None = None,
) -> None:
    """Play a day of the sample shop, and do something else meanwhile.

    Args:
        data: the data directory; what is played has one of its own in it.
        site: the site.
        host: the address to listen on.
        port: the port; the next one that is free, if somebody listens there.
        meanwhile: given where the server answers and where its wallboard is, what is done as long
            as it runs.
    """
    from everycall.web.commands.sample import begin, free_port

    home, port = begin(data), free_port(host, port)
    address = f"http://{host}:{port}"
    _can_listen(host, port)
    set_up(home, "all", site, host, port)
    wall = _prepared_wall(address)
    click.echo("A day of the sample shop is played as if it were now. Its wallboard:")
    click.echo(f"  {wall}")
    _way_in(home.resolve(), address)
    with meanwhile(address, wall) if meanwhile else nullcontext():
        _run(host, port, _says(host, port))


def _says(host: str, port: int) -> str:
    return f"Everycall is at http://{host}:{port}/ ; stop it with Ctrl-C."


@click.command("web")
@_options(PORT)
def web(data: Path, site: str, host: str, port: int) -> None:
    """Serve pages and the interface for programs; `ingest` and `work` run beside it."""
    _apart("web", data, site, host, port)


@click.command("ingest")
@_options(PORT + 1)
def ingest(data: Path, site: str, host: str, port: int) -> None:
    """Listen to the phone systems, draw the live picture, look at the alert rules, dial."""
    _apart("ingest", data, site, host, port)


@click.command("work")
@_options(PORT + 2)
def work(data: Path, site: str, host: str, port: int) -> None:
    """Send what has to be said, close callbacks, make reports, talk to other programs."""
    _apart("work", data, site, host, port)


@click.command("migrate")
@_options(PORT)
@click.option("--check", is_flag=True, help="Only say whether there is something to do.")
def migrate(data: Path, site: str, host: str, port: int, *, check: bool) -> None:
    """Bring the records up to this version; the data directory needs nothing."""
    set_up(data, "all", site, host, port)
    from django.core.management import call_command

    unmade = waiting()
    if check:
        click.echo("\n".join(unmade) or "The records are up to date.")
        raise SystemExit(1 if unmade else 0)
    call_command("migrate", verbosity=0, interactive=False)
    click.echo(f"Done: {', '.join(unmade)}." if unmade else "The records were up to date.")


def _apart(part: str, data: Path, site: str, host: str, port: int) -> None:
    _can_listen(host, port)
    set_up(data, part, site, host, port)
    if waiting():
        raise NotMigratedError("the records are of another version; run first: everycall migrate")
    if part == "web":
        _way_in(data.resolve(), f"http://{host}:{port}")
    _run(host, port, f"everycall {part} listens at http://{host}:{port}/ ; stop it with Ctrl-C.")


def set_up(
    data: Path, part: str = "all", site: str = "main", host: str = "127.0.0.1", port: int = PORT
) -> None:
    """Make Django ready to work with a data directory; once in a process."""
    os.environ |= {
        "EVERYCALL_DATA": str(data.resolve()),
        "EVERYCALL_SITE": site,
        "EVERYCALL_PART": part,
        "EVERYCALL_PORT": str(port),
    }
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycall.web.settings")
    os.environ.setdefault("EVERYCALL_ADDRESS", f"http://{host}:{port}")
    import django

    django.setup()


def _can_listen(host: str, port: int) -> None:
    """Refuse an address that nothing can listen at, before anything is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = error.strerror or str(error)
            sentence = f"nothing can listen at {host}:{port}: {why}; choose another with --port"
            raise NotListeningError(sentence) from None


def _run(host: str, port: int, says: str) -> None:
    server: Any = None

    def asked_to_end(_number: int, _frame: object) -> None:
        # once it serves, the server hears this first, and has ended in good order by now
        if server is None or not server.started:
            raise SystemExit(0)

    signal.signal(signal.SIGTERM, asked_to_end)
    signal.signal(signal.SIGINT, asked_to_end)
    atexit.register(_say_no_more)
    import uvicorn

    from everycall.web.commands.connections import Asking, room_for_connections
    from everycall.web.commands.server import Server

    Asking.most = room_for_connections()
    # who asks is for our own code to say, see middleware/proxies.py; a stream that stays open holds nobody up
    config = uvicorn.Config(
        "everycall.web.asgi:application",
        host=host,
        port=port,
        http=Asking,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=FAREWELL,
    )
    server = Server(config, says)
    server.run()
    if not server.started:
        raise SystemExit(3)  # it has said why


def _say_no_more() -> None:
    """Close the error stream when all is over: DuckDB's binding would list there what it never freed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def waiting() -> list[str]:
    """Return the migrations that were not made yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label} {migration.name}" for migration, _backwards in plan]


def _prepared_wall(address: str) -> str:
    """Bring the records up to date; returns where the sample's wallboard is, made the first time."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from everycall.records.models import Wall

    found = Wall.objects.filter(name=SAMPLE_WALL, revoked_at=None).first()
    wall = found or Wall.objects.create(name=SAMPLE_WALL)
    return f"{address}/wall/{wall.secret}/"


def prepare(data: Path, address: str) -> None:
    """Bring the records up to date, and print the way in where there is no owner yet."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    _way_in(data, address)


def _way_in(data: Path, address: str) -> None:
    from everycall.records.models import Person
    from everycall.web.accounts import first_key

    if not Person.objects.exists():
        click.echo("Nobody owns this Everycall yet. Make your account here, once:")
        click.echo(f"  {address}/setup/?key={first_key.make(data)}")
