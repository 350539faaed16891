"""The stat boxes that a screen may have: what each is called, means, and which calls are behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from everycall.metrics.catalog import METRICS
from everycall.reports import Calls


@dataclass(frozen=True, slots=True)
class Box:
    """A stat box.

    Attributes:
        name: its id in the picture.
        unit: how its value is written.
        doc: what it means.
        calls: which calls of the day are behind it; None for what is no number of calls.
    """

    name: str
    title: Any
    unit: str
    doc: Any
    calls: Calls | None = None

    @property
    def is_owed(self) -> bool:
        """Whether the list of callbacks is behind it."""
        return self.name in ("owed", "overdue")

    @property
    def opens(self) -> str:
        """Return how the calls behind it are asked for; '' if there are none to be listed."""
        return urlencode({**self.calls, "box": self.name}) if self.calls else ""


def _metric(name: str, title: Any, unit: str = "count", **calls: str) -> Box:
    """Return the box of a metric: it says what the metric's own declaration says."""
    calls_behind = {"arrived": "yes", **calls} if unit == "count" else None
    return Box(name, title, unit, _(METRICS[name].doc), calls_behind)


BOXES = (
    Box("waiting", _("waiting"), "count", _("Callers in a queue at this moment.")),
    Box("longest_since", _("longest wait now"), "since", _("Since when the first in line waits.")),
    Box("free", _("free"), "count", _("Signed in, reachable and not on a call.")),
    Box("talking", _("talking"), "count", _("People who are on the line with a caller.")),
    Box("staffed", _("signed in"), "count", _("People who are in a queue, on a break or not.")),
    Box("paused", _("on a break"), "count", _("People who are paused in every queue.")),
    Box("unreachable", _("phones out of reach"), "count", _("Phones that have gone silent.")),
    Box("owed", _("callbacks owed"), "count", _("Callers to whom a call back is owed now.")),
    Box("overdue", _("callbacks overdue"), "count", _("Owed, and past their time.")),
    Box(
        "service_level",
        _("in time"),
        "share",
        _("The share answered in time, by the formula and the limit of your target."),
    ),
    _metric("arrived", _("calls today")),
    _metric("answered", _("answered today"), spoke="yes"),
    _metric("not_answered", _("not answered today"), spoke="no"),
    _metric("missed", _("missed today"), missed="yes"),
    _metric("missed_rate", _("share missed today"), "share"),
    _metric("lost", _("lost today"), lost="yes"),
    _metric("abandoned", _("abandoned today"), abandoned="yes"),
    _metric("dropped_by_definition", _("dropped today"), dropped="yes"),
    _metric("dropped", _("cut off in talk today"), outcome="dropped_in_talk"),
    _metric("refused_before_ring", _("never got in today"), outcome="failed_before_ring"),
    _metric("self_served", _("served themselves today"), outcome="self_served"),
    _metric("voicemails", _("to voicemail today"), to_voicemail="yes"),
    _metric("callbacks_requested", _("asked to be called"), outcome="callback_requested"),
    _metric("answer_rate", _("answered of those who asked"), "share"),
    _metric("asa", _("answered after, on average"), "ms"),
    _metric("average_wait", _("average wait today"), "ms"),
    _metric("longest_wait", _("longest wait today"), "ms"),
    _metric("talk_time", _("average talk today"), "ms"),
)
"""Every box that a screen may have."""

FIRST_BOXES = (
    *("waiting", "longest_since", "free", "service_level"),
    *("answered", "missed", "lost", "owed"),
)
_FORMER = {
    "wait_ms": "average_wait",
    "longest_wait_ms": "longest_wait",
    "voicemail": "voicemails",
    "callbacks_asked": "callbacks_requested",
}
"""What boxes were called on screens that were arranged before."""

MOST_BOXES = 8


def boxes_of(names: Iterable[str]) -> list[Box]:
    """Return boxes by their names, by former ones as well; those that are unknown are left out."""
    known = {box.name: box for box in BOXES}
    found = (_FORMER.get(name, name) for name in names)
    return [known[name] for name in found if name in known]
