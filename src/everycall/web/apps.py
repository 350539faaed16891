"""The Django application that holds the pages."""

from django.apps import AppConfig


class Web(AppConfig):
    """Templates, static files and texts."""

    name = "everycall.web"
    label = "web"
