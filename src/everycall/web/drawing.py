"""One call as a drawing: a lane for each party, time from left to right."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from everycall.web.saying import duration

WIDTH = 100.0

_SAYS = {
    "call": gettext_noop("on the line {time}"),
    "wait": gettext_noop("waited {time}"),
    "ring": gettext_noop("rang {time}"),
    "talk": gettext_noop("talked {time}"),
}
"""What a stretch is called in the table beneath."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch in a lane: where it begins and how long it is, in percent of the drawing."""

    left: str
    width: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Lane:
    """What happened to one party."""

    name: str
    bars: tuple[Bar, ...]


def lanes(call: dict[str, Any]) -> list[Lane]:
    """Return the lanes of a call: the caller, its queues, and everybody who rang or spoke."""
    begin, end = _moment(call["arrived_at"]), _moment(call["ended_at"])
    if begin is None or end is None or end <= begin:
        return []
    found: dict[str, list[Bar]] = {}

    def add(name: str, since: str | None, until: str | None, kind: str, ms: int | None) -> None:
        first = _moment(since)
        if first is None:
            return
        last = _moment(until) or (first + ms / 1000 if ms is not None else end)
        left = WIDTH * (first - begin) / (end - begin)
        width = max(0.4, WIDTH * (last - first) / (end - begin))
        time = duration(ms if ms is not None else (last - first) * 1000)
        says = _(_SAYS[kind]).format(time=time)
        bar = Bar(f"{left:.2f}", f"{min(width, WIDTH - left):.2f}", kind, says)
        found.setdefault(name, []).append(bar)

    add(_("the caller"), call["arrived_at"], call["ended_at"], "call", None)
    for visit in call["visits"]:
        add(
            _("queue {name}").format(name=visit["queue"]),
            visit["entered_at"],
            visit["left_at"],
            "wait",
            visit["wait_ms"],
        )
    for ring in call["attempts"]:
        name = ring["agent"] or _("a phone")
        add(name, ring["rang_at"], ring["stopped_at"], "ring", ring["ring_ms"])
    for talk in call["talks"]:
        add(
            talk["agent"] or _("somebody"),
            talk["started_at"],
            talk["ended_at"],
            "talk",
            talk["talk_ms"],
        )
    return [Lane(name, tuple(bars)) for name, bars in found.items()]


def _moment(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None
