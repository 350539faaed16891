"""What a finished call proves, and what it only suggests."""

import pytest

from everycall.recovery import Ended, Verdict, judge
from recovery.calls import NINE, answered, missed, ours


@pytest.mark.parametrize(
    ("call", "verdict", "certain"),
    [
        (answered(), Verdict.RETURNED, True),
        (answered(talk=9_999), Verdict.AGAIN, True),
        (answered(talk=10_000), Verdict.RETURNED, True),
        (answered(talk=None), Verdict.RETURNED, False),
        (answered(shared=True), Verdict.RETURNED, False),
        (missed("m2", 30), Verdict.AGAIN, True),
        (missed("m2", 30, shared=True), Verdict.AGAIN, False),
        (missed("m2", 30, caller=None), Verdict.NOTHING, True),
        (answered(minutes=-30), Verdict.NOTHING, True),
        (answered(direction="internal"), Verdict.NOTHING, True),
        (ours(), Verdict.HELPED, True),
        (ours(talk_ms=4_000), Verdict.TRIED, True),
        (ours(outcome="message_left"), Verdict.MESSAGE, True),
        (ours(outcome="no_answer"), Verdict.TRIED, True),
        (ours(direction="callback"), Verdict.HELPED, True),
    ],
)
def test_what_a_call_proves(call: Ended, verdict: Verdict, *, certain: bool) -> None:
    found = judge(call, NINE)
    assert (found.verdict, found.certain) == (verdict, certain)
    assert found.reason


def test_who_talks_with_us_is_named() -> None:
    assert "Ann talked for 60 s" in judge(answered(), NINE).reason
