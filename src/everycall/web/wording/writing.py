"""How calls are written on pages: local times, readable lengths, numbers and names by right."""

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from everycall.calls.outcomes import outcome_names
from everycall.events.callers import WITHHELD
from everycall.records.models import Person
from everycall.records.roles import Right
from everycall.reports.words import DASH
from everycall.web.wording.details import details
from everycall.web.wording.saying import duration, words

KEPT = 3
"""So many digits of a masked number are shown."""

DIRECTIONS = {
    "inbound": gettext_noop("inbound"),
    "outbound": gettext_noop("outbound"),
    "internal": gettext_noop("internal"),
    "callback": gettext_noop("callback"),
}
"""Which way calls go, as people say it."""


def masked(number: str | None) -> str:
    """Write a number so that a colleague recognises it and nobody can dial it."""
    if not number or number.lower() in WITHHELD:
        return _("withheld")
    digits = sum(c.isdigit() for c in number)
    if digits <= KEPT + 1:
        return number
    return "•" * 4 + number[-KEPT:]


def number_for(number: str | None, person: Person) -> str:
    """Write a number for somebody who works with it: in full by right, else masked."""
    return in_full(number) if person.may(Right.REVEAL_NUMBERS) else masked(number)


def in_full(number: str | None) -> str:
    """Write a number for whoever may see it whole."""
    return number if number and number.lower() not in WITHHELD else masked(number)


def colleague(name: str | None, person: Person) -> str:
    """Write who answered as somebody may see it: by name, or that it was somebody."""
    if not name:
        return DASH
    if person.may(Right.SEE_PEOPLE) or name in (person.agent, str(person)):
        return name
    return _("a colleague")


def shown_call(call: dict[str, Any], person: Person, *, reveal: bool = False) -> dict[str, Any]:
    """Return a call as the ledger writes it; to reveal its number is for the caller to put on record."""
    number = call["caller"]
    return {
        "id": call["call_id"],
        "at": moment(call["arrived_at"]),
        "caller": number_for(number, person) if reveal else masked(number),
        "called": call["called"] or DASH,
        "client": call["client"] or "",
        "queue": call["answered_queue"] or call["first_queue"] or DASH,
        "agent": colleague(call["answered_agent"], person),
        "wait": duration(call["wait_ms"]),
        "talk": duration(call["talk_ms"]),
        "hold": duration(call["hold_ms"]),
        "outcome": call["outcome"],
        "words": outcome_words(call["outcome"]),
        "kind": kind_of(call),
        "confidence": call["confidence"],
        "flags": [flag.replace("_", " ") for flag in call["flags"]],
        "direction": call["direction"],
    }


def outcome_words(outcome: str) -> str:
    """Write an outcome in words."""
    return _(outcome.replace("_", " "))


def outcomes() -> list[tuple[str, str]]:
    """Return every outcome with its words."""
    return [(name, outcome_words(name)) for name in outcome_names()]


def kind_of(call: dict[str, Any]) -> str:
    """Return the sign that stands before an outcome: helped, not helped, or neither."""
    if call["direction"] != "inbound":
        return "other"
    if call["outcome"] in ("answered", "answered_elsewhere", "self_served"):
        return "helped"
    return "open" if call["outcome"] in ("pending", "unknown") else "not-helped"


def moment(text: str | None) -> datetime | None:
    """Return a moment that was written as ISO 8601."""
    return datetime.fromisoformat(text) if text else None


def steps(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the story of a call as pages write it, each step with the time since it arrived."""
    return [
        {**step, "after": _seconds(max(step["timer_ms"], 0)), "details": details(step["details"])}
        for step in told
    ]


def _seconds(milliseconds: int) -> str:
    places = 1 if milliseconds else 0
    return words()("{s} s", s=words().number(milliseconds / 1000, places))


def guarded(call: dict[str, Any], person: Person, *, reveal: bool = False) -> dict[str, Any]:
    """Return a call with the names of colleagues as somebody may see them, and its number masked."""
    names = {} if person.may(Right.SEE_PEOPLE) else _others(call, person)
    shown = reveal and person.may(Right.REVEAL_NUMBERS)
    for number in {call["caller"], call["caller_raw"]} - {None, "", call["called"]}:
        if not shown:
            names[number] = masked(number)
    found: dict[str, Any] = _hidden(call, names)
    return found


def _others(call: dict[str, Any], person: Person) -> dict[str, str]:
    found = {part["agent"] for part in (*call["attempts"], *call["talks"], *call["visits"])}
    found |= {call["answered_agent"], *Person.objects.values_list("name", flat=True)}
    mine = {None, "", person.agent, str(person)}
    return {name: _("a colleague") for name in found - mine}


def _hidden(value: Any, names: dict[str, str]) -> Any:
    """Exchange names in whatever is given."""
    if isinstance(value, str):
        for name, shown in names.items():
            # whole words: nobody called Al is found in Altona
            value = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _found: shown, value)  # noqa: B023 - used at once
        return value
    if isinstance(value, dict):
        return {key: _hidden(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(item, names) for item in value]
    return value
