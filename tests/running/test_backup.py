"""A backup is tested by restoring it: while everything runs, into another database, from an old version."""

import gzip
import json
import os
import subprocess
import sys
import tarfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
import pytest

from everycall.app.keeping.backing_up import back_up, unpacked
from web.serving import Server, environment, free_port, serving, started, wait_for

RECORDS = """
import django, sys; django.setup()
from everycall.records.copying import dump
dump(sys.stdout)
"""

FILL = """
import django; django.setup()
from everycall.records.models import Connection, Person, Team, Entry
from everycall.records.trail import note
ada = Person.objects.get()
team = Team.objects.create(name="Sales", queues=["sales"])
ada.teams.add(team)
found = Connection(name="pbx", kind="ami")
found.keep({"host": "pbx.example", "user": "u", "secret": "hidden"})
found.save()
note(ada, "key made", "CRM", scopes=["calls:read"])
"""

CHECK = """
import django; django.setup()
from everycall.records.models import Connection, Person, Team
print(Connection.objects.get().given()["secret"], Person.objects.get().teams.get().name)
Team.objects.create(name="Another")
"""

FIRST = """
import django; django.setup()
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
call_command("migrate", "records", "0001", verbosity=0)
executor = MigrationExecutor(connection)
nodes = [node for node in executor.loader.applied_migrations]
old = executor.loader.project_state([("records", "0001_first")]).apps
person = old.get_model("records", "Person").objects.create(
    email="ada@example.org", name="Ada", role="owner",
    password=make_password("a tall tree by the sea"))
team = old.get_model("records", "Team").objects.create(name="Sales", queues=["sales"])
person.teams.add(team)
from everycall.records.tokens import _digest
old.get_model("records", "Token").objects.create(
    name="CRM", prefix="ec_old", digest=_digest("secret"), scopes=["calls:read"], made_by=person)
old.get_model("records", "Wall").objects.create(name="Kitchen", secret="wallsecret")
"""


def everycall(data: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "everycall", *words, "--data", str(data)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**environment(data), **more}
    )


def python(data: Path, program: str, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment(data), **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def call(number: int) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(minutes=5)
    name = f"c{number}"
    return {
        "events": [
            {"at": at.isoformat(), "kind": "call.arrived", "call_id": name, "direction": "inbound"},
            {"at": at.isoformat(), "kind": "call.ended", "call_id": name, "reason": "caller"},
        ]
    }


class Posting:
    """Posts one call after another until it is told to stop."""

    def __init__(self, server: Server) -> None:
        self.taken = 0
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        base = self._server.client.base_url
        with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
            while not self._stop.is_set():
                answer = client.post(
                    "/api/v1/events", json=call(self.taken), headers=self._server.headers
                )
                if answer.status_code == 503:  # not taken, says the contract: sent again later
                    self._stop.wait(float(answer.headers["Retry-After"]))
                    continue
                assert answer.status_code == 200, answer.text
                self.taken += 1


def restored_calls(data: Path, headers: dict[str, str]) -> set[str]:
    """Start a server over what was restored, stop it, which seals, and read its calls."""
    port = free_port()
    process = started(data, port)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30
        ) as client:
            wait_for(client)
            assert client.get("/api/v1/calls", headers=headers).status_code in (200, 404)
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
    listed = everycall(data, "calls", "--json")
    assert listed.returncode == 0, listed.stderr
    return {json.loads(line)["call_id"] for line in listed.stdout.splitlines()}


def test_a_backup_made_while_everything_runs_is_whole(tmp_path: Path) -> None:
    source, target, file = tmp_path / "data", tmp_path / "new", tmp_path / "all.tar.gz"
    source.mkdir()
    with serving(source) as server:
        python(source, FILL)
        with Posting(server) as posting:
            while posting.taken < 20:
                pass
            before = posting.taken
            made = everycall(source, "backup", str(file))
            assert made.returncode == 0, made.stderr
            assert posting.taken > before, "nothing was posted meanwhile"
        headers = server.headers
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(source.glob(".backup-*"))
    back = everycall(target, "restore", str(file))
    assert back.returncode == 0, back.stderr
    assert python(target, CHECK) == "hidden Sales\n"
    calls = restored_calls(target, headers)
    assert {f"c{number}" for number in range(before)} <= calls
    assert len(calls) <= posting.taken


def test_the_words_that_were_used_before_are_in_a_backup(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "all.tar.gz"
    used = data / "history" / "main" / "definitions" / "used.json"
    used.parent.mkdir(parents=True)
    used.write_text("[]")
    back_up(data, file, lambda _text: None)
    with unpacked(file, tmp_path / "new"):
        pass
    assert (tmp_path / "new" / used.relative_to(data)).read_text() == "[]"


def small(tmp_path: Path) -> Path:
    """Return a backup of records alone."""
    data, file = tmp_path / "small", tmp_path / "small.tar.gz"
    everycall(data, "migrate")
    made = everycall(data, "backup", str(file))
    assert made.returncode == 0, made.stderr
    return file


def test_nothing_is_restored_over_anything(tmp_path: Path) -> None:
    file = small(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "site.toml").touch()
    told = everycall(tmp_path / "full", "restore", str(file))
    assert told.returncode == 2
    assert "is not empty" in told.stderr


@pytest.mark.parametrize("damage", ["cut", "changed", "none"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(damage: str, tmp_path: Path) -> None:
    file = small(tmp_path)
    body = bytearray(gzip.decompress(file.read_bytes()))
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-400])
    elif damage == "changed":
        body[body.index(b'{"version"') + 20] ^= 1
        file.write_bytes(gzip.compress(bytes(body)))
    else:
        file.unlink()
    told = everycall(tmp_path / "new", "restore", str(file))
    assert told.returncode == 2
    assert len(told.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob("*.restoring"))


def test_a_backup_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "evil.tar.gz"
    (tmp_path / "secret").write_text("x")
    with tarfile.open(file, "w:gz") as archive:
        archive.add(tmp_path / "secret", arcname="../escaped")
    assert everycall(tmp_path / "new", "restore", str(file)).returncode == 2
    assert not (tmp_path / "escaped").exists()


def test_a_backup_of_the_first_version_is_restored_into_this_one(tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "old.tar.gz"
    old.mkdir()
    python(old, FIRST)
    assert everycall(old, "backup", str(file)).returncode == 0
    back = everycall(new, "restore", str(file))
    assert back.returncode == 0, back.stderr
    the_first_version_works_on(new)


def test_records_of_the_first_version_are_brought_up_in_place(tmp_path: Path) -> None:
    python(tmp_path, FIRST)
    assert everycall(tmp_path, "migrate").returncode == 0
    the_first_version_works_on(tmp_path)


def the_first_version_works_on(data: Path) -> None:
    told = python(
        data,
        "import django; django.setup()\n"
        "from everycall.records.models import Person, Token, Wall\n"
        "ada = Person.objects.get()\n"
        "print(ada.check_password('a tall tree by the sea'), ada.teams.get().queues,"
        " Token.find('ec_old.secret').name, Wall.objects.get().secret)",
    )
    assert told == "True ['sales'] CRM wallsecret\n"


@pytest.mark.postgres
def test_records_move_to_postgresql_and_back(tmp_path: Path, database_url: str) -> None:
    here, there, again = tmp_path / "here", tmp_path / "there", tmp_path / "again"
    here.mkdir()
    with serving(here):
        pass
    python(here, FILL)
    first = python(here, RECORDS)
    everycall(here, "backup", str(tmp_path / "one.tar.gz"))
    url = new_database(database_url)
    back = everycall(there, "restore", str(tmp_path / "one.tar.gz"), DATABASE_URL=url)
    assert back.returncode == 0, back.stderr
    assert sorted(python(there, RECORDS, DATABASE_URL=url).splitlines()) == sorted(
        first.splitlines()
    )
    assert python(there, CHECK, DATABASE_URL=url) == "hidden Sales\n"  # numbers go on behind ours
    everycall(there, "backup", str(tmp_path / "two.tar.gz"), DATABASE_URL=url)
    refused = everycall(again, "restore", str(tmp_path / "two.tar.gz"), DATABASE_URL=url)
    assert "the database is not empty" in refused.stderr
    assert everycall(again, "restore", str(tmp_path / "two.tar.gz")).returncode == 0
    assert "Another" in python(again, RECORDS)


def new_database(url: str) -> str:
    """Make an empty database beside another one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE copy_{os.getpid()}")
    return url.rpartition("/")[0] + f"/copy_{os.getpid()}"
