"""A new way in from the terminal, for an owner whom nobody else can help."""

import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner, Result
from django.test import Client

from everycall.records.models import Entry, Person
from everycall.web.commands import let_in as letting_in
from web.conftest import browser
from web.serving import environment

NEW = "a new way of getting in"


@pytest.fixture
def let_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "LetIn":
    monkeypatch.setattr(letting_in, "set_up", lambda _data: None)  # this process is set up
    return LetIn(tmp_path)


class LetIn:
    """The command, in this process and on its records."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(letting_in.let_in, [*words, "--data", str(self._data)])


def path_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    (line,) = (line for line in result.output.splitlines() if "/join/" in line)
    return line[line.index("/join/") :]


def join(path: str) -> Client:
    client = browser()
    client.post(path, {"password": NEW})
    return client


def is_in(client: Client) -> bool:
    return client.get("/calls/").status_code == 200


@pytest.mark.usefixtures("calls")
def test_an_owner_chooses_a_new_password_by_a_link_that_is_good_once(
    owner: Person, let_in: LetIn
) -> None:
    path = path_in(let_in(owner.email.upper()))
    assert is_in(join(path))
    owner.refresh_from_db()
    assert owner.check_password(NEW)
    assert browser().get(path).status_code == 410
    made = Entry.objects.get(action="link made")
    assert (made.who, made.about) == ("everycall", owner.email)


@pytest.mark.usefixtures("calls")
def test_a_second_factor_stays_unless_it_is_lost_too(owner: Person, let_in: LetIn) -> None:
    Authenticator.objects.create(user=owner, type="totp", data={"secret": "x"})
    kept = let_in(owner.email)
    assert "--without-second-factor" in kept.output
    assert not is_in(join(path_in(kept)))
    assert is_in(join(path_in(let_in(owner.email, "--without-second-factor"))))
    assert not Authenticator.objects.filter(user=owner).exists()
    assert Entry.objects.filter(action="second factor taken off", who="everycall").exists()


def test_who_is_not_known_or_was_shut_out_gets_no_link(owner: Person, let_in: LetIn) -> None:
    nobody = let_in("nobody@example.org")
    assert isinstance(nobody.exception, letting_in.NobodyError)
    assert owner.email in str(nobody.exception)
    owner.is_active = False
    owner.save()
    assert "shut out" in str(let_in(owner.email).exception)


def test_a_data_directory_without_records_is_told_of(tmp_path: Path) -> None:
    words = ["-m", "everycall", "let-in", "olga@example.org", "--data", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment(tmp_path),
    )
    assert done.returncode == 2
    assert "everycall migrate" in done.stderr
    assert "Traceback" not in done.stderr
