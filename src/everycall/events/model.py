"""The words of an event: its kind, who took part, why, and what could not be read."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an event says."""

    CALL_ARRIVED = "call.arrived"
    CALL_REFUSED = "call.refused"
    CALL_CLOSED = "call.closed"
    MENU_ENTERED = "menu.entered"
    MENU_CHOSE = "menu.chose"
    MENU_FAILED = "menu.failed"
    INFO_PLAYED = "info.played"
    INFO_SENT = "info.sent"
    BOT_ENTERED = "bot.entered"
    BOT_RESOLVED = "bot.resolved"
    BOT_HANDED_OVER = "bot.handed_over"
    BOT_ENDED = "bot.ended"
    QUEUE_ENTERED = "queue.entered"
    QUEUE_LEFT = "queue.left"
    AGENT_RANG = "agent.rang"
    AGENT_STOPPED = "agent.stopped"
    TALK_STARTED = "talk.started"
    TALK_ENDED = "talk.ended"
    HOLD_STARTED = "hold.started"
    HOLD_ENDED = "hold.ended"
    PARK_STARTED = "park.started"
    PARK_ENDED = "park.ended"
    TALK_QUALITY = "talk.quality"
    TRANSFER_STARTED = "transfer.started"
    TRANSFER_ENDED = "transfer.ended"
    VOICEMAIL_REACHED = "voicemail.reached"
    VOICEMAIL_LEFT = "voicemail.left"
    CALLBACK_OFFERED = "callback.offered"
    CALLBACK_REQUESTED = "callback.requested"
    CALLBACK_DIALLED = "callback.dialled"
    CALLBACK_REACHED = "callback.reached"
    CALLBACK_CANCELLED = "callback.cancelled"
    CALL_ENDED = "call.ended"
    AGENT_SIGNED_IN = "agent.signed_in"
    AGENT_SIGNED_OUT = "agent.signed_out"
    AGENT_PAUSED = "agent.paused"
    AGENT_RESUMED = "agent.resumed"
    AGENT_WRAPPED_UP = "agent.wrapped_up"
    AGENT_PHONE_LOST = "agent.phone_lost"
    AGENT_PHONE_BACK = "agent.phone_back"
    RECORDING_SAVED = "recording.saved"
    SURVEY_ANSWERED = "survey.answered"
    CALL_TAGGED = "call.tagged"
    DEAL_WON = "deal.won"
    TRUNK_LOST = "trunk.lost"
    TRUNK_BACK = "trunk.back"
    SOURCE_GAP = "source.gap"


class Direction(StrEnum):
    """Where a call came from; a leg of our own return is a callback, never an arrived call."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"
    CALLBACK = "callback"
    UNKNOWN = "unknown"


class AgentKind(StrEnum):
    """What answered. Only a person makes a call answered."""

    PERSON = "person"
    BOT = "bot"
    DEVICE = "device"
    EXTERNAL = "external"


class Exit(StrEnum):
    """Why a caller left a queue."""

    ANSWERED = "answered"
    CALLER = "caller"
    TIMEOUT = "timeout"
    EMPTY = "empty"
    FULL = "full"
    UNSTAFFED = "unstaffed"
    KEY = "key"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    CLOSING = "closing"
    SYSTEM = "system"


class AttemptResult(StrEnum):
    """How one ring of one agent's phone ended."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    ELSEWHERE = "elsewhere"
    CANCELLED = "cancelled"


class EndedBy(StrEnum):
    """Who ended a call or a talk."""

    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"
    NETWORK = "network"
    TRANSFER = "transfer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a phone system said at a moment.

    Null means that this source did not say it. `at` is microseconds since 1970 in UTC,
    `resolution` says how exact it is, in microseconds. `value` is a number of milliseconds on every
    kind that ends a stretch of time (queue.left, agent.stopped, talk.ended, hold.ended): how long
    that stretch had lasted by the source's own word.
    """

    at: int
    kind: Kind
    call_id: str | None = None
    resolution: int = 1
    seq: int = 0
    direction: Direction | None = None
    caller_raw: str | None = None
    called: str | None = None
    trunk: str | None = None
    queue: str | None = None
    agent: str | None = None
    agent_kind: AgentKind | None = None
    leg: str | None = None
    party: str | None = None
    sip_code: int | None = None
    q850: int | None = None
    reason: str | None = None
    value: int | None = None
    text: str | None = None
    client: str | None = None
    language: str | None = None


class SkipReason(StrEnum):
    """Why something that a source said became no event."""

    TORN = "torn"
    BAD_TIME = "bad_time"
    BAD_ENCODING = "bad_encoding"
    TOO_FEW_FIELDS = "too_few_fields"
    TOO_MANY_FIELDS = "too_many_fields"
    BAD_VALUE = "bad_value"
    NOT_JSON = "not_json"
    TOO_LONG = "too_long"
    NO_CALL_ID = "no_call_id"
    NO_CALL = "no_call"
    NO_WORD = "no_word"
    LEFT_OUT = "left_out"

    @property
    def unreadable(self) -> bool:
        """Tell damage in the file from things that were read but have no word here."""
        return self not in (SkipReason.NO_WORD, SkipReason.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Skip:
    """A piece of a file that became no event: where it stands, why, and what it says."""

    file: str
    line: int
    reason: SkipReason
    detail: str
    text: str
