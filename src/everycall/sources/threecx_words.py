"""What the texts of a 3CX call log mean: who stands in a column, and how a leg ended.

The parties are written as `Name (number)`; the number tells an extension from a customer, and the
name tells queues, parking places, voicemail boxes, receptionists and bots from people. The activity
text is a chain of steps joined by arrows; its last step says how the leg ended.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from everycall.events import AttemptResult, Exit
from everycall.events.callers import caller
from everycall.events.markers import Form, Stage
from everycall.sources.base import Site


class PartyKind(StrEnum):
    """What a party of a leg is."""

    QUEUE = "queue"
    PARK = "park"
    VOICEMAIL = "voicemail"
    MENU = "menu"
    BOT = "bot"
    SERVICE = "service"
    PERSON = "person"
    OUTSIDE = "outside"


_PARTY = re.compile(r"^(?P<name>.*?)\s*\((?P<number>[^()]*)\)$", re.DOTALL)
_DIALLED = re.compile(r"^[+*#\d][*#\d]*$")
_PARKING = re.compile(r"^SP\d+$", re.IGNORECASE)
_NAMES = (
    (PartyKind.PARK, re.compile(r"\bparking\b|\bpark orbit\b", re.IGNORECASE)),
    (PartyKind.VOICEMAIL, re.compile(r"\bvoice ?mail\b", re.IGNORECASE)),
    (
        PartyKind.MENU,
        re.compile(r"\bIVR\b|\breceptionist\b.*\(8|\bauto ?attendant\b", re.IGNORECASE),
    ),
    (PartyKind.BOT, re.compile(r"\bvoice agent\b|\bAI agent\b|\bvoice ?bot\b", re.IGNORECASE)),
    (PartyKind.QUEUE, re.compile(r"\b(queue|ring group)\s*\(\d+\)$", re.IGNORECASE)),
)
_STAGES = {
    Stage.BOT: PartyKind.BOT,
    Stage.VOICEMAIL: PartyKind.VOICEMAIL,
    Stage.MENU: PartyKind.MENU,
    Stage.WELCOME: PartyKind.MENU,
    Stage.CLOSED: PartyKind.MENU,
    Stage.INFORMATION: PartyKind.MENU,
    Stage.PARK: PartyKind.PARK,
}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody or something that a leg comes from or goes to."""

    text: str
    name: str
    number: str

    @classmethod
    def of(cls, text: str) -> "Party":
        """Read `Name (number)`, a bare number or a bare name."""
        found = _PARTY.match(text)
        if found:
            return cls(text, found["name"], found["number"])
        dialled = text if _DIALLED.match(text) else ""
        return cls(text, text, dialled)

    def kind(self, site: Site, *, group: bool = False) -> PartyKind:
        """Return what it is; `group` says that the log itself calls it a queue."""
        if group:
            return PartyKind.QUEUE
        if _PARKING.match(self.number):
            return PartyKind.PARK
        stage = site.markers.stage_of(Form.CONTEXT, self.name, _STAGES)
        if stage is not None:
            return _STAGES[stage]
        named = next((kind for kind, pattern in _NAMES if pattern.search(self.text)), None)
        return named or self._by_number(site)

    def _by_number(self, site: Site) -> PartyKind:
        if not self.number:
            return PartyKind.SERVICE
        if self.number == self.text or not self.is_ours(site):
            return PartyKind.OUTSIDE
        return PartyKind.PERSON

    def is_ours(self, site: Site) -> bool:
        """Tell whether its number is one of the site's own extensions."""
        return self.number.isdigit() and caller(self.number, None, site.internal).key is None


class Step(StrEnum):
    """How a leg ended, as the last step of its text says."""

    ENDED = "ended"
    TAKEN = "taken"
    REPLACED = "replaced"
    TRANSFERRED = "transferred"
    SAID = "said"


_STEPS = (
    (Step.ENDED, re.compile(r"^Ended by (?P<who>.+)$")),
    (Step.TAKEN, re.compile(r"^.+ call was taken by (?P<who>.+)$")),
    (Step.REPLACED, re.compile(r"^.+ was replaced by (?P<who>.+)$")),
    (Step.TRANSFERRED, re.compile(r"^.+ was transferred to (?P<who>.+)$")),
    (Step.SAID, re.compile(r"^(?P<said>[^,]+), call forwarded to (?P<who>.+)$")),
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a leg ended: the step, who it names, and what it says in lower case."""

    step: Step
    who: str = ""
    said: str = ""

    @classmethod
    def of(cls, text: str) -> "Ending":
        """Read the last step of an activity text."""
        last = text.rpartition(" → ")[2].strip()
        for step, pattern in _STEPS:
            found = pattern.match(last)
            if found:
                parts = found.groupdict()
                return cls(step, parts["who"], parts.get("said", "").lower())
        return cls(Step.SAID, "", last.lower())

    @property
    def understood(self) -> bool:
        """Whether its words are known here."""
        return self.step is not Step.SAID or not self.said or self.said in KNOWN

    @property
    def closed(self) -> bool:
        """Whether the caller was turned away because nobody works now."""
        return self.said in CLOSED


CLOSED = frozenset({"out of office", "out of office hours", "closed", "holiday", "break", "lunch"})
"""What the log says of callers who came outside the hours of a queue or receptionist."""

RING_RESULTS = {
    "timed out": AttemptResult.NO_ANSWER,
    "no answer": AttemptResult.NO_ANSWER,
    "no answer (timeout)": AttemptResult.NO_ANSWER,
    "busy": AttemptResult.BUSY,
    "declined": AttemptResult.REJECTED,
    "rejected": AttemptResult.REJECTED,
    "cancelled": AttemptResult.CANCELLED,
    "unavailable": AttemptResult.UNREACHABLE,
    "not registered": AttemptResult.UNREACHABLE,
    "number not available": AttemptResult.UNREACHABLE,
    **dict.fromkeys(CLOSED, AttemptResult.UNREACHABLE),
}
"""How a ring ended."""

QUEUE_EXITS = {
    "no answer": Exit.TIMEOUT,
    "no answer (timeout)": Exit.TIMEOUT,
    "timed out": Exit.TIMEOUT,
    "busy": Exit.FULL,
    "unavailable": Exit.UNSTAFFED,
    **dict.fromkeys(CLOSED, Exit.CLOSING),
}
"""Why a caller left a queue."""

FAILURES = {
    "busy": "busy",
    "declined": "rejected",
    "rejected": "rejected",
    "number not found": "invalid_number",
    "number not available": "failed",
    "not allowed": "failed",
    "no route to destination": "failed",
    "server error": "failed",
    "all lines are currently in use": "failed",
}
"""Why a call that we made came to nothing."""

REFUSALS = {
    "all lines are currently in use": "capacity",
    "no route to destination": "misrouted",
    "number not found": "misrouted",
    "not allowed": "misrouted",
}
"""Why a call never got in, or never got to whom it was for."""

KNOWN = frozenset({*RING_RESULTS, *QUEUE_EXITS, *FAILURES, *REFUSALS})
"""Every ending that is understood."""

_FROM_OUTSIDE = re.compile(r"^Inbound: (?P<who>.+)$")
_DID = re.compile(r"^(?P<caller>[^:]+):(?P<name>.+?)\s*\([^()]*\)$")
_TRUNK = re.compile(r"^Via trunk: (?P<name>.+?)\s*\((?P<number>[^()]*)\)$")


@dataclass(frozen=True, slots=True)
class Route:
    """By which line a call came or went, and the number of ours that was dialled.

    Attributes:
        did: the name that the phone system gives that number.
    """

    trunk: str | None = None
    number: str | None = None
    did: str | None = None

    @classmethod
    def of(cls, text: str) -> "Route":
        """Read the first steps of an activity text."""
        steps = [step.strip() for step in text.split(" → ")]
        trunk = next((found for step in steps if (found := _TRUNK.match(step))), None)
        inbound = _FROM_OUTSIDE.match(steps[0])
        did = _DID.match(inbound["who"]) if inbound else None
        return cls(
            trunk["name"] if trunk else None,
            trunk["number"] if trunk and inbound else None,
            did["name"] if did else None,
        )
