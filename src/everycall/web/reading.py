"""A site's history, kept open for the pages, and opened anew when something was imported."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from django.conf import settings
from platformdirs import user_data_path

from everycall.app.history.asking import Asking, Filter
from everycall.app.history.narrowing import Narrow
from everycall.app.site.counting_mark import outdated
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.history import History


class Reader:
    """One site as the pages see it.

    One query runs at a time: they are short, and the engine uses all cores for each.
    """

    def __init__(self, data: Path, site: str) -> None:
        self.data = data
        self.history = History(data, site)
        self._lock = Lock()
        self._open: Asking | None = None
        self._generation = -1
        self._held: tuple[int, SiteFile] | None = None
        self._outdated = False

    def settings(self) -> SiteFile:
        """Return the site's settings as they are now."""
        return read_site(self.data, None, self.history.site)

    @property
    def folder(self) -> Path:
        """Return where the site file lies, and with it the files that it names."""
        own = self.data / "sites" / f"{self.history.site}.toml"
        return own.parent if own.exists() else self.data

    def has_calls(self) -> bool:
        """Tell whether anything was ever imported."""
        return bool(self.history.manifest().segments)

    def is_outdated(self) -> bool:
        """Tell whether some calls were counted by other settings than there are now."""
        manifest, site = self.history.manifest(), self.settings()
        if (manifest.generation, site) != self._held:
            self._outdated = bool(outdated(manifest, site))
            self._held = (manifest.generation, site)
        return self._outdated

    def heard_until(self) -> datetime | None:
        """Return up to when history has what was heard live; None where nothing was ever heard."""
        sealed = (one.at for one in reversed(self.history.manifest().imports) if one.heard)
        newest = next(sealed, None)
        return datetime.fromisoformat(newest) if newest else None

    @contextmanager
    def asking(self) -> Iterator[Asking]:
        """Lend the newest state; files that a new state replaced are let go.

        Raises:
            NotFoundError: nothing was imported yet.
        """
        with self._lock:
            generation = self.history.manifest().generation
            if self._open is None or generation != self._generation:
                self._open = self._renewed()
                self._generation = generation
            yield self._open

    @contextmanager
    def apart(
        self, only: Filter | None = None, *, staff: bool = True, by_number: bool = False
    ) -> Iterator[Asking]:
        """Lend an opening of its own to what makes tables and views, such as a report.

        Args:
            only: nothing but these calls can be seen in it.
            staff: people are seen by name, and what they did beside calls.
            by_number: calls go by number, which is quicker where all of them are read; where only
                some can be seen they go by id all the same.

        Raises:
            NotFoundError: nothing was imported yet.
        """
        with self._closed(only, staff=staff, by_number=by_number) as opened:
            yield opened

    @contextmanager
    def closed(self, only: Filter | None = None, *, staff: bool = True) -> Iterator[Asking]:
        """Lend the same without opening it, to what only asks which state of which calls it is."""
        asking = self._closed(only, staff=staff, by_number=False)
        try:
            yield asking
        finally:
            asking.engine.close()

    def _closed(self, only: Filter | None, *, staff: bool, by_number: bool) -> Asking:
        zone = self.settings().zone or ZoneInfo("UTC")
        if staff and only in (None, Filter()):
            return Asking(self.history, zone, by_number=by_number)
        return Narrow(self.history, zone, only or Filter(), staff=staff)

    def _renewed(self) -> Asking:
        if self._open is not None:
            self._open.engine.close()
            self._open = None
        zone = self.settings().zone or ZoneInfo("UTC")
        return Asking(self.history, zone).__enter__()


_READERS: dict[tuple[Path, str], Reader] = {}


def site_reader() -> Reader:
    """Return the reader of the site that is served; there is one in each process."""
    return _READERS.setdefault((settings.DATA, settings.SITE), Reader(settings.DATA, settings.SITE))


def import_command() -> str:
    """Return the command that takes a log in where this server looks for it."""
    words = ["everycall", "import"]
    if user_data_path("everycall", appauthor=False) != settings.DATA:
        words += ["--data", shlex.quote(str(settings.DATA))]
    if settings.SITE != "main":
        words += ["--site", shlex.quote(settings.SITE)]
    return " ".join([*words, "PATH"])
