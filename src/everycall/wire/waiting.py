"""How long the other side asks us to wait: in seconds, or until a date."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(hours=1)
UNSAID = "10"


def asked_to_wait(headers: Mapping[str, str]) -> timedelta:
    """Return the pause that an answer asks for, within reason."""
    said = headers.get("retry-after") or headers.get("x-ratelimit-reset") or UNSAID
    try:
        wait = timedelta(seconds=float(said))
    except ValueError:
        wait = _until(said)
    return min(max(wait, SHORTEST), LONGEST)


def _until(said: str) -> timedelta:
    try:
        return parsedate_to_datetime(said) - datetime.now(UTC)
    except ValueError:
        return SHORTEST
