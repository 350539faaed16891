"""A call as a story tells it: what it adds up to, as a row of facts in which all was seen."""

from dataclasses import dataclass, field
from typing import Any

from everycall.definitions.words import COLUMNS, words

NOW = 1_800_000_000_000_000
"""The moment at which stories are told, in microseconds."""

HOUR = 3_600_000_000
DAY = 24 * HOUR

_EXITS = {
    "caller": "caller_left_in_queue",
    "timeout": "timed_out",
    "empty": "queue_empty",
    "full": "queue_full",
    "unstaffed": "queue_unstaffed",
    "key": "left_by_key",
    "closing": "closed_while_waiting",
    "withdrawn": "closed_while_waiting",
}


@dataclass(slots=True)
class Call:
    """A call while its story is told.

    Attributes:
        request: the last request for a person: 'queue', 'direct' or none.
        stage: the automated stage in which the caller is, where nobody was asked for.
        unseen: facts that the story says nobody saw.
    """

    facts: dict[str, Any] = field(default_factory=dict)
    request: str = ""
    stage: str = "menu"
    exit: str = ""
    outcome: str = ""
    handed_on: bool = False
    fault: bool = False
    over: bool = False
    unseen: list[str] = field(default_factory=list)

    def set(self, **facts: Any) -> None:
        """Say facts."""
        self.facts |= facts

    def add(self, name: str, number: int) -> None:
        """Add to a fact that is counted."""
        self.facts[name] = (self.facts.get(name) or 0) + number

    def get(self, name: str) -> Any:
        """Return a fact."""
        return self.facts.get(name)

    def wait(self, ms: int) -> None:
        """Let the caller wait."""
        self.add("wait_ms", ms)
        if self.get("queued"):
            self.add("queue_wait_ms", ms)

    def ask(self, request: str) -> None:
        """Ask for a person: in a queue, or directly."""
        self.request, self.exit = request, ""
        self.set(asked_for_person=True)

    def leave(self, why: str) -> None:
        """Leave the queue, if the caller is still in one."""
        if self.request == "queue":
            self.exit = self.exit or why

    def end(self, by: str) -> None:
        """End the call."""
        self.over = True
        self.set(ended_by=by)

    def row(self) -> dict[str, Any]:
        """Return the row of facts.

        Raises:
            ValueError: the story does not say how the call ended.
        """
        found = _all_seen() | self.facts | {"call_id": "story", "last_exit": self.exit or None}
        found["outcome"] = self._outcome()
        for fact in self.unseen:
            word = words()[fact]
            found[word.sql] = None
        return found

    def _outcome(self) -> str:
        if self.outcome:
            return self.outcome
        if self.get("direction") in ("outbound", "callback"):
            return "reached" if self.get("answered") else "no_answer"
        found = self._by_person() or self._without_person()
        if not found or not (self.over or self.exit or found.startswith(("answered", "voice"))):
            raise ValueError("the story does not say how the call ended; add for example 'hung up'")
        return found

    def _by_person(self) -> str:
        if self.get("answered"):
            if self.handed_on:
                return "transfer_unanswered"
            return "dropped_in_talk" if self.fault else "answered"
        if self.get("callback_requested"):
            self.over = True
            return "callback_requested"
        if self.get("voicemail_reached"):
            return "voicemail_left" if self.get("message_left") else "voicemail_no_message"
        return ""

    def _without_person(self) -> str:
        if self.fault:
            return "failed_waiting"
        if self.request == "queue":
            return _EXITS.get(self.exit, "")
        if self.request == "direct":
            return "caller_left_while_ringing"
        return "self_served" if self.get("self_served") else f"caller_left_{self._place()}"

    def _place(self) -> str:
        return {"closed": "closed", "bot": "in_bot"}.get(self.stage, "in_menu")


def _all_seen() -> dict[str, Any]:
    """Return a call of which everything was seen and nothing happened yet."""
    empty = {
        name: {"BOOLEAN": False, "BIGINT": 0}.get(kind)
        for name, kind in COLUMNS.items()
        if not name.endswith(("_ms", "_at"))
    }
    return empty | {
        "direction": "inbound",
        "confidence": "high",
        "missing": "",
        "open_at_arrival": True,
        "arrived_at": NOW - 2 * DAY,
        "callback_reached": None,
        "callback_tries": None,
        "wait_resolution_ms": 0,
        "talk_resolution_ms": 0,
    }
