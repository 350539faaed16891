"""A remedy in words: its id, its title, when and where its calls were missed."""

import re

from everycall.app.audit.evidence import Cluster, days_in_words
from everycall.app.history.asking import Asking
from everycall.remedies.model import Cause
from everycall.remedies.patterns import WEEKDAYS
from everycall.reports.words import Name, listed, numbered, said


def id_of(cause: str, part: str | None) -> str:
    """Return the id of a remedy, the same from one report to the next."""
    if part is None:
        return cause
    words = WEEKDAYS[int(part)] if cause == "weekday" else part
    return f"{cause}:{re.sub(r'[^a-z0-9:+]+', '-', words.lower()).strip('-')}"


def part_in_words(one: Cluster) -> str:
    """Return what tells a remedy from others of its cause, in words."""
    named = one.cause != "weekday" or not one.part
    return Name(one.part or "") if named else WEEKDAYS[int(one.part or 0)]


TITLES = {
    "outage": "The phone system was away on {part}",
    "lines_busy": "All lines were busy",
    "pushed_away": "{part} pushes rings away",
    "rings_in_vain": "{part}'s phone rings in vain",
    "peak_day": "Far more calls than usual on {part}",
    "lunch_gap": "Too few people at lunch time, {part}",
    "gap": "Too few people at {part}",
    "weekday": "Too few people on {part}s",
    "nobody_there": "Nobody is signed in to {part}",
    "all_paused": "Everybody in {part} is paused at once",
    "not_rung": "Somebody in {part} was free and was not rung",
    "not_picked_up": "Phones of {part} ring and nobody picks up",
    "busy_elsewhere": "The people of {part} are busy with other calls",
    "misrouted": "Calls to {part} come out in the wrong queue",
    "menu_loop": "The menu of {part} sends callers round in circles",
}
"""What remedies are called that have a part; the others have the title of their cause."""

WHEN = ("Monday to Friday, {part}", "{part}s", "{days} days from {first} to {last}")

NO_QUEUE = "no queue"


def title_of(cause: Cause, one: Cluster) -> str:
    """Return the title of a remedy."""
    title = TITLES.get(cause.id)
    return said(title, part=part_in_words(one)) if title and one.part else cause.title


def when_of(one: Cluster) -> str:
    """Return when its calls were missed."""
    if one.cause in ("lunch_gap", "gap"):
        return said(WHEN[0], part=one.part or "")
    if one.cause == "weekday":
        return said(WHEN[1], part=part_in_words(one))
    if len(one.days) <= 5:
        return days_in_words(one.days)
    return said(WHEN[2], days=len(one.days), first=f"{one.days[0]}", last=f"{one.days[-1]}")


def where_of(asking: Asking, one: Cluster) -> str:
    """Return in which queues its calls were missed, most first."""
    rows = asking.rows(
        "SELECT queue, COUNT(*) FROM misses "
        "WHERE cause = ? AND part IS NOT DISTINCT FROM ? GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4",
        [one.cause, one.part],
    )
    return listed(numbered(Name(queue) if queue else NO_QUEUE, n) for queue, n in rows)
