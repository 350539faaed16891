"""`everycall serve`: pages, programs' interface and live picture in one process."""

import os
from pathlib import Path

import click
from platformdirs import user_data_path


@click.command("serve")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="EVERYCALL_DATA",
    default=lambda: user_data_path("everycall", appauthor=False),
    help="The data directory (default: the user's data folder, or $EVERYCALL_DATA).",
)
@click.option("--site", default="main", help="The site (default: main).")
@click.option("--host", default="127.0.0.1", help="The address to listen on (default: 127.0.0.1).")
@click.option(
    "--port", default=8440, type=click.IntRange(1, 65535), help="The port (default: 8440)."
)
def command(data: Path, site: str, host: str, port: int) -> None:
    """Show calls, reports and the live picture in a browser."""
    os.environ |= {"EVERYCALL_DATA": str(data.resolve()), "EVERYCALL_SITE": site}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycall.web.settings")
    os.environ.setdefault("EVERYCALL_ADDRESS", f"http://{host}:{port}")
    import django
    import uvicorn

    django.setup()
    prepare(data.resolve(), f"http://{host}:{port}")
    click.echo(f"Everycall is at http://{host}:{port}/ ; stop it with Ctrl-C.")
    uvicorn.run("everycall.web.asgi:application", host=host, port=port, log_level="warning")


def prepare(data: Path, address: str) -> None:
    """Bring the records up to date, and print the way in where there is no owner yet."""
    from django.core.management import call_command

    from everycall.records.models import Person
    from everycall.web import first_key

    call_command("migrate", verbosity=0, interactive=False)
    if not Person.objects.exists():
        click.echo("Nobody owns this Everycall yet. Make your account here, once:")
        click.echo(f"  {address}/setup/?key={first_key.make(data)}")
