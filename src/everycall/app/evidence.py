"""What shows that a cause is the cause: sentences with the numbers in them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.asking import Asking
from everycall.app.clustering import Found, outage_name
from everycall.clock import from_micros
from everycall.remedies.model import Presence
from everycall.remedies.patterns import WEEKDAYS, clock, stretches_of
from everycall.reports.words import count, percent, plural


@dataclass(frozen=True, slots=True)
class Cluster:
    """Missed calls of one cause, as they were counted.

    Attributes:
        part: which remedy of the cause, by the column that the cause names.
        calls: missed calls; `callers`: needs first missed so; `unreached`: never helped.
        days: on which days; `call_ids`: which calls.
    """

    cause: str
    part: str | None
    calls: int
    callers: int
    unreached: int
    presence: Presence | None
    days: Sequence[date]
    call_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Scene:
    """A cluster, and what else stood out in its period."""

    asking: Asking
    found: Found
    cluster: Cluster


def evidence(scene: Scene, *, who_was_there: bool) -> tuple[str, ...]:
    """Return the sentences that show a cause, the most telling one first."""
    told = _TELLERS.get(scene.cluster.cause)
    own = list(told(scene)) if told else []
    return (*own, *_who_was_there(scene.cluster.presence if who_was_there else None))


def _who_was_there(presence: Presence | None) -> Iterator[str]:
    if presence is None or presence.signed_in == 0:
        return
    yield (
        f"When they began to wait, {presence.signed_in:.1f} people of their queue were signed in: "
        f"{presence.paused:.1f} paused, {presence.talking:.1f} talking "
        f"({presence.elsewhere:.1f} of them on other calls than this queue's), "
        f"{presence.free:.1f} free."
    )


def _outage(scene: Scene) -> Iterator[str]:
    for one in scene.found.outages:
        if outage_name(one, scene.asking.zone) != scene.cluster.part:
            continue
        until = f"{from_micros(one.to_at).astimezone(scene.asking.zone):%H:%M}"
        says = "The phone system was away" if one.told else "Nothing was heard of any call"
        yield f"{says} from {scene.cluster.part} to {until}."
        if one.usual is not None:
            yield (
                f"About {count(one.usual)} calls usually come in such a time; those that came are in "
                "no log of yours."
            )


def _pushed(scene: Scene) -> Iterator[str]:
    own = next(one for one in scene.found.pushers if one.agent == scene.cluster.part)
    others = [one for one in scene.found.rings if one.agent != scene.cluster.part]
    usual = sum(one.pushed for one in others) / max(1, sum(one.offered for one in others))
    yield (
        f"{own.agent} pushed away {count(own.pushed)} of {count(own.offered)} rings "
        f"({percent(own.pushed / own.offered)}); the others {percent(usual)}."
    )
    yield (
        "A ring counts as pushed away if it was refused, or ended long before a ring of that queue "
        "usually does."
    )


def _silent(scene: Scene) -> Iterator[str]:
    days = scene.found.silent.get(scene.cluster.part or "", [])
    rings = sum(one.unheard for one in days)
    yield (
        f"{scene.cluster.part}'s phone rang {count(rings)} times on {stretches_of(d.day for d in days)} "
        "and was not picked up once."
    )


def _peak(scene: Scene) -> Iterator[str]:
    for one in scene.found.peaks:
        if f"{one.day}" == scene.cluster.part:
            yield (
                f"{count(one.arrived)} callers asked for a person on {one.day}, a "
                f"{WEEKDAYS[one.day.weekday()]}; usually {count(one.usual)}. Most of them came "
                f"between {clock(one.first)} and {clock(one.last + 1)}."
            )
            yield (
                f"{percent(one.share)} were missed, on other such days {percent(one.usual_share)}."
            )


def _gap(scene: Scene) -> Iterator[str]:
    for one in scene.found.gaps:
        if one.name == scene.cluster.part:
            yield (
                f"{percent(one.missed / one.arrived)} of the callers are missed between "
                f"{clock(one.first)} and {clock(one.last + 1)}, at other times {percent(one.usual)}."
            )
            yield from _team(scene, f"slot BETWEEN {one.first} AND {one.last} AND weekday < 5",
                             "weekday < 5", "at other times")  # fmt: skip


def _weekday(scene: Scene) -> Iterator[str]:
    for one in scene.found.weekdays:
        if str(one.weekday) == scene.cluster.part:
            name = WEEKDAYS[one.weekday]
            yield (
                f"{percent(one.missed / one.arrived)} of the callers are missed on a {name}, on "
                f"other days {percent(one.usual)}."
            )
            yield (
                f"{count(one.a_day)} callers ask for a person on a {name}, {count(one.usual_a_day)} "
                "on other days (short peaks and gaps left out)."
            )
            yield from _team(scene, f"weekday = {one.weekday}", "weekday < 5", "on other days")


_TEAM = """
SELECT AVG(signed_in) FILTER (WHERE {inside}), AVG(paused) FILTER (WHERE {inside}),
  AVG(signed_in) FILTER (WHERE NOT ({inside}) AND {among}),
  AVG(paused) FILTER (WHERE NOT ({inside}) AND {among})
FROM (
  SELECT l.signed_in, l.paused, isodow(l.local) - 1 AS weekday,
    (hour(l.local) * 60 + minute(l.local)) // 30 AS slot
  FROM (
    SELECT *, make_timestamp("at") AT TIME ZONE 'UTC' AT TIME ZONE '{zone}' AS local
    FROM levels WHERE queue = ''
  ) AS l
) AS team
"""


def _team(scene: Scene, inside: str, among: str, else_: str) -> Iterator[str]:
    row = scene.asking.rows(_TEAM.format(inside=inside, among=among, zone=scene.asking.zone))[0]
    if None in row:
        return
    signed, paused, signed_else, paused_else = row
    yield (
        f"Of the whole team {signed - paused:.1f} people are there then ({signed:.1f} signed in, "
        f"{paused:.1f} paused), {else_} {signed_else - paused_else:.1f}."
    )


def _nobody(scene: Scene) -> Iterator[str]:
    rows = _misses(
        scene,
        "day, COUNT(*), MIN(arrived_at), MAX(arrived_at)",
        "GROUP BY day ORDER BY 2 DESC, 1 LIMIT 4",
    )
    days = ", ".join(
        f"{day} {_clock(first, scene.asking.zone)}-{_clock(last, scene.asking.zone)} ({n})"
        for day, n, first, last in rows
    )
    yield f"On {plural(len(scene.cluster.days), 'day', 'days')}; most calls on: {days}."


def _closed(scene: Scene) -> Iterator[str]:
    rows = _misses(
        scene,
        "slot // 2, COUNT(*), COUNT(DISTINCT day)",
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 3",
    )
    hours = ", ".join(f"{hour:02}:00-{hour + 1:02}:00 ({count(n)})" for hour, n, _ in rows)
    yield f"Most come at {hours}."
    sundays = _misses(scene, "COUNT(*) FILTER (WHERE weekday = 6), COUNT(*)")[0]
    yield f"{count(sundays[0])} of {count(sundays[1])} come on a Sunday."
    disagreed = _misses(scene, "COUNT(*) FILTER (WHERE open_at_arrival)")[0][0]
    if disagreed:
        yield (
            f"{plural(disagreed, 'caller was', 'callers were')} told that you are closed while your "
            "opening hours say open."
        )


def _transfer(scene: Scene) -> Iterator[str]:
    rows = _misses(
        scene,
        "COALESCE(queue, 'a person'), COUNT(*)",
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 4",
    )
    yield "The last queue that they waited in: " + ", ".join(f"{q} ({n})" for q, n in rows) + "."


def _menu(scene: Scene) -> Iterator[str]:
    median, entries = _misses(
        scene, "CAST(MEDIAN(lasted_us) AS BIGINT) // 1000000, MAX(menu_entries)"
    )[0]
    if median is not None:
        yield f"Half of them leave within {median} s."
    if entries and entries >= 3:
        yield f"They heard the menu up to {entries} times."


def _misrouted(scene: Scene) -> Iterator[str]:
    rows = _misses(scene, "client, queue_client, COUNT(*)", "GROUP BY 1, 2 ORDER BY 3 DESC")
    for client, other, n in rows:
        yield f"{count(n)} calls to {scene.cluster.part}, a number of {client}, waited for {other}."


def _misses(scene: Scene, what: str, rest: str = "") -> list[tuple[Any, ...]]:
    found = f"SELECT {what} FROM misses WHERE cause = ? AND part IS NOT DISTINCT FROM ? {rest}"
    return scene.asking.rows(found, [scene.cluster.cause, scene.cluster.part])


def _clock(micros: int, zone: ZoneInfo) -> str:
    return f"{from_micros(micros).astimezone(zone):%H:%M}"


_TELLERS: dict[str, Callable[[Scene], Iterator[str]]] = {
    "outage": _outage,
    "pushed_away": _pushed,
    "rings_in_vain": _silent,
    "peak_day": _peak,
    "lunch_gap": _gap,
    "gap": _gap,
    "weekday": _weekday,
    "nobody_there": _nobody,
    "all_paused": _nobody,
    "closed": _closed,
    "transfer": _transfer,
    "menu": _menu,
    "menu_loop": _menu,
    "misrouted": _misrouted,
}
