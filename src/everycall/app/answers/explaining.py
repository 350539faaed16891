"""Telling one call's story: every step with its time, the outcome, its rule and what was unseen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from everycall.app.answers.blindness import why_missing
from everycall.app.answers.defining import chosen
from everycall.app.answers.judging import side_by_side
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.calls.outcomes import INBOUND_RULES, OUTBOUND_RULES
from everycall.clock import iso, to_micros

_RULES = {rule.outcome: rule for rule in (*OUTBOUND_RULES, *INBOUND_RULES)}

SAYS = {
    "call.arrived": "the call arrived",
    "call.refused": "the call was refused",
    "call.closed": "the caller was told that you are closed",
    "menu.entered": "a menu or announcement began",
    "menu.chose": "the caller pressed a key",
    "menu.failed": "the menu got no or a wrong answer",
    "info.played": "an answer was heard",
    "info.sent": "an answer was sent",
    "bot.entered": "a bot took the call",
    "bot.resolved": "the bot resolved it",
    "bot.handed_over": "the bot handed over",
    "bot.ended": "the bot ended",
    "queue.entered": "the caller entered a queue",
    "queue.left": "the caller left the queue",
    "agent.rang": "a phone rang",
    "agent.stopped": "the phone stopped ringing",
    "talk.started": "a talk began",
    "talk.ended": "the talk ended",
    "hold.started": "the caller was put on hold",
    "hold.ended": "the hold ended",
    "park.started": "the call was parked",
    "park.ended": "the call was fetched or came back",
    "transfer.started": "the caller was handed on",
    "transfer.ended": "the hand-over ended",
    "voicemail.reached": "voicemail took the call",
    "voicemail.left": "a message was left",
    "callback.offered": "a call back was offered",
    "callback.requested": "the caller asked to be called back",
    "callback.dialled": "we called back",
    "callback.reached": "the caller was reached",
    "callback.cancelled": "the call back was cancelled",
    "call.ended": "the call ended",
    "source.gap": "the phone system was away",
}
"""What each kind of event says, in words."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a call's story.

    Attributes:
        timer_ms: time since the call arrived.
    """

    at: int
    timer_ms: int
    kind: str
    words: str
    queue: str | None
    agent: str | None
    details: str
    source: str

    @property
    def who(self) -> str:
        """Return where and with whom, as a line of the story has it."""
        return " · ".join(part for part in (self.queue, self.agent) if part)


def story(asking: Asking, call: dict[str, Any], arrived_at: int) -> list[Step]:
    """Return the steps of a call, in order, each with its timer."""
    return [_step(row, arrived_at) for row in asking.timeline(call["call_id"])]


def _step(row: dict[str, Any], arrived_at: int) -> Step:
    details = [
        row["reason"] or "",
        f"for {row['value'] / 1000:g} s" if _is_duration(row) else "",
        f"to {row['party']}" if row["party"] else "",
        f"cause {row['q850']}" if row["q850"] is not None else "",
        row["text"] or "",
    ]
    return Step(
        at=row["at"],
        timer_ms=(row["at"] - arrived_at) // 1000,
        kind=row["kind"],
        words=SAYS.get(row["kind"], row["kind"]),
        queue=row["queue"],
        agent=row["agent"],
        details=", ".join(part for part in details if part),
        source=row["source"],
    )


def _is_duration(row: dict[str, Any]) -> bool:
    return row["value"] is not None and row["kind"].endswith((".left", ".stopped", ".ended"))


def explain(asking: Asking, name: str, site: SiteFile | None = None) -> dict[str, Any]:
    """Return a call with its story, the sentence of its rule and the reasons for what is unseen.

    `definitions` says what each definition calls it, the site's own first.

    Raises:
        NotFoundError: there is no such call.
    """
    call = asking.call(name)
    steps = story(asking, call, to_micros(datetime.fromisoformat(call["arrived_at"])))
    return {
        **call,
        "why": _RULES[call["outcome"]].why,
        "rule_words": _RULES[call["outcome"]].doc,
        "timeline": [_as_json(step) for step in steps],
        "unseen": [_unseen(fact, call["sources"]) for fact in call["missing"]],
        "definitions": side_by_side(
            asking, call["call_id"], chosen(site or SiteFile()).of(call["client"])
        ),
    }


def _as_json(step: Step) -> dict[str, Any]:
    return {
        "at": iso(step.at),
        "timer_ms": step.timer_ms,
        "kind": step.kind,
        "words": step.words,
        "who": step.who,
        "queue": step.queue,
        "agent": step.agent,
        "details": step.details,
        "source": step.source,
    }


def _unseen(fact: str, sources: list[str]) -> dict[str, str]:
    doc, because = why_missing(fact, sources)
    return {"fact": fact, "doc": doc, "because": because}
