"""The Django application that holds the records."""

from django.apps import AppConfig


class Records(AppConfig):
    """People, teams, walls, tokens, jobs and the trail of what was done."""

    name = "everycall.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
