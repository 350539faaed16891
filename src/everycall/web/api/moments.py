"""Moments that are asked for: one without a zone is UTC, and each is one that UTC has."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from everycall.clock import to_micros

LATEST = datetime(9000, 1, 1, tzinfo=UTC)


def _in_utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        sentence = "in UTC this is before the year 1 or after the year 9999"
        raise PydanticCustomError("moment", sentence) from None


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A moment in UTC."""


def micros(moment: datetime | None) -> int | None:
    """Return a moment in microseconds."""
    return None if moment is None else to_micros(min(moment, LATEST))
