"""What OWASP ASVS asks of the pages, row by row as docs/security.md lists it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from everycall.errors import NotTakenError
from everycall.records.models import Connection, Person
from everycall.records.sealed import seal, unseal
from everycall.wire.outgoing import Outgoing
from web.addresses import addresses
from web.conftest import PASSWORD, browser, person

pytestmark = pytest.mark.usefixtures("calls", "owner")

ROOT = Path(__file__).parents[2]
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def log_in(client: Client, email: str = "olga@example.org", password: str = PASSWORD) -> int:
    return client.post(LOGIN, {"login": email, "password": password}).status_code


def setting(name: str, **environment: str) -> str:
    """Return a setting as it is in a process of its own."""
    program = (
        f"import django; django.setup(); from django.conf import settings as s; print(s.{name})"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment}, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


# ---- sessions


def test_a_session_is_another_one_after_the_login() -> None:
    client = browser()
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    assert log_in(client) == 302
    assert client.session.session_key != session.session_key


def test_a_cookie_from_before_the_logout_is_worthless() -> None:
    client = browser()
    log_in(client)
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/account/logout/")
    thief = browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/calls/").status_code == 302


def test_a_new_password_ends_every_other_session(owner: Person) -> None:
    other = browser()
    log_in(other)
    owner.refresh_from_db()
    owner.set_password("another tall tree by the sea")
    owner.save()
    assert other.get("/calls/").status_code == 302


def test_cookies_cannot_be_read_by_scripts_nor_sent_by_other_sites() -> None:
    client = browser()
    log_in(client)
    client.get("/calls/")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


def test_behind_https_cookies_travel_by_https_alone_and_browsers_are_told_to_stay_there() -> None:
    secure = {"EVERYCALL_HTTPS": "1"}
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        assert setting(name, **secure) == "True"
    assert int(setting("SECURE_HSTS_SECONDS", **secure)) >= 31_536_000


def test_a_session_ends_after_a_working_day() -> None:
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600


# ---- passwords and logins


def test_guessing_a_password_is_stopped_and_the_right_one_too_for_a_while() -> None:
    client = browser()
    statuses = [log_in(client, password=f"guess {number}") for number in range(12)]
    assert (
        429 in statuses
        or b"Too many"
        in client.post(LOGIN, {"login": "olga@example.org", "password": PASSWORD}).content
    )


def test_another_port_in_the_address_begins_no_new_count() -> None:
    for port in range(5):
        browser().post(
            LOGIN,
            {"login": "olga@example.org", "password": "guess"},
            headers={"host": f"localhost:{port + 1}"},
            REMOTE_ADDR=f"192.0.2.{port}",
        )
    assert log_in(browser()) == 200


def test_a_login_does_not_say_who_has_an_account() -> None:
    def said(email: str) -> str:
        page = browser().post(LOGIN, {"login": email, "password": "x"}).content.decode()
        return re.sub(r'value="[^"]*"', "", page)

    assert said("olga@example.org") == said("nobody@example.org")


@pytest.mark.parametrize("password", ["short", "password1234", "olga@example.org"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, person("Weak", "agent"))


def test_passwords_are_kept_by_a_slow_hash() -> None:
    assert setting("PASSWORD_HASHERS[0]").endswith("ScryptPasswordHasher")


def test_after_a_login_nobody_is_sent_to_another_site() -> None:
    answer = browser().post(
        f"{LOGIN}?next=https://evil.example/", {"login": "olga@example.org", "password": PASSWORD}
    )
    assert "evil.example" not in answer.headers.get("Location", "")


def test_nobody_makes_an_account_uninvited() -> None:
    browser().post("/account/signup/", {"email": "x@example.org", "password1": PASSWORD})
    assert Person.objects.count() == 1


# ---- pages

PLAIN = ("now", "calls", "callbacks", "alerts", "report", "setup-site", "people", "tokens", "hooks",
         "trail", "walls", "alert-rules", "crm", "texts", "report-plans", "set-hours", "set-trade",
         "set-targets", "person-new", "team-new", "alert-rule-new", "my-day", "acts")  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_a_page_has_nothing_inline_and_nothing_from_elsewhere(name: str, owner: Person) -> None:
    path = next(one.path for one in addresses() if one.name == name)
    answer = browser(owner).get(path)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    text = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
    for link in re.findall(r'(?:src|href|action)="([^"]+)"', text):
        assert not link.startswith(("http:", "//", "javascript:")), link
    elsewhere = re.findall(
        r'<(?:script|link|img|iframe|audio)[^>]+(?:src|href)="(https?:[^"]+)"', text
    )
    assert elsewhere == []
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_host_that_we_are_not_is_refused() -> None:
    assert browser().get("/health/", headers={"host": "evil.example"}).status_code == 400


def test_an_error_says_nothing_of_the_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    assert setting("DEBUG") == "False"
    client = browser()
    client.raise_request_exception = False

    def broken(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("everycall.web.views.health._problems", broken)
    answer = client.get("/ready/")
    assert answer.status_code == 500
    assert b"secret inside" not in answer.content
    assert b"Traceback" not in answer.content


def test_what_somebody_writes_is_shown_as_text(owner: Person) -> None:
    evil = '<script>alert("x")</script>'
    client = browser(owner)
    client.post("/setup/teams/new/", {"name": evil, "queues": evil})
    page = client.get("/setup/people/").content.decode()
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_nothing_that_comes_in_can_become_a_program() -> None:
    dangerous = re.compile(
        r"^\s*(?:import|from) (?:pickle|marshal|shelve|dill|yaml)\b|\b(?:eval|exec)\(", re.MULTILINE
    )
    files = sorted((ROOT / "src").rglob("*.py"))
    assert files
    found = {path.name for path in files if dangerous.search(path.read_text("utf-8"))}
    # one packs what this very process keeps in its memory, and nothing else ever reads it
    assert found <= {"translating.py"}
    assert dangerous.search("import pickle")


# ---- secrets


def test_secrets_are_encrypted_in_the_database_and_never_shown_again(owner: Person) -> None:
    secret = "a-secret-of-the-pbx"
    row = Connection(name="pbx", kind="ami")
    row.keep({"host": "pbx.example", "user": "u", "secret": secret})
    row.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM records_connection")
        assert secret not in str(cursor.fetchall())
    assert row.given()["secret"] == secret
    page = browser(owner).get(f"/setup/connect/ami/{row.pk}/").content.decode()
    assert "pbx.example" in page
    assert secret not in page


def test_what_is_sealed_differs_each_time_and_is_noticed_when_it_was_changed() -> None:
    one, two = seal({"a": 1}), seal({"a": 1})
    assert one != two
    with pytest.raises(Exception, match="another key"):
        unseal(one[:-8] + ("A" * 8 if not one.endswith("A" * 8) else "B" * 8))


def test_the_files_with_keys_are_readable_by_their_owner_alone() -> None:
    assert (settings.DATA / "secret").stat().st_mode & 0o077 == 0


# ---- requests that we make for somebody

INSIDE = ("127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254",
          "0.0.0.0", "100.64.0.1", "[::1]", "[::ffff:10.0.0.1]", "[fd00::1]", "[fe80::1]",  # noqa: S104
          "2130706433", "0x7f000001", "127.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]")  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_is_sent_into_this_network_unasked(host: str) -> None:
    with pytest.raises(NotTakenError) as refused:
        Outgoing(f"http://{host}:1/").send("id", 1, b"{}")
    assert "cannot be reached" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://x/", "ftp://x/", "http://", "http://x:99999/", "http://[::1",
     "http://a..b/", f"http://{'a' * 70}.example/", "https://127.0.0.1:1/", "http://127.0.0.1:1/a b",
     "http://127.0.0.1:1/\r\nX: 1"],
)  # fmt: skip
def test_only_web_addresses_are_called(url: str) -> None:
    with pytest.raises(NotTakenError):
        Outgoing(url, inside=True).send("id", 1, b"{}")
