"""How a leg sounded, by the reports that its two ends send each other (RTCP, RFC 3550 section 6.4)."""

from collections.abc import Sequence

from everycall.sources.channels.steps import Step

FRACTION = 256
"""A report says which part of the packets was lost, in so many parts."""

CLOCK = 8
"""Ticks of the clock of telephone sound in a millisecond; wide-band sound may have a faster one."""


def sounded(reports: Sequence[Step], channel: str) -> str | None:
    """Return loss and jitter of a leg in words; None if nobody reported any.

    Each report is of the time since the one before. Loss is the mean of the reports of one way,
    jitter its highest; of the two ways the worse counts.
    """
    said = [report for report in reports if report.channel == channel]
    ways = [told for way in ("from", "to") if (told := _reports(said, way))]
    if not ways:
        return None
    found = [_heard(told) for told in ways]
    loss, jitter = max(lost for lost, _ in found), max(uneven for _, uneven in found)
    return f"loss={loss:.3f} jitter={jitter:.0f} ms"


def _heard(reports: Sequence[tuple[int, int]]) -> tuple[float, float]:
    lost = sum(lost for lost, _ in reports) / FRACTION / len(reports)
    return lost, max(jitter for _, jitter in reports) / CLOCK


def _reports(said: Sequence[Step], way: str) -> list[tuple[int, int]]:
    pairs = (s.value.partition("/") for s in said if s.variable == way)
    return [(int(lost), int(jitter)) for lost, _, jitter in pairs]
