"""A job is done, or tried again; never lost and never taken by two."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from everycall.channels import sms
from everycall.records.alerts import DELIVER
from everycall.records.hooks import JOB
from everycall.records.jobs import LEASE, Job, claim, enqueue, run_one
from everycall.web.reading import site_reader
from everycall.web.work import alarms, hooking, outward
from everycall.wire import outgoing, smtp

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


def test_a_job_is_done_once() -> None:
    done: list[int] = []
    enqueue("add", run_at=NOW, number=3)
    assert run_one({"add": lambda number: done.append(number * 2)}, NOW)
    assert not run_one({}, LATER)
    assert done == [6]


def test_a_job_waits_for_its_time() -> None:
    enqueue("later", run_at=LATER)
    assert claim(NOW) is None
    assert claim(LATER) is not None


def test_a_claimed_job_is_not_claimed_again_until_its_lease_ends() -> None:
    enqueue("slow", run_at=NOW)
    assert claim(NOW) is not None
    assert claim(NOW + LEASE / 2) is None
    assert claim(NOW + LEASE) is not None


def test_whoever_tells_somebody_has_the_job_for_longer_than_that_can_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: dict[str, float] = {}

    def note(name: str) -> Callable[[], None]:
        def work() -> None:
            job = Job.objects.get(func=name)
            held[name] = (job.run_at - timezone.now()).total_seconds()

        return work

    monkeypatch.setattr(alarms, "carry", note(DELIVER))
    monkeypatch.setattr(hooking, "carry", note(JOB))
    monkeypatch.setattr(outward, "WORK", {name: note(name) for name in ("text", "mail")})
    for name in (DELIVER, JOB, "text", "mail"):
        enqueue(name)
    for one in (*alarms.telling()[:1], *hooking.hooking(site_reader())):
        one.work()
    outward.one_round(site_reader())
    # a name server is asked before, and may take half a minute
    assert held[DELIVER] > smtp.PATIENCE + 30
    assert held["mail"] > smtp.PATIENCE + 30
    assert held[JOB] > outgoing.PATIENCE + 30
    # httpx waits so long for each: a connection, TLS, the words out, the words in
    assert held["text"] > 4 * sms.PATIENCE + 30


def test_the_same_key_is_written_down_once() -> None:
    assert enqueue("mail", run_at=NOW, key="report 2026-11-01")
    assert not enqueue("mail", run_at=NOW, key="report 2026-11-01")
    assert Job.objects.count() == 1


def test_a_failure_is_tried_again_and_in_the_end_kept_with_its_reason() -> None:
    def fail() -> None:
        raise OSError("no route to the mail server")

    enqueue("mail", run_at=NOW, max_attempts=2)
    run_one({"mail": fail}, NOW)
    assert claim(NOW) is None
    job = Job.objects.get()
    assert job.failed_at is None
    run_one({"mail": fail}, LATER)
    job = Job.objects.get()
    assert job.failed_at == LATER
    assert "no route" in job.error
    assert claim(LATER + timedelta(days=1)) is None
