"""Pages are tested as a browser sees them, over a database in memory and the recorded scenarios."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

DATA = Path(tempfile.mkdtemp(prefix="everycall-web-"))
os.environ["EVERYCALL_DATA"] = str(DATA)
os.environ["DJANGO_SETTINGS_MODULE"] = "everycall.web.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment  # noqa: E402

from everycall.app.intake.importing import Importer  # noqa: E402
from everycall.app.site.sitefile import SiteFile  # noqa: E402
from everycall.history import History  # noqa: E402
from everycall.records.models import Person  # noqa: E402
from everycall.web.reports import awaiting  # noqa: E402

SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
PASSWORD = "a tall tree by the sea"


@pytest.fixture(scope="session")
def database() -> None:
    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    setup_databases(verbosity=0, interactive=False)


@pytest.fixture(scope="session")
def calls() -> None:
    Importer(History(settings.DATA), SiteFile()).take([SCENARIOS])


@pytest.fixture(autouse=True)
def clean(database: None) -> Iterator[None]:
    """Take back whatever a test wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages wait for their reports, however long those take on this machine."""
    monkeypatch.setattr(awaiting, "PATIENCE", 600.0)


def person(name: str, role: str, **more: object) -> Person:
    return Person.objects.create_user(
        f"{name.lower()}@example.org", PASSWORD, name=name, role=role, **more
    )


@pytest.fixture
def owner() -> Person:
    return person("Olga", "owner")


@pytest.fixture
def supervisor() -> Person:
    return person("Sam", "supervisor")


@pytest.fixture
def viewer() -> Person:
    return person("Vera", "viewer")


def browser(who: Person | None = None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
