"""The tests of this folder run on the database that DATABASE_URL names, else on SQLite."""

import os

from django.apps import apps
from django.db import connection

from everycall.records.trail import note


def test_the_database_is_the_one_that_was_asked_for() -> None:
    wanted = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    assert connection.vendor == wanted


def test_what_is_made_by_itself_fits_where_it_is_kept() -> None:
    """PostgreSQL refuses what is too long; SQLite does not notice."""
    made = [
        (field, field.get_default())
        for model in apps.get_app_config("records").get_models()
        for field in model._meta.concrete_fields
        if field.max_length is not None and field.has_default() and callable(field.default)
    ]
    assert made
    assert [str(field) for field, told in made if len(told) > (field.max_length or 0)] == []


def test_what_an_entry_of_the_trail_is_about_may_have_any_length() -> None:
    assert len(note(None, "recording heard", "c" * 3000).about) == 200
