"""What shows that a cause is the cause: sentences with the numbers in them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.audit.clustering import Found, outage_name
from everycall.app.history.asking import Asking
from everycall.clock import from_micros
from everycall.remedies.model import Presence
from everycall.remedies.patterns import WEEKDAYS, clock, stretches_of
from everycall.reports.words import Length, Name, Share, listed, numbered, said, said_many


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


def days_in_words(days: Iterable[date]) -> str:
    """Write days in words, those that follow each other as one."""
    return listed(_stretch(first, last) for first, last in stretches_of(days))


def _stretch(first: date, last: date) -> str:
    if first == last:
        return f"{first}"
    return said("{first} to {last}", first=f"{first}", last=f"{last}")


def _who_was_there(presence: Presence | None) -> Iterator[str]:
    if presence is None or presence.signed_in == 0:
        return
    yield said(
        "When they began to wait, {signed_in} people of their queue were signed in: {paused} paused, "
        "{talking} talking ({elsewhere} of them on other calls than this queue's), {free} free.",
        signed_in=float(presence.signed_in),
        paused=float(presence.paused),
        talking=float(presence.talking),
        elsewhere=float(presence.elsewhere),
        free=float(presence.free),
    )


def _outage(scene: Scene) -> Iterator[str]:
    for one in scene.found.outages:
        if outage_name(one, scene.asking.zone) != scene.cluster.part:
            continue
        until = f"{from_micros(one.to_at).astimezone(scene.asking.zone):%H:%M}"
        since = scene.cluster.part or ""
        if one.told:
            yield said(
                "The phone system was away from {since} to {until}.", since=since, until=until
            )
        else:
            yield said(
                "Nothing was heard of any call from {since} to {until}.", since=since, until=until
            )
        if one.usual is not None:
            yield meanwhile(one.usual)


def meanwhile(usual: float) -> str:
    """Say how many calls came, as far as one can know, while nothing was written down."""
    return said(
        "About {n} calls usually come in such a time; those that came are in no log of yours.",
        n=round(usual),
    )


def _pushed(scene: Scene) -> Iterator[str]:
    own = next(one for one in scene.found.pushers if one.agent == scene.cluster.part)
    others = [one for one in scene.found.rings if one.agent != scene.cluster.part]
    usual = sum(one.pushed for one in others) / max(1, sum(one.offered for one in others))
    yield said(
        "{person} pushed away {pushed} of {offered} rings ({share}); the others {usual}.",
        person=Name(own.agent),
        pushed=own.pushed,
        offered=own.offered,
        share=Share(own.pushed / own.offered),
        usual=Share(usual),
    )
    yield said(
        "A ring counts as pushed away if it was refused, or ended long before a ring of that queue "
        "usually does."
    )


def _silent(scene: Scene) -> Iterator[str]:
    days = scene.found.silent.get(scene.cluster.part or "", [])
    rings = sum(one.unheard for one in days)
    yield said(
        "{person}'s phone rang {rings} times on {days} and was not picked up once.",
        person=Name(scene.cluster.part or ""),
        rings=rings,
        days=days_in_words(d.day for d in days),
    )


def _peak(scene: Scene) -> Iterator[str]:
    for one in scene.found.peaks:
        if f"{one.day}" == scene.cluster.part:
            yield said(
                "{n} callers asked for a person on {day}, a {weekday}; usually {usual}. Most of them "
                "came between {first} and {last}.",
                n=one.arrived,
                day=f"{one.day}",
                weekday=WEEKDAYS[one.day.weekday()],
                usual=round(one.usual),
                first=clock(one.first),
                last=clock(one.last + 1),
            )
            yield said(
                "{share} were missed, on other such days {usual}.",
                share=Share(one.share),
                usual=Share(one.usual_share),
            )


def _gap(scene: Scene) -> Iterator[str]:
    for one in scene.found.gaps:
        if one.name == scene.cluster.part:
            yield said(
                "{share} of the callers are missed between {first} and {last}, at other times {usual}.",
                share=Share(one.missed / one.arrived),
                first=clock(one.first),
                last=clock(one.last + 1),
                usual=Share(one.usual),
            )
            inside = f"slot BETWEEN {one.first} AND {one.last} AND weekday < 5"
            yield from _team(scene, inside, said("at other times"))


def _weekday(scene: Scene) -> Iterator[str]:
    for one in scene.found.weekdays:
        if str(one.weekday) == scene.cluster.part:
            yield said(
                "{share} of the callers are missed on a {weekday}, on other days {usual}.",
                share=Share(one.missed / one.arrived),
                weekday=WEEKDAYS[one.weekday],
                usual=Share(one.usual),
            )
            yield said(
                "{n} callers ask for a person on a {weekday}, {usual} on other days (short peaks and "
                "gaps left out).",
                n=round(one.a_day),
                weekday=WEEKDAYS[one.weekday],
                usual=round(one.usual_a_day),
            )
            yield from _team(scene, f"weekday = {one.weekday}", said("on other days"))


_TEAM = """
SELECT AVG(signed_in) FILTER (WHERE {inside}), AVG(paused) FILTER (WHERE {inside}),
  AVG(signed_in) FILTER (WHERE NOT ({inside}) AND {among}),
  AVG(paused) FILTER (WHERE NOT ({inside}) AND {among})
FROM (
  SELECT l.signed_in, l.paused, isodow(l.local) - 1 AS weekday,
    (hour(l.local) * 60 + minute(l.local)) // 30 AS slot
  FROM (
    SELECT *, make_timestamp("at") AT TIME ZONE 'UTC' AT TIME ZONE '{zone}' AS local
    FROM team_levels
  ) AS l
) AS team
"""


_AMONG = "weekday < 5"


def _team(scene: Scene, inside: str, otherwise: str) -> Iterator[str]:
    row = scene.asking.rows(_TEAM.format(inside=inside, among=_AMONG, zone=scene.asking.zone))[0]
    if None in row:
        return
    signed, paused, signed_else, paused_else = row
    yield said(
        "Of the whole team {there} people are there then ({signed} signed in, {paused} paused), "
        "{otherwise} {there_else}.",
        there=float(signed - paused),
        signed=float(signed),
        paused=float(paused),
        otherwise=otherwise,
        there_else=float(signed_else - paused_else),
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
    yield said_many(
        len(scene.cluster.days),
        "On {n} day; most calls on: {days}.",
        "On {n} days; most calls on: {days}.",
        days=days,
    )


def _closed(scene: Scene) -> Iterator[str]:
    rows = _misses(
        scene,
        "slot // 2, COUNT(*), COUNT(DISTINCT day)",
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 3",
    )
    hours = listed(numbered(f"{hour:02}:00-{hour + 1:02}:00", n) for hour, n, _ in rows)
    yield said("Most come at {hours}.", hours=hours)
    sundays = _misses(scene, "COUNT(*) FILTER (WHERE weekday = 6), COUNT(*)")[0]
    yield said("{n} of {all} come on a Sunday.", n=sundays[0], all=sundays[1])
    disagreed = _misses(scene, "COUNT(*) FILTER (WHERE open_at_arrival)")[0][0]
    if disagreed:
        yield said_many(
            disagreed,
            "{n} caller was told that you are closed while your opening hours say open.",
            "{n} callers were told that you are closed while your opening hours say open.",
        )


def _transfer(scene: Scene) -> Iterator[str]:
    rows = _misses(
        scene,
        "queue, COUNT(*)",
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 4",
    )
    queues = listed(numbered(Name(queue) if queue else said("a person"), n) for queue, n in rows)
    yield said("The last queue that they waited in: {queues}.", queues=queues)


def _menu(scene: Scene) -> Iterator[str]:
    median, entries = _misses(
        scene, "CAST(MEDIAN(lasted_us) AS BIGINT) // 1000000, MAX(menu_entries)"
    )[0]
    if median is not None:
        yield said("Half of them leave within {time}.", time=Length(median * 1000))
    if entries and entries >= 3:
        yield said("They heard the menu up to {n} times.", n=entries)


def _misrouted(scene: Scene) -> Iterator[str]:
    rows = _misses(scene, "client, queue_client, COUNT(*)", "GROUP BY 1, 2 ORDER BY 3 DESC")
    for client, other, n in rows:
        yield said_many(
            n,
            "{n} call to {number}, a number of {client}, waited for {other}.",
            "{n} calls to {number}, a number of {client}, waited for {other}.",
            number=Name(scene.cluster.part or ""),
            client=Name(client or "–"),
            other=Name(other or "–"),
        )


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
