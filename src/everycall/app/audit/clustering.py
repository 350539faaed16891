"""Every missed call with its one cause: tables of what stood out, and the rules over them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from everycall.app.answers.ledger import within
from everycall.app.answers.measured_tables import exists, make
from everycall.app.history.asking import Asking
from everycall.app.history.kept_tables import found_once
from everycall.app.history.stored import of_history
from everycall.app.site.given import site_calendars
from everycall.app.site.sitefile import SiteFile
from everycall.clock import from_micros, to_micros
from everycall.metrics.slots import SLOT as SLOT_US
from everycall.remedies.causes import CAUSES
from everycall.remedies.patterns import (
    SILENT,
    SLOT,
    BusyWeekday,
    Gap,
    Outage,
    Peak,
    PhoneDay,
    Rings,
    Slot,
    busy_weekdays,
    gaps,
    joined,
    peaks,
    pushers,
    silent_phones,
)
from everycall.remedies.presence import DAY, INPUTS, PRESENT, presence_steps, team_steps


@dataclass(frozen=True, slots=True)
class Found:
    """What stood out in a period.

    Attributes:
        slots: each half hour of each day in which you were open.
        rings: of everybody; `pushers`: who pushes away far more than the others.
    """

    slots: tuple[Slot, ...]
    rings: tuple[Rings, ...]
    pushers: tuple[Rings, ...]
    silent: dict[str, list[PhoneDay]]
    peaks: tuple[Peak, ...]
    gaps: tuple[Gap, ...]
    weekdays: tuple[BusyWeekday, ...]
    outages: tuple[Outage, ...]


def cluster(
    asking: Asking, site: SiteFile, since: int | None, until: int | None, reading: str
) -> Found:
    """Make the table `misses`, each missed call of a period with its cause; return what stood out.

    The ledger's tables come first; `reading` is what `open_ledger` returned.
    """
    engine = asking.engine
    make(asking, ["slots"], site, None)
    engine.view("arrivals", _ARRIVALS.format(within=within("c.arrived_at", since, until)))
    engine.table("half_hours", _HALF_HOURS)
    see_people(asking, site, reading)
    engine.load("probes", INPUTS["probes"], ((at,) for at in _probes(asking)))
    for name, statement in team_steps():
        engine.table(name, statement)
    engine.view("rings", _RINGS.format(within=within("g.arrived_at", since, until)))
    engine.table("phone_days", _PHONE_DAYS)
    found = _found(asking, site, since, until)
    _load(asking, found)
    engine.table("known", _KNOWN.format(within=within("m.arrived_at", since, until)))
    whens = " ".join(f"WHEN {cause.when} THEN '{cause.id}'" for cause in CAUSES)
    parts = " ".join(
        f"WHEN '{cause.id}' THEN CAST({cause.part} AS VARCHAR)" for cause in CAUSES if cause.part
    )
    engine.table(
        "misses",
        f"SELECT *, CASE cause {parts} END AS part FROM (SELECT *, CASE {whens} END AS cause FROM known)",
    )
    return found


# ---- inputs


_OF_SLOT = "s.date AS day, s.weekday - 1 AS weekday, s.half_of_day AS slot"

_ARRIVALS = f"""
SELECT c.arrived_at, NOT m.call_id IS NULL AND m.counted AS missed,
  NOT c.outcome IN ('caller_left_in_menu', 'caller_left_closed', 'caller_left_in_bot',
    'self_served', 'blocked', 'pending') AS asked,
  COALESCE(c.open_at_arrival, TRUE) AND NOT COALESCE(c.told_closed, FALSE) AS open, {_OF_SLOT}
FROM counted AS c
INNER JOIN slots AS s ON s.slot = c.arrived_at // {SLOT_US}
LEFT JOIN missed AS m ON m.call_id = c.call_id
WHERE c.direction = 'inbound' AND {{within}}
"""

_HALF_HOURS = """
SELECT day, weekday, slot, MIN(arrived_at) AS first_at, MAX(arrived_at) AS last_at,
  COUNT(*) AS calls, COUNT(*) FILTER (WHERE open) AS open_calls,
  COUNT(*) FILTER (WHERE open AND asked) AS asked_calls,
  COUNT(*) FILTER (WHERE open AND asked AND missed) AS missed_calls
FROM arrivals
GROUP BY day, weekday, slot
"""
"""What the patterns are found in: so few rows that they may be read again and again."""


def see_people(asking: Asking, site: SiteFile, reading: str) -> None:
    """Make `present`, who was there at each missed call, and `all_rings`: both of all days."""
    engine = asking.engine
    if not exists(asking, "all_rings"):
        found_once(asking, ["all_rings"], lambda: engine.table("all_rings", _ALL_RINGS))
    queues = {name: client.queues for name, client in site.clients.items()}
    engine.load(
        "client_queues", INPUTS["client_queues"], ((n, q) for n, own in queues.items() for q in own)
    )

    def see() -> None:
        make(asking, ["sign_ins"], site, None)
        # who is there is known from all that was ever said of people, whichever days are looked at
        first = min(source.first_at for source in asking.manifest.sources) // DAY
        last = max(source.last_at for source in asking.manifest.sources) // DAY
        engine.load("days", INPUTS["days"], ((day,) for day in range(first - 1, last + 2)))
        for name, statement in presence_steps():
            engine.table(name, of_history(statement))

    about = (reading, site.limits.short_call, site.agents, queues)
    found_once(asking, PRESENT, see, *about, in_memory=True)


def _probes(asking: Asking) -> Iterator[int]:
    """Yield the middle of every half hour in which anybody called while you were open."""
    half = timedelta(minutes=SLOT)
    for day, slot in asking.rows("SELECT day, slot FROM half_hours WHERE open_calls > 0"):
        start = datetime(day.year, day.month, day.day, tzinfo=asking.zone)
        yield to_micros((start + half * slot + half / 2).astimezone(UTC))


_ALL_RINGS = """
SELECT a.call_id, a.agent, a.result, c.arrived_at,
  a.result = 'rejected' OR (
    a.result = 'no_answer' AND u.usual_ms >= 8000 AND COALESCE(a.lasted_ms < 0.6 * u.usual_ms, FALSE)
  ) AS pushed
FROM attempts AS a
INNER JOIN counted AS c ON c.call_id = a.call_id
LEFT JOIN (
  SELECT queue, QUANTILE_CONT(lasted_ms, 0.75) AS usual_ms FROM attempts
  WHERE result = 'no_answer' AND NOT queue IS NULL GROUP BY queue
) AS u ON u.queue = a.queue
WHERE NOT a.agent IS NULL AND NOT a.queue IS NULL AND COALESCE(a.agent_kind, 'person') = 'person'
  AND c.direction = 'inbound'
"""

_RINGS = f"""
SELECT g.call_id, g.agent, g.result, g.pushed, s.date AS day
FROM all_rings AS g
INNER JOIN slots AS s ON s.slot = g.arrived_at // {SLOT_US}
WHERE {{within}}
"""

_PHONE_DAYS = """
SELECT agent, day, COUNT(*) FILTER (WHERE result IN ('answered', 'no_answer', 'rejected')) AS offered,
  COUNT(*) FILTER (WHERE pushed) AS pushed, COUNT(*) FILTER (WHERE result = 'answered') AS answered,
  COUNT(*) FILTER (WHERE result = 'no_answer' AND NOT pushed) AS unheard
FROM rings GROUP BY agent, day
"""


# ---- what stands out


def _found(asking: Asking, site: SiteFile, since: int | None, until: int | None) -> Found:
    slots = tuple(Slot(*row) for row in asking.rows(_SLOTS))
    rings = tuple(Rings(*row) for row in asking.rows(_OFFERED))
    high = peaks(slots)
    ordinary = [s for s in slots if s.day not in {peak.day for peak in high}]
    heavy = {one.weekday for one in busy_weekdays(ordinary)}
    holes = gaps([s for s in ordinary if s.day.weekday() not in heavy])
    inside = {slot for gap in holes for slot in range(gap.first, gap.last + 1)}
    rest = [s for s in ordinary if s.slot not in inside or s.day.weekday() > 4]
    return Found(
        slots,
        rings,
        tuple(pushers(rings)),
        silent_phones(PhoneDay(*row) for row in asking.rows(_OF_PHONES)),
        tuple(high),
        tuple(holes),
        tuple(busy_weekdays(rest)),
        tuple(_outages(asking, site, within("c.arrived_at", since, until))),
    )


_SLOTS = """
SELECT day, slot, asked_calls, missed_calls FROM half_hours
WHERE asked_calls > 0 ORDER BY day, slot
"""

_OFFERED = """
SELECT agent, CAST(SUM(offered) AS BIGINT), CAST(SUM(pushed) AS BIGINT)
FROM phone_days GROUP BY agent ORDER BY agent
"""

_OF_PHONES = "SELECT agent, day, answered, unheard FROM phone_days ORDER BY agent, day"

_TOLD = """
SELECT MAX(e."at"), g."at" FROM (
  SELECT "at" FROM events WHERE kind = 'source.gap' ORDER BY "at"
) AS g
INNER JOIN events AS e ON e."at" < g."at" AND e."at" >= g."at" - 86400000000
WHERE g."at" BETWEEN ? AND ?
GROUP BY g."at"
"""

_TRUNKS = """
SELECT l."at", MIN(b."at") FROM events AS l
INNER JOIN events AS b ON b.kind = 'trunk.back' AND b."at" > l."at"
  AND COALESCE(b.trunk, '') = COALESCE(l.trunk, '')
WHERE l.kind = 'trunk.lost' AND l."at" BETWEEN ? AND ?
GROUP BY l."at"
"""

_SILENCES = """
SELECT last_at, next_at FROM (
  SELECT last_at, LEAD(first_at) OVER (ORDER BY first_at) AS next_at FROM (
    SELECT MIN(c.arrived_at) AS first_at, MAX(c.arrived_at) AS last_at FROM counted AS c
    WHERE c.direction = 'inbound' AND {within}
    GROUP BY c.arrived_at // 300000000
  ) AS five_minutes
) AS followed
WHERE next_at - last_at BETWEEN 600000000 AND 43200000000
"""
"""A silence of ten minutes lies between the last call of five minutes and the first of others."""


def _outages(asking: Asking, site: SiteFile, period: str) -> list[Outage]:
    first, last = asking.rows("SELECT MIN(first_at), MAX(last_at) FROM half_hours")[0]
    if first is None:
        return []
    usual = _Usual(asking)
    told = [*asking.rows(_TOLD, [first, last]), *asking.rows(_TRUNKS, [first, last])]
    found = [_told(from_at, to_at, usual) for from_at, to_at in told]
    calendar = site_calendars(site)["site"]
    for from_at, to_at in asking.rows(_SILENCES.format(within=period)):
        open_for = calendar.business_time(from_micros(from_at), from_micros(to_at))
        length = timedelta(microseconds=to_at - from_at)
        expected = usual.between(from_at, to_at)
        if open_for is not None and open_for > 0.95 * length and (expected or 0) >= SILENT:
            found.append(Outage(from_at, to_at, told=False, usual=expected))
    return joined(found)


def _told(from_at: int, to_at: int, usual: "_Usual") -> Outage:
    """Return an outage that a source tells of; where it would be quiet anyway, only its end is known."""
    expected = usual.between(from_at, to_at)
    if expected is None or expected < QUIET:
        return Outage(max(from_at, to_at - 60_000_000), to_at, told=True)
    return Outage(from_at, to_at, told=True, usual=expected)


QUIET = 3
"""Where fewer calls than this usually come, that none came says nothing."""


class _Usual:
    """How many calls usually come in a stretch of a weekday."""

    def __init__(self, asking: Asking) -> None:
        self.zone = asking.zone
        rows = asking.rows(
            "SELECT weekday, slot, CAST(SUM(calls) AS BIGINT) FROM half_hours GROUP BY 1, 2"
        )
        self.calls = {(weekday, slot): n for weekday, slot, n in rows}
        days = asking.rows("SELECT weekday, COUNT(DISTINCT day) FROM half_hours GROUP BY 1")
        self.days = dict(days)

    def between(self, from_at: int, to_at: int) -> float | None:
        """Return it; None if that weekday came fewer than three times."""
        total, at = 0.0, from_at
        while at < to_at:
            local = from_micros(at).astimezone(self.zone)
            if self.days.get(local.weekday(), 0) < 3:
                return None
            minutes = local.hour * 60 + local.minute + local.second / 60
            slot = int(minutes // SLOT)
            ahead = min(to_at - at, int((SLOT - minutes % SLOT) * 60_000_000) + 1)
            share = ahead / (SLOT * 60_000_000)
            total += share * self.calls.get((local.weekday(), slot), 0) / self.days[local.weekday()]
            at += ahead
        return total


# ---- judging


def _load(asking: Asking, found: Found) -> None:
    engine = asking.engine
    engine.load("pushing", {"agent": "VARCHAR"}, ((one.agent,) for one in found.pushers))
    engine.load(
        "silent",
        {"agent": "VARCHAR", "day": "DATE"},
        ((agent, one.day) for agent, days in found.silent.items() for one in days),
    )
    engine.load(
        "outages",
        {"name": "VARCHAR", "from_at": "BIGINT", "to_at": "BIGINT"},
        ((outage_name(one, asking.zone), one.from_at, _until(one)) for one in found.outages),
    )
    engine.load(
        "peak_slots",
        {"name": "VARCHAR", "day": "DATE", "first": "BIGINT", "last": "BIGINT"},
        ((f"{one.day}", one.day, one.first, one.last) for one in found.peaks),
    )
    engine.load(
        "gap_slots",
        {"name": "VARCHAR", "kind": "VARCHAR", "slot": "BIGINT"},
        _gap_slots(found.gaps),
    )
    engine.load("heavy", {"weekday": "BIGINT"}, ((one.weekday,) for one in found.weekdays))


def _until(outage: Outage) -> int:
    """Return until when calls belong to an outage; a silence ends with the next call that came."""
    return outage.to_at + 60_000_000 if outage.told else outage.to_at - 1


def _gap_slots(holes: Sequence[Gap]) -> Iterator[tuple[str, str, int]]:
    for gap in holes:
        for slot in range(gap.first, gap.last + 1):
            yield gap.name, "lunch" if gap.is_lunch else "gap", slot


def outage_name(outage: Outage, zone: ZoneInfo) -> str:
    """Return the name of an outage: its day and the minute in which it began."""
    return f"{from_micros(outage.from_at).astimezone(zone):%Y-%m-%d %H:%M}"


_KNOWN = f"""
SELECT m.call_id, n.need, l.state, m.call_id = l.first_missed AS is_first, c.client,
  c.called AS number, c.trunk, c.arrived_at, {_OF_SLOT}, c.outcome,
  COALESCE(c.visits, 0) AS visits, c.wait_ms, COALESCE(c.menu_entries, 0) AS menu_entries,
  c.ended_at - c.arrived_at AS lasted_us, NOT m.counted AND NOT m.closed AS at_once,
  COALESCE(c.told_closed, FALSE) AS told_closed, c.open_at_arrival,
  COALESCE(p.queue, c.last_queue) AS queue, h.client AS queue_client, p.signed_in, p.paused,
  p.talking, p.elsewhere, p.free, COALESCE(r.rings, 0) AS rings,
  COALESCE(r.unheard, 0) AS unheard, r.pushed_by, r.silent_phone,
  o.name AS outage, NOT o.name IS NULL AS in_outage, k.name AS peak, g.name AS gap,
  g.kind AS gap_kind, NOT w.weekday IS NULL AS busy_weekday
FROM missed AS m
INNER JOIN counted AS c ON c.call_id = m.call_id
INNER JOIN slots AS s ON s.slot = m.arrived_at // {SLOT_US}
INNER JOIN needs AS n ON n.episode = m.episode
INNER JOIN ledger AS l ON l.need = n.need
LEFT JOIN present AS p ON p.call_id = m.call_id
LEFT JOIN (SELECT queue, MIN(client) AS client FROM client_queues GROUP BY queue) AS h
  ON h.queue = c.first_queue
LEFT JOIN (
  SELECT g.call_id, COUNT(*) AS rings,
    COUNT(*) FILTER (WHERE g.result = 'no_answer' AND NOT g.pushed) AS unheard,
    MIN(CASE WHEN g.pushed AND NOT p.agent IS NULL THEN g.agent END) AS pushed_by,
    MIN(CASE WHEN NOT s.agent IS NULL AND g.result = 'no_answer' THEN g.agent END) AS silent_phone
  FROM rings AS g
  INNER JOIN missed AS i ON i.call_id = g.call_id
  LEFT JOIN pushing AS p ON p.agent = g.agent
  LEFT JOIN silent AS s ON s.agent = g.agent AND s.day = g.day
  GROUP BY g.call_id
) AS r ON r.call_id = m.call_id
LEFT JOIN (
  SELECT b.call_id, MIN(o.name) AS name FROM missed AS b
  INNER JOIN counted AS e ON e.call_id = b.call_id
  INNER JOIN outages AS o ON b.arrived_at BETWEEN o.from_at - 14400000000 AND o.to_at
    AND COALESCE(e.ended_at >= o.from_at, TRUE)
  GROUP BY b.call_id
) AS o ON o.call_id = m.call_id
LEFT JOIN peak_slots AS k ON k.day = s.date AND s.half_of_day BETWEEN k.first AND k.last
LEFT JOIN gap_slots AS g ON g.slot = s.half_of_day AND s.weekday - 1 < 5
LEFT JOIN heavy AS w ON w.weekday = s.weekday - 1
WHERE {{within}}
"""
