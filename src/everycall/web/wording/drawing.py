"""One call as a drawing: a lane for each party, time in the direction in which one reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import get_language_bidi, gettext_noop
from django.utils.translation import gettext as _

from everycall.web.wording.details import REASONS
from everycall.web.wording.saying import duration, say

WHOLE = 100.0
NARROWEST = 0.8
"""The least width of a stretch, in percent of the drawing: what happened is seen, however short it was."""

TICKS = 5
STEPS_MS = [1000 * s for s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)]
"""What may lie between two ticks of the axis."""

_SAYS = {
    "call": gettext_noop("on the line {time}"),
    "wait": gettext_noop("waited {time}"),
    "ring": gettext_noop("rang {time}"),
    "talk": gettext_noop("talked {time}"),
    "hold": gettext_noop("on hold {time}"),
}
"""What a stretch is called."""

_RANG_OFTEN = gettext_noop("rang {n} times, {time} in all")
_ENDED_BY = gettext_noop("ended by: {who}")
_GAVE_UP = gettext_noop("gave up waiting")

_MARKS = (
    "call.refused", "call.closed", "menu.entered", "menu.chose", "menu.failed", "info.played", "info.sent",
    "bot.entered", "bot.resolved", "bot.handed_over", "transfer.started", "voicemail.reached", "voicemail.left",
    "callback.requested", "callback.dialled", "callback.reached", "park.started",
)  # fmt: skip
"""What happened to the caller at a moment, and is drawn as one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch in a lane: where it begins and how long it is, in percent of the drawing."""

    left: str
    width: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment in a lane."""

    at: str
    says: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the axis, in words; the last one ends where the drawing does."""

    at: str
    says: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a lane shows, in words, with the sign of its stretch."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """What happened to one party."""

    name: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A call as it is drawn."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Something that lasted, in seconds since 1970; `why` says how it ended."""

    kind: str
    since: float
    until: float
    ms: float
    why: str = ""


@dataclass
class _Party:
    name: str
    stretches: list[_Stretch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Span:
    """From when to when a call is drawn; from right to left where people read so."""

    begin: float
    end: float

    def bar(self, stretch: _Stretch) -> Bar:
        left = min(self.share(stretch.since), WHOLE - NARROWEST)
        right = max(self.share(stretch.until), left + NARROWEST)
        begins = WHOLE - right if get_language_bidi() else left
        return Bar(f"{begins:.2f}", f"{right - left:.2f}", stretch.kind, _words_of([stretch]))

    def share(self, moment: float) -> float:
        place = WHOLE * (moment - self.begin) / (self.end - self.begin)
        return min(max(place, 0.0), WHOLE)

    def place(self, moment: float) -> str:
        share = self.share(moment)
        return f"{WHOLE - share if get_language_bidi() else share:.2f}"

    def ticks(self) -> Iterator[Tick]:
        whole = (self.end - self.begin) * 1000
        step = next((ms for ms in STEPS_MS if whole / ms <= TICKS), whole / TICKS)
        for number in range(int(whole // step) + 1):
            share = number * step / whole
            anchor = "start" if number == 0 else "end" if share > 0.93 else "middle"
            yield Tick(
                self.place(self.begin + number * step / 1000), duration(number * step), anchor
            )


def picture(call: dict[str, Any], shown: dict[str, Any]) -> Picture | None:
    """Draw a call: the caller, its queues, and everybody who rang or spoke; None if it is not over.

    `shown` is the call as its reader may see it: colleagues whose names are hidden keep a lane of their own.
    """
    begin, end = _moment(call["arrived_at"]), _moment(call["ended_at"])
    if begin is None or end is None or end <= begin:
        return None
    span = _Span(begin, end)
    caller = _Stretch("call", begin, end, (end - begin) * 1000, _ended_by(shown["ended_by"]))
    marks = tuple(_marks(shown, span, end))
    lanes = [_lane(_Party(_("the caller"), [caller, *_holds(shown, end)]), span, marks)]
    lanes += [_lane(party, span) for party in _parties(call, shown, end)]
    return Picture(tuple(lanes), tuple(span.ticks()))


def _lane(party: _Party, span: _Span, marks: tuple[tuple[Mark, Said], ...] = ()) -> Lane:
    ordered = sorted(party.stretches, key=lambda one: (one.kind == "hold", one.since))
    words = sorted(party.stretches, key=lambda one: one.since)
    said = [
        Said(kind, _words_of(list(same)))
        for (kind, _why), same in groupby(words, key=lambda one: (one.kind, one.why))
    ]
    return Lane(
        name=party.name[:1].upper() + party.name[1:],
        bars=tuple(map(span.bar, ordered)),
        marks=tuple(mark for mark, _said in marks),
        said=(*said, *(said for _mark, said in marks)),
    )


def _words_of(stretches: list[_Stretch]) -> str:
    """Say stretches of one kind that ended alike."""
    first, time = stretches[0], duration(sum(one.ms for one in stretches))
    often = first.kind == "ring" and len(stretches) > 1
    says = _RANG_OFTEN if often else _SAYS[first.kind]
    text = _(says).format(n=len(stretches), time=time)
    return f"{text} · {first.why}" if first.why else text


def _parties(call: dict[str, Any], shown: dict[str, Any], end: float) -> Iterator[_Party]:
    """Yield the queues of a call, and then its people, each with what happened there."""
    queues: dict[str, _Party] = {}
    for visit in shown["visits"]:
        why = _why_left(visit["exit"])
        one = _stretch("wait", visit, ("entered_at", "left_at", "wait_ms"), why, end)
        if one:
            name = _("queue {name}").format(name=visit["queue"])
            queues.setdefault(visit["queue"], _Party(name)).stretches.append(one)
    yield from queues.values()
    yield from _people(call, shown, end)


def _people(call: dict[str, Any], shown: dict[str, Any], end: float) -> Iterator[_Party]:
    people: dict[str | None, _Party] = {}

    def add(who: str | None, name: str, stretch: _Stretch | None) -> None:
        if stretch:
            people.setdefault(who, _Party(name)).stretches.append(stretch)

    for ring, seen in zip(call["attempts"], shown["attempts"], strict=True):
        why = "" if ring["result"] in (None, "answered") else _reason(ring["result"])
        stretch = _stretch("ring", ring, ("rang_at", "stopped_at", "ring_ms"), why, end)
        add(ring["agent"], seen["agent"] or _("a phone"), stretch)
    for talk, seen in zip(call["talks"], shown["talks"], strict=True):
        stretch = _stretch("talk", talk, ("started_at", "ended_at", "talk_ms"), "", end)
        add(talk["agent"], seen["agent"] or _("somebody"), stretch)
    yield from sorted(people.values(), key=lambda party: min(s.since for s in party.stretches))


def _stretch(
    kind: str, row: dict[str, Any], names: tuple[str, str, str], why: str, end: float
) -> _Stretch | None:
    since, until, ms = (row[name] for name in names)
    first = _moment(since)
    if first is None:
        return None
    last = _moment(until) or (first + ms / 1000 if ms is not None else end)
    return _Stretch(kind, first, last, ms if ms is not None else (last - first) * 1000, why)


def _holds(shown: dict[str, Any], end: float) -> Iterator[_Stretch]:
    """Yield when the caller was on hold."""
    since: float | None = None
    for step in shown["moments"]:
        if step["kind"] == "hold.started":
            since = since or _moment(step["at"])
        elif step["kind"] == "hold.ended" and since is not None:
            until = _moment(step["at"]) or end
            yield _Stretch("hold", since, until, (until - since) * 1000)
            since = None
    if since is not None:
        yield _Stretch("hold", since, end, (end - since) * 1000)


def _marks(shown: dict[str, Any], span: _Span, end: float) -> Iterator[tuple[Mark, Said]]:
    for step in shown["moments"]:
        at = _moment(step["at"])
        if step["kind"] in _MARKS and at is not None and span.begin <= at <= end:
            after = duration((at - span.begin) * 1000)
            text = f"{after}: {say(step['words'])}"
            yield Mark(span.place(at), text), Said("mark", text)


def _ended_by(who: str | None) -> str:
    return _(_ENDED_BY).format(who=_reason(who)) if who else ""


def _why_left(why: str | None) -> str:
    """Say why a caller left a queue, if it was not for being answered there."""
    if why in (None, "answered"):
        return ""
    return _(_GAVE_UP) if why == "caller" else _reason(why)


def _reason(word: str | None) -> str:
    return _(REASONS[word]) if word in REASONS else str(word)


def _moment(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None
