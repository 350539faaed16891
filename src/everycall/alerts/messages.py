"""What is said: one line that can stand alone in a chat, and a few words more."""

from dataclasses import dataclass

from everycall.alerts.rules import MEASURES, Rule
from everycall.alerts.watching import Said


@dataclass(frozen=True, slots=True)
class Message:
    """A message to people.

    Attributes:
        id: the same for the same thing said, so that a channel never says it twice.
        link: where it leads; no number of a caller stands in it.
    """

    id: str
    title: str
    text: str
    link: str
    said: str


def message(
    rule: Rule, thing: str, value: float | None, said: Said, number: int, link: str
) -> Message:
    """Return what is said of an alert; `number` is the alert's own."""
    measure = next(m for m in MEASURES if m.id == rule.measure)
    about = f" ({thing})" if thing else ""
    if said is Said.CLOSED:
        title, text = f"Over: {rule.name}{about}", f"{measure.doc} is within its limit again."
    else:
        shown = _shown(value, measure.unit)
        way = "above" if rule.above else "below"
        title = f"{'Still: ' if said is Said.ESCALATED else ''}{rule.name}{about}"
        text = f"{measure.doc}: {shown}, {way} the limit of {_shown(rule.limit, measure.unit)}."
    return Message(f"alert-{number}-{said.value}", title, text, link, said.value)


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return "not known"
    if unit == "share":
        return f"{value * 100:.0f} %"
    if unit == "s":
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
    return f"{value:g}"
