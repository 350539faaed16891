"""Calls of the past are counted again when the settings that they were counted by have changed."""

from everycall.app.intake.importing import Importer
from everycall.errors import BadSettingsError, BusyError
from everycall.web.reading import Reader
from everycall.web.rounds import Round

PAUSE = 2.0


class Recounting:
    """Looks whether the settings are others, and counts again what they touch, once for each change."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._seen: object = None

    def round(self) -> None:
        """Look, and count; what fails is not tried again until something is otherwise."""
        history = self._reader.history
        try:
            site = self._reader.settings()
        except BadSettingsError:
            return  # whoever asks is told what is wrong with them
        manifest = history.manifest()
        state = (manifest.generation, site)
        if state == self._seen:
            return
        before, self._seen = self._seen, state
        try:
            if self._reader.is_outdated():
                Importer(history, site).recount()
        except BusyError:
            self._seen = before  # somebody else is writing; the next look finds it as it is then


def recounting(reader: Reader) -> tuple[Round, ...]:
    """Return the round that counts again what was counted by other settings."""
    return (Round("counting again", Recounting(reader).round, PAUSE, gives_way=True),)
