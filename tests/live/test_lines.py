"""How talks sounded, phone by phone: told again is not heard again."""

from everycall.events import Kind
from everycall.live.lines import Lines, Remark


def heard(at: int, text: str) -> Remark:
    return Remark(Kind.TALK_QUALITY, at, None, "PJSIP/1001", text)


def test_a_leg_that_is_told_again_counts_once() -> None:
    lines = Lines()
    said = heard(1, "loss=0.100 jitter=12 ms")
    lines.take([said, said, heard(2, "loss=0.001 jitter=3 ms")])
    found = lines.quality()[0]
    assert (found.reports, found.bad, found.loss, found.jitter_ms) == (2, 1, 0.1, 12.0)


def test_what_is_told_again_after_midnight_is_yesterdays() -> None:
    lines = Lines()
    lines.begin(10)
    said = heard(12, "loss=0.100 jitter=12 ms")
    lines.take([said])
    lines.begin(20)
    lines.take([said])
    assert (lines.quality(), lines._heard_at) == ((), {})
    lines.take([heard(20, "loss=0.100 jitter=12 ms")])
    assert lines.quality()[0].reports == 1
