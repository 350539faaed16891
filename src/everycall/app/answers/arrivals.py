"""How many callers come in each hour of a day, as the history shows."""

from dataclasses import dataclass

from everycall.app.answers.ledger import within
from everycall.app.history.asking import Asking


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """An hour of the day.

    Attributes:
        hour: 0 to 23, local time. `arrivals`: callers who asked for a person, on an average day.
        handling_ms: how long a call took the one who answered it, on average; null if none was.
    """

    hour: int
    arrivals: float
    handling_ms: float | None


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def by_hour(
    asking: Asking,
    since: int | None,
    until: int | None,
    weekday: str | None = None,
    queue: str | None = None,
) -> list[HourOfDay]:
    """Return the arrivals of every hour of an average day, or of one weekday.

    A day without any call counts, if it lies between the first and the last.
    """
    local = f"(make_timestamp(c.arrived_at) AT TIME ZONE 'UTC' AT TIME ZONE '{asking.zone}')"
    wanted = "TRUE" if weekday is None else f"isodow({local}) = {WEEKDAYS.index(weekday) + 1}"
    base = (
        f"FROM calls AS c WHERE c.direction = 'inbound' AND {within('c.arrived_at', since, until)} "
        f"AND {wanted}"
    )
    first, last = asking.rows(
        f"SELECT MIN(CAST({local} AS DATE)), MAX(CAST({local} AS DATE)) {base}"
    )[0]
    if first is None:
        return []
    step = 7 if weekday is not None else 1
    days = (last - first).days // step + 1
    rows = asking.rows(
        f"SELECT hour({local}), COUNT(*), AVG(c.talk_ms + COALESCE(c.hold_ms, 0)) {base} "
        "AND COALESCE(c.asked_for_person, TRUE) AND (? IS NULL OR c.first_queue = ?) "
        "GROUP BY 1 ORDER BY 1",
        [queue, queue],
    )
    found = {hour: HourOfDay(hour, n / days, handling) for hour, n, handling in rows}
    return [found.get(hour, HourOfDay(hour, 0.0, None)) for hour in range(24)]
