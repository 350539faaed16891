"""What the first version left behind is read by this one: history, a journal that was not sealed, and records."""

import json
import tarfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from everycall.app.history.asking import Asking
from everycall.history import History
from running.test_backup import everycall, python
from web.serving import free_port, started, wait_for

OLD = Path(__file__).with_name("old") / "data_of_the_first.tar.gz"
FIRST = 1_793_613_600
BY_MANAGER = "1795320857.0"
KEPT = {
    **{f"{FIRST + 300 * n}.{10 * n}": "caller_left_in_queue" for n in (0, 3)},
    **{f"{FIRST + 300 * n}.{10 * n}": "answered" for n in (1, 2, 4, 5)},
    BY_MANAGER: "answered",
}
LEFT_BEHIND = f"{FIRST + 7200}.100"
CUT_OFF = f"{FIRST + 7500}.110"

PEOPLE = """
import django; django.setup()
from everycall.records.models import Person
ada = Person.objects.get()
print(ada.check_password("a tall tree by the sea"), ada.teams.get().queues)
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The data directory as it was left."""
    data = tmp_path / "data"
    with tarfile.open(OLD) as archive:
        archive.extractall(data, filter="data")
    return data


def listed(data: Path) -> list[dict[str, Any]]:
    told = everycall(data, "calls", "--json")
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_its_history_is_read_as_it_lies_there(old: Path) -> None:
    calls = listed(old)
    assert {call["call_id"]: call["outcome"] for call in calls} == KEPT
    assert len(calls) == len(KEPT)
    waits = {call["call_id"]: call["wait_ms"] for call in calls}
    assert {waits[call] for call in KEPT if call != BY_MANAGER} == {30_000, 6_000}
    assert 1_900 < waits[BY_MANAGER] < 2_100


def test_what_its_journal_held_comes_to_history_once_and_its_people_log_in(old: Path) -> None:
    port = free_port()
    process = started(old, port)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            wait_for(client)
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
    calls = listed(old)
    outcomes = {call["call_id"]: call["outcome"] for call in calls}
    assert len(calls) == len(outcomes), "a call is there twice"
    assert outcomes.pop(LEFT_BEHIND) == "caller_left_in_queue"
    assert outcomes.pop(CUT_OFF) == "answered"
    assert outcomes == KEPT
    assert python(old, PEOPLE) == "True ['sales']\n"


def test_its_days_can_be_told_of_more(old: Path, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    at = FIRST + 300 * 5
    log.write_text(
        f"{at}|{at}.50|sales|NONE|ENTERQUEUE||+441632960105|1\n"
        f"{at + 900}|{at + 900}.60|sales|NONE|ENTERQUEUE||+441632960106|1\n"
        f"{at + 920}|{at + 900}.60|sales|NONE|ABANDON|1|1|20\n"
    )
    assert everycall(old, "import", str(log)).returncode == 0
    with Asking(History(old)) as asking:
        found = dict(asking.rows("SELECT call_id, outcome FROM calls"))
    assert found == {**KEPT, f"{at + 900}.60": "caller_left_in_queue"}
