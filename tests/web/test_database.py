"""The tests of this folder run on the database that DATABASE_URL names, else on SQLite."""

import os

from django.db import connection


def test_the_database_is_the_one_that_was_asked_for() -> None:
    wanted = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    assert connection.vendor == wanted
