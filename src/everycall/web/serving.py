"""`everycall serve`: pages, programs' interface and live picture in one process."""

import os
import shutil
import threading
import time
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
@click.option(
    "--sample", is_flag=True, help="Play a day of the sample shop, in a data directory of its own."
)
def command(data: Path, site: str, host: str, port: int, *, sample: bool) -> None:
    """Show calls, reports and the live picture in a browser.

    The first time, the way in is printed: make the owner's account there. Behind a proxy, say with
    EVERYCALL_HOSTS by what names people reach it, and EVERYCALL_HTTPS=1 if they do so by https.
    """
    if sample:
        data = _play_sample(data)
    os.environ |= {"EVERYCALL_DATA": str(data.resolve()), "EVERYCALL_SITE": site}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycall.web.settings")
    os.environ.setdefault("EVERYCALL_ADDRESS", f"http://{host}:{port}")
    import django
    import uvicorn

    django.setup()
    prepare(data.resolve(), f"http://{host}:{port}")
    click.echo(f"Everycall is at http://{host}:{port}/ ; stop it with Ctrl-C.")
    uvicorn.run("everycall.web.asgi:application", host=host, port=port, log_level="warning")


def _play_sample(data: Path) -> Path:
    """Begin to play the sample day; returns the data directory that it goes to."""
    from everycall.app.replaying import play, sample_day
    from everycall.app.samples import sample_folder

    folder, home = sample_folder(), data / "sample"
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home / "journal", ignore_errors=True)
    shutil.rmtree(home / "history", ignore_errors=True)
    shutil.copyfile(folder / "site.toml", home / "site.toml")
    log = home / "queue_log"
    os.environ["EVERYCALL_SAMPLE"] = str(log)
    said = sample_day(folder, int(time.time()))
    threading.Thread(target=play, args=(said, log, threading.Event()), daemon=True).start()
    return home


def prepare(data: Path, address: str) -> None:
    """Bring the records up to date, and print the way in where there is no owner yet."""
    from django.core.management import call_command

    from everycall.records.models import Person
    from everycall.web import first_key

    call_command("migrate", verbosity=0, interactive=False)
    if not Person.objects.exists():
        click.echo("Nobody owns this Everycall yet. Make your account here, once:")
        click.echo(f"  {address}/setup/?key={first_key.make(data)}")
