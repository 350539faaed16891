"""What is said while the clock is behind what it has told before."""

from everycall.clock import from_micros, iso

PUT_BACK = 5_000_000
"""A clock that is put right by no more than so many microseconds was not put back."""


def was_put_back(now: int, before: int) -> bool:
    """Tell whether a moment is so far before one that was before it."""
    return now < before - PUT_BACK


def clock_troubles(newest: int, now: int) -> list[str]:
    """Return what is wrong with the clock, in a sentence, until it has caught up with itself.

    Args:
        newest: the latest moment at which anything was received.
        now: the present moment.
    """
    if not was_put_back(now, newest):
        return []
    behind = from_micros(newest) - from_micros(now)
    minutes, seconds = divmod(round(behind.total_seconds()), 60)
    sentence = (
        f"the clock is {minutes} min {seconds} s behind what was received at {iso(newest)}: it was "
        "put back, or ran ahead before; nothing is lost, but moments of that time may be wrong"
    )
    return [sentence]
