"""What is on record of a promise is told in the reader's language, and at the caller's own time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from everycall.recovery import Move
from everycall.recovery.evidence import Ended, judge
from everycall.web.templatetags.promises import away
from everycall.web.wording.deeds import trouble
from everycall.web.wording.said import MOVES, WHOLE, WITH_PARTS, done, party, said, state

AT = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
HELPED = Ended(
    "c1", "inbound", "+491713920063", None, AT, AT + timedelta(minutes=2), "answered",
    answered=True, talk_ms=60_000, agent="Ann",
)  # fmt: skip
PROOFS = (
    HELPED,
    replace(HELPED, talk_ms=4_000),
    replace(HELPED, talk_ms=None),
    replace(HELPED, shared=True),
    replace(HELPED, answered=False),
    replace(HELPED, direction="text"),
    replace(HELPED, direction="text", answered=False),
    replace(HELPED, direction="outbound", outcome="reached"),
    replace(HELPED, direction="outbound", outcome="message_left"),
)


@pytest.mark.parametrize("call", PROOFS)
@pytest.mark.parametrize("language", ["de", "pl", "uk", "he"])
def test_every_proof_is_told_in_each_language(call: Ended, language: str) -> None:
    reason = judge(call, AT - timedelta(hours=1)).reason
    assert said(reason) == reason.replace("60 s", "1 min")
    with translation.override(language):
        assert said(reason) != reason
        assert said(f"suggested: {reason}").endswith(said(reason))


def test_a_reason_keeps_who_and_how_long() -> None:
    with translation.override("de"):
        long = said(judge(replace(HELPED, talk_ms=125_000), AT).reason)
        assert long == "sie riefen wieder an, und Ann sprach 2 min 05 s mit ihnen"
        assert said("caller_left_in_queue") == said("caller left in queue")


def test_what_a_person_wrote_stays() -> None:
    with translation.override("de"):
        assert said("wants the blue one: {who}") == "wants the blue one: {who}"
        assert said("") == ""
        assert party("Ann") == "Ann"
        assert party("the calls") == "die Anrufe"


def test_every_move_has_its_words() -> None:
    assert set(Move) <= set(MOVES)
    assert done(Move.CLAIM.value) == "taken"
    assert len({*WHOLE, *WITH_PARTS}) == len(WHOLE) + len(WITH_PARTS)


def test_how_far_off_a_moment_is() -> None:
    now = timezone.now()
    assert away(now + timedelta(hours=20, minutes=47)) == "20 h 47 min"
    assert away(now - timedelta(minutes=5)) == "5 min"
    assert away(now) == "1 min"
    assert away(None) == "–"


@pytest.mark.parametrize("language", ["de", "pl", "uk", "he"])
def test_the_state_of_one_promise_is_not_said_as_of_many_callers(language: str) -> None:
    with translation.override(language):
        assert state("waiting") != translation.gettext("waiting")
        assert state("kept") == translation.gettext("kept")


def test_what_a_machine_said_of_a_trouble_is_told_without_its_number() -> None:
    with translation.override("de"):
        told = trouble("HubSpot cannot be reached: [Errno 111] Connection refused")
    assert told == "HubSpot ist nicht zu erreichen: Verbindung abgelehnt"
    assert trouble("[Errno -2] Name or service not known") == "name or service not known"
