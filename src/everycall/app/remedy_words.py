"""A remedy in words: its id, its title, when and where its calls were missed."""

import re

from everycall.app.asking import Asking
from everycall.app.evidence import Cluster
from everycall.remedies.model import Cause
from everycall.remedies.patterns import WEEKDAYS, stretches_of
from everycall.reports.words import count, plural


def id_of(cause: str, part: str | None) -> str:
    """Return the id of a remedy, the same from one report to the next."""
    if part is None:
        return cause
    words = WEEKDAYS[int(part)] if cause == "weekday" else part
    return f"{cause}:{re.sub(r'[^a-z0-9:+]+', '-', words.lower()).strip('-')}"


def part_in_words(one: Cluster) -> str:
    """Return what tells a remedy from others of its cause, in words."""
    return WEEKDAYS[int(one.part)] if one.cause == "weekday" and one.part else one.part or ""


def title_of(cause: Cause, one: Cluster) -> str:
    """Return the title of a remedy."""
    part = part_in_words(one)
    titles = {
        "outage": f"{cause.title} on {part}",
        "pushed_away": f"{part} pushes rings away",
        "rings_in_vain": f"{part}'s phone rings in vain",
        "peak_day": f"Far more calls than usual on {part}",
        "lunch_gap": f"Too few people at lunch time, {part}",
        "gap": f"Too few people at {part}",
        "weekday": f"Too few people on {part}s",
        "nobody_there": f"Nobody is signed in to {part}",
        "all_paused": f"Everybody in {part} is paused at once",
        "not_rung": f"Somebody in {part} was free and was not rung",
        "not_picked_up": f"Phones of {part} ring and nobody picks up",
        "busy_elsewhere": f"The people of {part} are busy with other calls",
        "misrouted": f"Calls to {part} come out in the wrong queue",
        "menu_loop": f"The menu of {part} sends callers round in circles",
    }
    return titles.get(cause.id, cause.title) if one.part else cause.title


def when_of(one: Cluster) -> str:
    """Return when its calls were missed."""
    if one.cause in ("lunch_gap", "gap"):
        return f"Monday to Friday, {one.part}"
    if one.cause == "weekday":
        return f"{part_in_words(one)}s"
    if len(one.days) <= 5:
        return stretches_of(one.days)
    return f"{plural(len(one.days), 'day', 'days')} from {one.days[0]} to {one.days[-1]}"


def where_of(asking: Asking, one: Cluster) -> str:
    """Return in which queues its calls were missed, most first."""
    rows = asking.rows(
        "SELECT COALESCE(queue, 'no queue'), COUNT(*) FROM misses "
        "WHERE cause = ? AND part IS NOT DISTINCT FROM ? GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4",
        [one.cause, one.part],
    )
    return ", ".join(f"{queue} ({count(n)})" for queue, n in rows)
