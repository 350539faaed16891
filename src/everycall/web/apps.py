"""The Django application that holds the pages."""

from contextlib import suppress

from django.apps import AppConfig
from django.conf import settings

from everycall.web.catalogues import make_ready


class Web(AppConfig):
    """Templates, static files and texts."""

    name = "everycall.web"
    label = "web"

    def ready(self) -> None:
        """Make the texts of all languages ready; where nothing can be written they are English."""
        with suppress(OSError):
            make_ready(settings.TEXTS)
