"""Stays in queues, and the phones that were rung: what Queue() and Dial() did for the customer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from everycall.calls.causes import attempt_result
from everycall.events import AttemptResult, Exit
from everycall.sources.channels.people import Cast, Channel
from everycall.sources.channels.steps import Act, Step

SOON = 1_500_000
"""What follows within this time, in microseconds, is taken as the effect of what was before."""

AT_ONCE = 300_000
_QUEUE = "Queue"

_STATUS = {
    "TIMEOUT": Exit.TIMEOUT,
    "FULL": Exit.FULL,
    "JOINEMPTY": Exit.UNSTAFFED,
    "JOINUNAVAIL": Exit.UNSTAFFED,
    "LEAVEEMPTY": Exit.EMPTY,
    "LEAVEUNAVAIL": Exit.EMPTY,
    "WITHDRAW": Exit.WITHDRAWN,
}
"""What QUEUESTATUS says after Queue(); it is not set when the caller left by hanging up or by key."""

_DOOR = frozenset({Exit.FULL, Exit.UNSTAFFED})


@dataclass(slots=True)
class Visit:
    """A stay of a channel in a queue; the reason is None if it cannot be told."""

    channel: Channel
    queue: str
    began_at: int
    joined: bool = False
    ended_at: int | None = None
    reason: Exit | None = None
    agent: Channel | None = None
    key: str = ""
    longest_s: float | None = None


def visits(steps: Sequence[Step], cast: Cast) -> list[Visit]:
    """Return the stays in queues, in order."""
    found: list[Visit] = []
    for channel in cast.channels.values():
        mine = [step for step in steps if step.channel == channel.id]
        found += _visits_of(channel, mine)
    _note_first_rings(found, cast)
    for visit in found:
        _answer(visit, cast)
    return sorted(found, key=lambda visit: visit.began_at)


@dataclass(slots=True)
class _Trace:
    """What a channel did on its way: the last key, and whether it is or was in a bridge.

    Attributes:
        was_bridged: since it entered the queue that it is or was last in.
    """

    digit: str = ""
    digit_at: int = 0
    bridged: bool = False
    was_bridged: bool = False

    def follow(self, step: Step) -> None:
        if step.act is Act.DIGIT:
            self.digit, self.digit_at = step.digit, step.at
        elif step.act is Act.ENTERED:
            self.bridged = self.was_bridged = True
        elif step.act is Act.LEFT:
            self.bridged = False

    def key(self, at: int) -> str:
        """Return the key that was pressed just before a moment."""
        return self.digit if at - self.digit_at <= SOON else ""


def _visits_of(channel: Channel, steps: Sequence[Step]) -> Iterator[Visit]:
    visit: Visit | None = None
    trace = _Trace()
    for step in steps:
        queue = _queue_of(step)
        if visit is not None and _enters_again(visit, step, trace):
            yield _closed(visit, step, "")
            visit = None
        trace.follow(step)
        if visit is None and queue and step.act is not Act.QUIT:
            visit = Visit(channel, queue, step.at, longest_s=_longest(step.data))
            trace.was_bridged = trace.bridged
        if visit is None:
            continue
        if step.act is Act.JOINED:
            visit.began_at, visit.joined, visit.queue = step.at, True, step.queue or visit.queue
        if _ends(visit, step):
            yield _closed(visit, step, trace.key(step.at))
            visit = None
    if visit is not None:
        yield visit


def _enters_again(visit: Visit, step: Step, trace: _Trace) -> bool:
    """Tell whether a channel enters a queue anew, its stay before being over.

    In a bridge, and for a moment after it, a channel still carries the words of the queue that it
    was answered in; the manager's events say when it has joined one.
    """
    if trace.bridged:
        return False
    if visit.joined or step.act is Act.JOINED:
        return step.act is Act.JOINED and visit.ended_at is not None
    if step.app != _QUEUE or step.act not in (Act.RUNS, Act.HEARS, Act.ENTERED):
        return False
    anew = step.act is Act.RUNS or step.sound == "moh"
    return (anew and trace.was_bridged) or _queue_of(step) not in ("", visit.queue)


def _queue_of(step: Step) -> str:
    if step.queue and step.act in (Act.JOINED, Act.QUIT, Act.GAVE_UP):
        return step.queue
    return step.data.split(",")[0] if step.app == _QUEUE and step.data else ""


def _longest(data: str) -> float | None:
    """Return the longest wait that the fifth argument of Queue() allows, in seconds."""
    arguments = data.split(",")
    text = arguments[4] if len(arguments) > 4 else ""
    return float(text) if text.isdigit() and int(text) > 0 else None


def _ends(visit: Visit, step: Step) -> bool:
    """Tell whether a step shows that the channel is in the queue no more."""
    visit.longest_s = visit.longest_s or _longest(step.data if step.app == _QUEUE else "")
    if step.act is Act.HEARD and step.sound == "moh" and visit.ended_at is None:
        visit.ended_at = step.at
    if step.act is Act.HEARS and step.sound == "moh" and step.app == _QUEUE:
        visit.ended_at = None
    if step.act in (Act.QUIT, Act.GAVE_UP):
        visit.ended_at = step.at
    if step.act is Act.VARIABLE and step.variable == "QUEUESTATUS" and step.value in _STATUS:
        visit.reason = _STATUS[step.value]
        return True
    if step.act in (Act.HUNG_UP, Act.BLIND):
        return True
    return bool(step.app) and step.app != _QUEUE and not step.app.startswith("App")


def _closed(visit: Visit, step: Step, key: str) -> Visit:
    hung_up = step.act is Act.HUNG_UP
    visit.ended_at = step.at if hung_up or visit.ended_at is None else visit.ended_at
    if visit.reason in _DOOR and not visit.joined:
        visit.began_at = visit.ended_at = step.at
    if visit.reason is None:
        visit.reason = _reason(visit, hung_up=hung_up, key=key)
        visit.key = key if visit.reason is Exit.KEY else ""
    return visit


def _reason(visit: Visit, *, hung_up: bool, key: str) -> Exit | None:
    if hung_up:
        return Exit.CALLER
    if key:
        return Exit.KEY
    waited = ((visit.ended_at or visit.began_at) - visit.began_at) / 1_000_000
    if visit.longest_s is not None and abs(waited - visit.longest_s) <= 1.5:
        return Exit.TIMEOUT
    return None


def _note_first_rings(found: list[Visit], cast: Cast) -> None:
    """Let a stay begin no later than the first ring it caused: not every queue plays music."""
    for visit in found:
        if visit.joined:
            continue
        rings = [
            phone.born_at
            for phone in cast.phones()
            if "AppQueue" in phone.apps and visit.began_at - 60_000_000 < phone.born_at
        ]
        earliest = min(rings, default=visit.began_at)
        others = [v.ended_at or v.began_at for v in found if v is not visit]
        if not any(earliest <= ended <= visit.began_at for ended in others):
            visit.began_at = min(visit.began_at, earliest)


def _answer(visit: Visit, cast: Cast) -> None:
    """Mark a stay as answered by the phone that answered while it lasted."""
    end = visit.ended_at if visit.ended_at is not None else visit.began_at + 86_400_000_000
    answers = [
        phone
        for phone in cast.phones()
        if phone.answered_at is not None
        and _rung_by_queue(phone, cast)
        and visit.began_at <= phone.answered_at <= end + AT_ONCE
    ]
    if answers:
        visit.agent = min(answers, key=lambda phone: phone.answered_at or 0)
        visit.ended_at, visit.reason = visit.agent.answered_at, Exit.ANSWERED


def _rung_by_queue(phone: Channel, cast: Cast) -> bool:
    """Tell whether Queue() rang a phone, itself or through a Local channel."""
    if "AppQueue" in phone.apps or phone.queue:
        return True
    between = dialled_through(phone, cast)
    return between is not None and ("AppQueue" in between.apps or bool(between.queue))


def dialled_through(phone: Channel, cast: Cast) -> Channel | None:
    """Return the Local channel, if any, through which a phone was rung: Local/1001@... for 1001."""
    number = phone.endpoint.partition("/")[2]
    for channel in cast.channels.values():
        if channel.pair is not None and channel.name.endswith(";1"):
            extension = re.match(r"Local/([^@]+)@", channel.name)
            if extension and extension[1] == number and channel.born_at <= phone.born_at:
                return channel
    return None


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring of one phone; `stopped_at` is None while it goes on."""

    channel: Channel
    rang_at: int
    stopped_at: int | None
    result: AttemptResult | None
    queue: str


def rings(steps: Sequence[Step], cast: Cast, stays: Sequence[Visit]) -> list[Ring]:
    """Return every ring of a phone."""
    shows_ringing = any(step.act in (Act.RINGING, Act.RUNG) for step in steps)
    return [_ring(phone, cast, stays, shows_ringing=shows_ringing) for phone in cast.phones()]


def _ring(phone: Channel, cast: Cast, stays: Sequence[Visit], *, shows_ringing: bool) -> Ring:
    rang_at = phone.born_at
    stopped_at = phone.answered_at or phone.ended_at
    queue = next(
        (v.queue for v in stays if v.began_at <= rang_at <= (v.ended_at or rang_at)), phone.queue
    )
    result = _result(phone, cast, shows_ringing=shows_ringing) if stopped_at is not None else None
    return Ring(phone, rang_at, stopped_at, result, queue)


def _result(phone: Channel, cast: Cast, *, shows_ringing: bool) -> AttemptResult:
    if phone.answered_at is not None:
        return AttemptResult.ANSWERED
    told = attempt_result(phone.cause)
    if told is AttemptResult.BUSY and _rang_first(phone):
        return AttemptResult.REJECTED
    if told is AttemptResult.NO_ANSWER or phone.cause in (0, 16, 127, None):
        return _without_cause(phone, cast, shows_ringing=shows_ringing)
    return told


def _rang_first(phone: Channel) -> bool:
    """Tell a phone that rang before it said busy: somebody refused; a busy phone says so at once."""
    return phone.rings or (phone.ended_at or 0) - phone.born_at > 500_000


def _without_cause(phone: Channel, cast: Cast, *, shows_ringing: bool) -> AttemptResult:
    """Tell from what happened at the same moment why a ring stopped."""
    ended_at = phone.ended_at or 0
    customer = cast.customer
    if customer is not None and _gave_up(customer, ended_at):
        return AttemptResult.CANCELLED
    others = (other for other in cast.phones() if other is not phone)
    if any(abs((other.answered_at or 0) - ended_at) <= AT_ONCE for other in others):
        return AttemptResult.ELSEWHERE
    if shows_ringing and not phone.rings:
        return AttemptResult.UNREACHABLE
    return AttemptResult.NO_ANSWER


def _gave_up(customer: Channel, at: int) -> bool:
    """Tell whether the customer left at a moment, of their own will as far as can be told."""
    if abs((customer.ended_at or 0) - at) > AT_ONCE:
        return False
    by_itself = customer.ended_itself()
    return by_itself or (by_itself is None and customer.cause != 16)
