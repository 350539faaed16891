"""The phrases that stories are made of. A story is some of them, joined by commas and `and`:

the caller waited 40 s in a queue and hung up
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from everycall.clock import to_micros
from everycall.definitions.stories import HOUR, NOW, Call
from everycall.definitions.words import words
from everycall.errors import did_you_mean
from everycall.settings import duration

LONGEST = 1_000
"""A story may have so many characters."""

_JOINTS = re.compile(r"\s*(?:[,;.]|\band then\b|\bthen\b|\band\b)\s*")
_SUBJECTS = re.compile(r"^(?:the caller|the call|they|it|who) ")
_SLOTS = {
    "{time}": r"(?P<time>\d[\d.]*\s*(?:ms|s|min|h|d)(?:\s+\d+\s*(?:ms|s|min|h))?)",
    "{number}": r"(?P<number>\d{1,6}|a|an|one|two|three|four|five)",
    "{day}": r"(?P<day>\d{4}-\d\d-\d\d)",
    "{fact}": r"(?P<fact>[a-z_0-9]+)",
}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing that can happen in a story: the words for it, and what it does to the call."""

    text: str
    tell: Callable[[Call, Any], None]

    def matches(self, said: str) -> re.Match[str] | None:
        """Return what the words of a story match, if they are these, times and numbers left open."""
        return _pattern(self.text).fullmatch(said)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    found = re.escape(text).replace(r"\ ", " ")
    for slot, pattern in _SLOTS.items():
        found = found.replace(re.escape(slot), pattern)
    return re.compile(found)


def _said(**facts: Any) -> Callable[[Call, Any], None]:
    return lambda call, _value: call.set(**facts)


def _outcome(outcome: str, **facts: Any) -> Callable[[Call, Any], None]:
    def tell(call: Call, _value: Any) -> None:
        call.set(**facts)
        call.outcome = outcome

    return tell


def _stage(stage: str, **facts: Any) -> Callable[[Call, Any], None]:
    def tell(call: Call, _value: Any) -> None:
        call.set(**facts)
        call.stage = stage

    return tell


def _menu(call: Call, _value: Any) -> None:
    call.add("menu_entries", 1)


def _wait_in_queue(call: Call, ms: Any) -> None:
    call.ask("queue")
    call.set(queued=True)
    call.add("visits", 1)
    call.wait(ms)


def _door(exit_: str) -> Callable[[Call, Any], None]:
    def tell(call: Call, _value: Any) -> None:
        call.ask("queue")
        call.add("visits", 1)
        call.set(queued=bool(call.get("queued")))
        call.exit = exit_

    return tell


def _leave(exit_: str) -> Callable[[Call, Any], None]:
    def tell(call: Call, _value: Any) -> None:
        call.exit = exit_

    return tell


def _rang_out(call: Call, number: Any) -> None:
    call.add("attempts", number)
    if call.request != "queue":
        call.ask("direct")
        call.set(rang_directly=True)
        call.outcome = "rang_out"


def _ring(call: Call, ms: Any) -> None:
    call.ask("direct")
    call.set(rang_directly=True)
    call.add("attempts", 1)
    call.wait(ms)


def _phone(outcome: str) -> Callable[[Call, Any], None]:
    def tell(call: Call, _value: Any) -> None:
        call.ask("direct")
        call.add("attempts", 1)
        call.set(rang_directly=True)
        call.outcome = outcome

    return tell


def _hang_up(call: Call, _value: Any) -> None:
    call.leave("caller")
    call.end("caller")


def _hung_up_by(by: str) -> Callable[[Call, Any], None]:
    return lambda call, _value: call.end(by)


def _fault(call: Call, _value: Any) -> None:
    call.fault = True
    call.leave("caller")
    call.end("network")


def _voicemail(call: Call, _value: Any) -> None:
    call.outcome = ""
    call.set(voicemail_reached=True)


def _answer(call: Call, _value: Any) -> None:
    call.outcome = ""
    call.add("attempts", 1)
    call.add("people", 1)
    call.exit = "answered" if call.request == "queue" else ""
    if not call.request:
        call.ask("direct")
        call.set(rang_directly=True)
    call.set(answered=True)


def _hand_on(call: Call, _value: Any) -> None:
    call.handed_on = True
    call.add("transfers", 1)
    call.add("attempts", 1)


def _ask_for_callback(call: Call, ms: Any) -> None:
    ago = HOUR * 24 if ms is None else ms * 1000
    call.leave("key")
    call.set(callback_requested=True, callback_requested_at=NOW - ago)


def _called_back(call: Call, ms: Any) -> None:
    reached = call.get("callback_requested_at") + ms * 1000
    call.add("callback_tries", 1)
    call.set(callback_reached=True, callback_reached_at=reached)


def _tried(call: Call, number: Any) -> None:
    call.set(callback_tries=number, callback_reached=False)


def _on_day(call: Call, day: Any) -> None:
    call.set(arrived_at=to_micros(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))


def _unseen(call: Call, fact: Any) -> None:
    call.unseen.append(fact)


def _nothing(_call: Call, _value: Any) -> None:
    pass


_CLOSED = {"told_closed": True, "open_at_arrival": False, "after_hours": True}

PHRASES = (
    Phrase("all lines were busy", _outcome("failed_before_ring")),
    Phrase("the network refused the call", _outcome("failed_before_ring", ended_by="network")),
    Phrase("was refused as spam", _outcome("blocked")),
    Phrase("came on {day}", _on_day),
    Phrase("came from inside", _said(direction="internal")),
    Phrase("went out", _said(direction="outbound")),
    Phrase("we were closed", _stage("closed", **_CLOSED)),
    Phrase("heard the menu", _menu),
    Phrase("heard the answer to the question", _said(self_served=True)),
    Phrase("got the answer by SMS", _said(self_served=True)),
    Phrase("spoke with a bot", _stage("bot")),
    Phrase("was helped by the bot", _said(self_served=True)),
    Phrase("waited {time} in a queue", _wait_in_queue),
    Phrase("waited {time} in a second queue", _wait_in_queue),
    Phrase("the queue was full", _door("full")),
    Phrase("nobody was signed in", _door("unstaffed")),
    Phrase("{number} phones rang out", _rang_out),
    Phrase("{number} phone rang out", _rang_out),
    Phrase("a phone was ringing at that moment", _said(ringing_when_left=True)),
    Phrase("the waiting time ran out", _leave("timeout")),
    Phrase("all agents signed out", _leave("empty")),
    Phrase("the queue closed", _leave("closing")),
    Phrase("was sent away", _leave("withdrawn")),
    Phrase("left the queue by a key", _leave("key")),
    Phrase("a phone rang {time}", _ring),
    Phrase("nobody answered", _phone("rang_out")),
    Phrase("the phone was busy", _phone("busy")),
    Phrase("the person refused the call", _phone("rejected")),
    Phrase("the phone was out of reach", _phone("unreachable")),
    Phrase("went to voicemail", _voicemail),
    Phrase("left a message", _said(message_left=True)),
    Phrase("left no message", _nothing),
    Phrase("asked to be called back", _ask_for_callback),
    Phrase("asked {time} ago to be called back", _ask_for_callback),
    Phrase("was called back {time} later", _called_back),
    Phrase("was called back {number} times in vain", _tried),
    Phrase("was never called back", _said(callback_tries=0, callback_reached=False)),
    Phrase("was helped by a later call", _said(helped_later=True)),
    Phrase("an agent answered", _answer),
    Phrase("talked {time}", lambda call, ms: call.set(talk_ms=ms)),
    Phrase("was handed on to a phone that nobody answered", _hand_on),
    Phrase("somebody outside took the call", _outcome("answered_elsewhere")),
    Phrase("the network failed", _fault),
    Phrase("hung up", _hang_up),
    Phrase("the agent hung up", _hung_up_by("agent")),
    Phrase("the system hung up", _hung_up_by("system")),
    Phrase("is not over", _outcome("pending")),
    Phrase("waits are known to the second", _said(wait_resolution_ms=1000)),
    Phrase("nobody saw the fact {fact}", _unseen),
)
"""Every phrase, in the order in which a call goes."""


def tell(story: str) -> dict[str, Any]:
    """Return the row of facts that a story tells.

    Raises:
        ValueError: with a sentence for the first thing in the story that cannot be read.
    """
    if len(story) > LONGEST:
        raise ValueError(f"a story may have {LONGEST} characters, this has {len(story)}")
    call = Call()
    for phrase, value in _read(story):
        phrase.tell(call, value)
    return call.row()


def _read(story: str) -> Iterator[tuple[Phrase, Any]]:
    for piece in _JOINTS.split(" ".join(story.split())):
        said = _SUBJECTS.sub("", piece[:1].lower() + piece[1:])
        if said:
            yield _one(said)


def _one(said: str) -> tuple[Phrase, Any]:
    for phrase in PHRASES:
        found = phrase.matches(said)
        if found:
            return phrase, _value(found)
    hint = did_you_mean(said, (_filled(phrase.text, said) for phrase in PHRASES))
    raise ValueError(
        f"no story has the words '{said}'{hint or '; see: everycall definitions words'}"
    )


def _value(found: re.Match[str]) -> Any:
    kind, text = next(iter(found.groupdict().items()), ("", ""))
    if kind == "time":
        return round(duration(text).total_seconds() * 1000)
    if kind == "number":
        return _NUMBERS.get(text) or int(text)
    if kind == "day":
        return date.fromisoformat(text)
    if kind == "fact" and text not in words():
        raise ValueError(f"there is no fact '{text}'{did_you_mean(text, words())}")
    return text or None


def _filled(text: str, said: str) -> str:
    """Put the times and numbers of a piece into a phrase, to see how near they are."""
    times = re.findall(r"\d[\d.]*\s*(?:ms|s|min|h|d)\b", said)
    numbers = re.findall(r"\d+", said)
    return (
        text.replace("{time}", times[0] if times else "30 s")
        .replace("{number}", numbers[0] if numbers else "two")
        .replace("{day}", "2026-03-03")
        .replace("{fact}", "wait")
    )
