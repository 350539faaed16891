"""What would have caught the callers who were missed: remedies, by what they bring for the effort."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from everycall.app.answers.ledger import Rates, open_ledger, view_ledger
from everycall.app.answers.missed_callers import period_of
from everycall.app.audit.beside import (
    LEAST,
    call_back,
    line_remedies,
    lines_of,
    lost_of,
    outage_remedies,
    reached,
)
from everycall.app.audit.clustering import cluster, outage_name
from everycall.app.audit.costing import Money, cost
from everycall.app.audit.evidence import Cluster, Scene, evidence
from everycall.app.audit.planned import Frame, plan_of
from everycall.app.audit.remedy_words import id_of, title_of, when_of, where_of
from everycall.app.audit.worths import Worths
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.remedies.causes import CAUSES
from everycall.remedies.lines import LineUse
from everycall.remedies.model import Area, Presence, Remedy, Worth
from everycall.reports.words import Name, Share, said

MENU_SHARE = 0.10
"""Below this share of callers who leave in the menu no change of it is proposed."""

TOO_FEW = "Too few calls to act on."
FEW_IN_MENU = "{share} of the callers; a menu is looked at from {least} on."

_WAITED = (Area.STAFFING, Area.ROUTING, Area.REJECTED, Area.WAIT)
"""Where it matters who was there when the caller began to wait."""

_CAUSES = {cause.id: cause for cause in CAUSES}


@dataclass(frozen=True, slots=True)
class Rest:
    """Missed calls for which nothing is proposed, and why."""

    id: str
    cause: str
    title: str
    calls: int
    callers: int
    unreached: int
    why: str


@dataclass(frozen=True, slots=True)
class WhoWasThere:
    """Missed callers who asked for a person, by who was there when they began to wait.

    Attributes:
        state: 'nobody signed in', 'all paused', 'all talking', 'busy elsewhere', 'somebody free',
            or 'not known'.
    """

    state: str
    doc: str
    calls: int


@dataclass(frozen=True, slots=True)
class Remedies:
    """What would have caught the missed callers of a period.

    Attributes:
        remedies: in order of what they bring for the effort; those that are additive and `rest`
            hold every missed call once.
        missed_calls, callers, unreached: of the whole period.
        lines: how full each trunk was.
        presence: missed callers by who was there; they add up to those who asked for a person.
        currency: of the worths; null where none is set, or the clients have several.
    """

    definition: str
    first_day: date
    last_day: date
    missed_calls: int
    callers: int
    unreached: int
    remedies: tuple[Remedy, ...]
    rest: tuple[Rest, ...]
    lines: tuple[LineUse, ...]
    presence: tuple[WhoWasThere, ...]
    rates: Rates
    currency: str | None
    locale: str | None
    notes: tuple[str, ...]

    @property
    def balanced(self) -> bool:
        """Whether remedies and rest hold every missed call exactly once."""
        own = sum(one.calls or 0 for one in self.remedies if one.additive)
        return own + sum(one.calls for one in self.rest) == self.missed_calls


def remedies(  # noqa: PLR0913 - what is known already need not be made again
    asking: Asking,
    site: SiteFile,
    since: int | None = None,
    until: int | None = None,
    *,
    definition: str | None = None,
    folder: Path | None = None,
    opened: str | None = None,
    money: Sequence[Money] | None = None,
) -> Remedies:
    """Return the remedies of a period.

    `opened`: what `open_ledger` returned, if it was called already. `money`: what it cost, if known.

    Raises:
        NotFoundError: there is no such definition.
    """
    named = opened or open_ledger(asking, site, definition)
    if money is None:
        money = cost(asking, site, since, until, opened=named, folder=folder)
    view = view_ledger(asking, named, since, until)
    period = period_of(asking, since, until)
    found = cluster(asking, site, since, until, named)
    frame = Frame(asking, site, period, found, Worths(money, site), view.rates)
    lines = tuple(lines_of(frame))
    clusters = list(_clusters(asking))
    acted, rest = _sorted_out(frame, clusters)
    every = [_remedy(frame, one, lost_of(view.total)) for one in acted]
    every += [*line_remedies(frame, lines, view.total), *call_back(frame, view.total)]
    silent = [one.part for one in clusters if one.cause == "outage"]
    every += outage_remedies(frame, silent, view.total)
    every.sort(key=_order(frame.worths))
    return Remedies(
        named,
        period.first,
        period.last,
        sum(one.calls for one in clusters),
        sum(one.callers for one in clusters),
        sum(one.unreached for one in clusters),
        tuple(every),
        tuple(rest),
        lines,
        tuple(_presence(asking)),
        view.rates,
        frame.worths.currency,
        frame.worths.locale,
        tuple(_notes(frame, every)),
    )


def _order(worths: Worths) -> Callable[[Remedy], tuple[float, float, str]]:
    """Return what remedies are ordered by: worth for effort, or callers where worth does not compare."""
    if not (worths.said and worths.currency):
        return lambda one: (0.0, -one.score, one.id)
    return lambda one: (-(one.worth.base if one.worth else 0.0) / one.effort, -one.score, one.id)


# ---- clusters


_CLUSTERS = """
SELECT cause, part, COUNT(*), COUNT(*) FILTER (WHERE is_first),
  COUNT(*) FILTER (WHERE is_first AND state = 'lost'), COUNT(signed_in), AVG(signed_in),
  AVG(paused), AVG(talking), AVG(elsewhere), AVG(free), LIST(DISTINCT day),
  LIST(call_id ORDER BY arrived_at, call_id)
FROM misses GROUP BY cause, part ORDER BY cause, part
"""


def _clusters(asking: Asking) -> Iterator[Cluster]:
    for cause, part, calls, callers, lost, known, *levels, days, ids in asking.rows(_CLUSTERS):
        presence = Presence(known, *levels) if known else None
        yield Cluster(cause, part, calls, callers, lost, presence, sorted(days), tuple(ids))


def _sorted_out(frame: Frame, clusters: Sequence[Cluster]) -> tuple[list[Cluster], list[Rest]]:
    """Return what can be acted on, and the rest with the reason."""
    acted: list[Cluster] = []
    rest: list[Rest] = []
    for one in clusters:
        cause, why = _CAUSES[one.cause], _why_not(frame, one)
        if why is None:
            acted.append(one)
        else:
            title = title_of(cause, one)
            name = id_of(one.cause, one.part)
            rest.append(Rest(name, one.cause, title, one.calls, one.callers, one.unreached, why))
    return acted, sorted(rest, key=lambda one: -one.calls)


def _why_not(frame: Frame, one: Cluster) -> str | None:
    cause = _CAUSES[one.cause]
    if cause.change is None:
        return cause.doc
    if one.calls < LEAST and one.cause != "outage":
        return TOO_FEW
    if one.cause == "menu":
        share = one.calls / max(1, _arrived_open(frame.asking))
        if share < MENU_SHARE:
            return said(FEW_IN_MENU, share=Share(share), least=Share(MENU_SHARE))
    return None


def _arrived_open(asking: Asking) -> int:
    counted = "SELECT CAST(COALESCE(SUM(open_calls), 0) AS BIGINT) FROM half_hours"
    return int(asking.rows(counted)[0][0])


# ---- one remedy


def _remedy(frame: Frame, one: Cluster, lost_each: float) -> Remedy:
    cause = _CAUSES[one.cause]
    share = _caught_share(frame, one)
    unseen = _unseen(frame, one) * lost_each
    caught = round(one.unreached * share + unseen) if share is not None else None
    return Remedy(
        id=id_of(cause.id, one.part),
        cause=cause.id,
        kind=cause.kind,
        area=cause.area,
        title=title_of(cause, one),
        when=when_of(one),
        where=where_of(frame.asking, one),
        calls=one.calls,
        callers=one.callers,
        unreached=one.unreached,
        caught=caught,
        worths=_worth(frame, one, share, unseen),
        presence=one.presence if cause.area in _WAITED else None,
        evidence=evidence(
            Scene(frame.asking, frame.found, one), who_was_there=cause.area in _WAITED
        ),
        change=cause.change,
        effort=cause.effort,
        horizon=cause.horizon,
        plan=plan_of(frame, cause, one),
        call_ids=tuple(one.call_ids),
    )


def _caught_share(frame: Frame, one: Cluster) -> float | None:
    """Return which share of a cluster the change would have caught; None if nobody can say."""
    found = frame.found
    if one.cause == "closed":
        return reached(frame.rates)
    if one.cause in ("wait", "direct", "menu"):
        return None
    if one.cause in ("gap", "lunch_gap"):
        gap = next(g for g in found.gaps if g.name == one.part)
        return _excess(gap.missed / gap.arrived, gap.usual)
    if one.cause == "weekday":
        heavy = next(w for w in found.weekdays if str(w.weekday) == one.part)
        return _excess(heavy.missed / heavy.arrived, heavy.usual)
    if one.cause == "peak_day":
        peak = next(p for p in found.peaks if f"{p.day}" == one.part)
        return _excess(peak.share, peak.usual_share)
    return 1.0


def _excess(share: float, usual: float) -> float:
    """Return which part of a share lies above the usual one."""
    return max(0.0, 1 - usual / share) if share else 0.0


def _unseen(frame: Frame, one: Cluster) -> float:
    """Return how many calls came meanwhile that no log shows."""
    outages = frame.found.outages if one.cause == "outage" else ()
    named = (o for o in outages if outage_name(o, frame.asking.zone) == one.part)
    return sum(o.usual or 0.0 for o in named)


def _worth(frame: Frame, one: Cluster, share: float | None, unseen: float) -> tuple[Worth, ...]:
    if share is None:
        return ()
    lost = frame.asking.rows(
        "SELECT client, COUNT(*) FROM misses WHERE cause = ? AND part IS NOT DISTINCT FROM ? "
        "AND is_first AND state = 'lost' GROUP BY 1 ORDER BY 1",
        [one.cause, one.part],
    )
    seen = sum(n for _, n in lost)
    more = 1 + unseen / (seen * share) if seen * share else 1.0
    return frame.worths.of({client: n * share * more for client, n in lost})


# ---- who was there


_WHO_WAS_THERE = """
SELECT call_id, CASE WHEN signed_in IS NULL THEN 'not known' WHEN signed_in = 0 THEN 'nobody signed in'
  WHEN paused >= signed_in THEN 'all paused' WHEN free > 0 THEN 'somebody free'
  WHEN 2 * elsewhere > talking THEN 'busy elsewhere' ELSE 'all talking' END AS state
FROM misses WHERE visits > 0 OR NOT signed_in IS NULL
"""

STATES = {
    "nobody signed in": "Nobody was signed in to the queue.",
    "all paused": "People were signed in to the queue, and all were on a break.",
    "all talking": "Everybody who was there spoke with callers of this queue.",
    "busy elsewhere": "Everybody who was there spoke, most of them on calls of other queues or out.",
    "somebody free": "Somebody was neither on a break nor talking.",
    "not known": "No source says who was signed in.",
}


def _presence(asking: Asking) -> Iterator[WhoWasThere]:
    asking.engine.view("who_was_there", _WHO_WAS_THERE)
    counted = "SELECT state, COUNT(*) FROM who_was_there GROUP BY state"
    found: dict[str, Any] = dict(asking.rows(counted))
    for state, doc in STATES.items():
        if state in found:
            yield WhoWasThere(state, doc, found[state])


def _notes(frame: Frame, found: Sequence[Remedy]) -> Iterator[str]:
    if not frame.worths.said:
        yield said("What they are worth is not said: `everycall money` asks for what is missing.")
    if not frame.site.hours.known:
        yield said(
            "No opening hours are declared, so times at which you are closed look like times with too "
            "few people."
        )
    known = {one.id for one in found}
    for name in frame.site.plan:
        if name not in known:
            yield said(
                "The plan names '{name}', which is not found in this period: it may be done.",
                name=Name(name),
            )
