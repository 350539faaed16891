"""What is said: one line that can stand alone in a chat, and a few words more."""

from collections.abc import Callable
from dataclasses import dataclass

from everycall.alerts.measures import measure_of
from everycall.alerts.rules import Rule
from everycall.alerts.watching import Said

Say = Callable[[str], str]
"""Returns a text in the language of whoever is told."""


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


@dataclass(frozen=True, slots=True)
class Missed:
    """What is told of a missed caller.

    Attributes:
        caller: as it may be written here: whole, or masked.
        at: the local time of the call.
    """

    caller: str
    at: str
    misses: int = 1
    queue: str = ""
    waited_s: float | None = None
    message: bool = False
    by: str = ""


def plainly(text: str) -> str:
    """Say a text as it stands in the code: in English."""
    return text


def message(
    rule: Rule,
    thing: str,
    value: float | None,
    said: Said,
    number: int,
    link: str,
    say: Say = plainly,
) -> Message:
    """Return what is said of an alert; `number` is the alert's own."""
    measure = measure_of(rule.measure)
    about = f" ({thing})" if thing else ""
    watched = say(measure.doc)
    if said is Said.CLOSED:
        title = say("Over: {name}").format(name=rule.name) + about
        text = say("{watched}: within its limit again.").format(watched=watched)
    else:
        title = (say("Still: {name}") if said is Said.ESCALATED else "{name}").format(
            name=rule.name
        ) + about
        way = (
            say("{watched}: {value}, above the limit of {limit}.")
            if rule.above
            else say("{watched}: {value}, below the limit of {limit}.")
        )
        text = way.format(
            watched=watched,
            value=written(value, measure.unit, say),
            limit=written(rule.limit, measure.unit, say),
        )
    return Message(f"alert-{number}-{said.value}", title, text, link, said.value)


def missed_message(
    about: Missed, said: Said, number: int, link: str, say: Say = plainly
) -> Message:
    """Return what is said of a missed caller."""
    if said is Said.CLOSED:
        title = say("Helped: {caller}").format(caller=about.caller)
        text = about.by or say("The caller was helped.")
    else:
        title = say("Missed call: {caller}").format(caller=about.caller)
        if said is Said.ESCALATED:
            title = say("Still not called back: {caller}").format(caller=about.caller)
        text = " ".join(_facts(about, say))
    return Message(f"alert-{number}-{said.value}", title, text, link, said.value)


def _facts(about: Missed, say: Say) -> list[str]:
    facts = [say("At {time}.").format(time=about.at)]
    if about.queue:
        facts.append(say("Queue: {queue}.").format(queue=about.queue))
    if about.waited_s is not None:
        facts.append(say("Waited {time}.").format(time=written(about.waited_s, "s", say)))
    if about.misses > 1:
        facts.append(say("Missed {n} times by now.").format(n=about.misses))
    if about.message:
        facts.append(say("The caller left a message."))
    facts.append(say("Follow the link to say that you call back."))
    return facts


def written(value: float | None, unit: str, say: Say = plainly) -> str:
    """Write a number with its unit."""
    if value is None:
        return say("not known")
    if unit == "share":
        return f"{value * 100:.0f} %"
    if unit == "s":
        minutes, seconds = divmod(round(value), 60)
        if not minutes:
            return say("{s} s").format(s=seconds)
        return say("{min} min {s} s").format(min=minutes, s=f"{seconds:02}")
    return f"{value:g}"
