"""The second factor: set up once, asked for at each log-in, and taken off by who may."""

import re
import time
from collections.abc import Iterator
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase

from everycall.records.models import Entry, Person
from web.conftest import PASSWORD, browser, person

LOGIN = "/account/login/"
CODE = "/account/mfa/authenticate/"
SET_UP = "/account/mfa/totp/activate/"
END = "/account/mfa/totp/deactivate/"
CODES = "/account/mfa/recovery-codes/"
AGAIN = "/account/reauthenticate/"

pytestmark = pytest.mark.usefixtures("calls", "owner")


class Watch:
    """A clock that a test moves; codes are those of its time."""

    def __init__(self) -> None:
        self.now = time.time() // 30 * 30 + 1

    def time(self) -> float:
        return self.now

    def code(self, secret: str) -> str:
        return auth.format_hotp_value(auth.hotp_value(secret, int(self.now) // 30))

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    cache.clear()
    found = Watch()
    monkeypatch.setattr(auth, "time", found)
    yield found
    cache.clear()


@pytest.fixture
def amy() -> Person:
    return person("Amy", "agent")


def actions() -> list[str]:
    return [entry.action for entry in Entry.objects.order_by("pk")]


def log_in(client: Client) -> int:
    return client.post(LOGIN, {"login": "amy@example.org", "password": PASSWORD}).status_code


def is_in(client: Client) -> bool:
    return client.get("/calls/").status_code == 200


def inside() -> Client:
    """Return a browser in which Amy has just said her password again."""
    client = browser()
    log_in(client)
    client.post(AGAIN, {"password": PASSWORD})
    return client


def shown_secret(page: str) -> str:
    found = re.search(r'value="([A-Z2-7]{32})"', page)
    assert found, "the page shows no secret"
    return found[1]


def set_up(watch: Watch) -> tuple[Client, str]:
    client = inside()
    secret = shown_secret(client.get(SET_UP).content.decode())
    assert client.post(SET_UP, {"code": watch.code(secret)}).status_code == 302
    return client, secret


def test_it_is_set_up_by_a_code_of_the_secret_that_is_shown(amy: Person, watch: Watch) -> None:
    client = browser()
    log_in(client)
    assert client.get(SET_UP).headers["Location"].startswith(AGAIN), "the password was not asked"
    client = inside()
    secret = shown_secret(client.get(SET_UP).content.decode())
    wrong = client.post(SET_UP, {"code": "000000" if watch.code(secret) != "000000" else "1"})
    assert wrong.status_code == 200
    assert not Authenticator.objects.exists()
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(SET_UP, {"code": watch.code(secret)}).status_code == 302
    assert "second factor set up" in actions()
    for path in (SET_UP, END, "/account/mfa/", CODES):
        assert secret not in client.get(path, follow=True).content.decode(), path


def test_what_it_rests_on_is_encrypted(amy: Person, watch: Watch) -> None:
    _, secret = set_up(watch)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        kept = str(cursor.fetchall())
    assert secret not in kept
    codes = Authenticator.objects.get(type="recovery_codes")
    assert codes.data["seed"].startswith("gAAAA")
    assert Authenticator.objects.get(type="totp").data["secret"] in kept


def test_what_an_older_version_kept_in_the_clear_is_encrypted(amy: Person, watch: Watch) -> None:
    change = import_module("everycall.records.migrations.0016_shared_counts")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    row = Authenticator.objects.create(user=amy, type="totp", data={"secret": secret})
    change.encrypt(apps, None)
    row.refresh_from_db()
    assert secret not in str(row.data)
    client = browser()
    log_in(client)
    client.post(CODE, {"code": watch.code(secret)})
    assert is_in(client)


def test_a_login_asks_for_a_code(amy: Person, watch: Watch) -> None:
    _, secret = set_up(watch)
    watch.wait(60)
    client = browser()
    log_in(client)
    assert not is_in(client)
    client.post(CODE, {"code": watch.code(secret)})
    assert is_in(client)
    assert actions()[-1] == "logged in"


def test_a_code_is_good_once(amy: Person, watch: Watch) -> None:
    _, secret = set_up(watch)
    watch.wait(60)
    for expected in (True, False):
        client = browser()
        log_in(client)
        client.post(CODE, {"code": watch.code(secret)})
        assert is_in(client) is expected


def test_a_code_of_another_time_is_refused(amy: Person, watch: Watch) -> None:
    _, secret = set_up(watch)
    watch.wait(60)
    late = watch.code(secret)
    watch.wait(60)
    client = browser()
    log_in(client)
    client.post(CODE, {"code": late})
    assert not is_in(client)
    assert actions()[-1] == "wrong code"


def test_guessing_codes_is_stopped_and_the_right_one_too_for_a_while(
    amy: Person, watch: Watch
) -> None:
    _, secret = set_up(watch)
    watch.wait(60)
    client = browser()
    log_in(client)
    for guess in range(5):
        client.post(CODE, {"code": f"wrong{guess}"})
    client.post(CODE, {"code": watch.code(secret)})
    assert not is_in(client)
    assert actions().count("wrong code") == 5


def test_a_recovery_code_is_shown_once_and_good_once(amy: Person, watch: Watch) -> None:
    client, _ = set_up(watch)
    page = client.get(CODES).content.decode()
    codes = re.findall(r"\b\d{8}\b", page)
    assert len(set(codes)) == 10
    assert not re.search(codes[0], client.get(CODES).content.decode())
    for expected in (True, False):
        visitor = browser()
        log_in(visitor)
        visitor.post(CODE, {"code": codes[3]})
        assert is_in(visitor) is expected


def test_it_is_ended_only_after_asking_who_it_is(amy: Person, watch: Watch) -> None:
    _, secret = set_up(watch)
    watch.wait(60)
    client = browser()
    log_in(client)
    client.post(CODE, {"code": watch.code(secret)})
    assert client.post(END).headers["Location"].startswith(AGAIN)
    assert Authenticator.objects.exists()
    client.post(AGAIN, {"password": PASSWORD})
    assert client.post(END).status_code == 302
    assert not Authenticator.objects.exists(), "recovery codes are left without a factor"
    assert "second factor ended" in actions()


def test_an_owner_takes_it_off_who_lost_it(amy: Person, watch: Watch, owner: Person) -> None:
    set_up(watch)
    client = browser(owner)
    assert b"Take the second factor off" in client.get("/setup/people/").content
    client.post(f"/setup/people/{amy.pk}/factor/")
    assert not Authenticator.objects.exists()
    entry = Entry.objects.get(action="second factor taken off")
    assert (entry.who, entry.about) == ("Olga", "amy@example.org")
    visitor = browser()
    log_in(visitor)
    assert is_in(visitor)


def test_nobody_takes_their_own_off_without_being_asked(
    amy: Person, watch: Watch, owner: Person
) -> None:
    set_up(watch)
    amy.role = "owner"
    amy.save()
    client = browser(amy)
    answer = client.post(f"/setup/people/{amy.pk}/factor/")
    assert answer.headers["Location"] == END
    assert Authenticator.objects.exists()
    manager = browser(person("Max", "manager"))
    assert manager.post(f"/setup/people/{amy.pk}/factor/").status_code == 403


def test_a_link_of_the_owner_is_no_way_round_it(amy: Person, watch: Watch, owner: Person) -> None:
    set_up(watch)
    page = browser(owner).post(f"/setup/people/{amy.pk}/link/", follow=True).content.decode()
    found = re.search(r"http://testserver(/join/[^<\s]+)", page)
    assert found
    visitor = browser()
    visitor.post(found[1], {"password": "another tall tree by the sea"})
    assert not is_in(visitor)


@pytest.mark.parametrize("path", ["signup", "email", "password/reset", "password/set"])
def test_ways_in_that_are_not_offered_are_not_there(path: str, amy: Person) -> None:
    for client in (browser(), browser(amy)):
        assert client.get(f"/account/{path}/").status_code == 404
        given = {"email": "amy@example.org", "password1": PASSWORD}
        assert client.post(f"/account/{path}/", given).status_code == 404


def test_who_came_in_and_who_tried_is_on_record(amy: Person) -> None:
    client = browser()
    client.post(LOGIN, {"login": "AMY@example.org", "password": "guess"})
    client.post(LOGIN, {"login": "tall tree typed in the wrong field", "password": "guess"})
    client.post(LOGIN, {"login": "nobody@example.org", "password": "guess"})
    log_in(client)
    assert actions() == ["wrong password", "logged in"]
    given = {
        "oldpassword": PASSWORD,
        "password1": "another tall tree",
        "password2": "another tall tree",
    }
    client.post("/account/password/change/", given)
    assert actions()[-1] == "password changed"
