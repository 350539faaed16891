"""What a source can see. What it cannot see is null on every screen, with this reason."""

from enum import StrEnum


class Sight(StrEnum):
    """One thing that a source may or may not be able to see."""

    LOST = "lost"
    DIRECTION = "direction"
    CALLER = "caller"
    CALLED = "called"
    TRUNK = "trunk"
    CLOSED = "closed"
    MENU = "menu"
    SELF_SERVICE = "self_service"
    QUEUE = "queue"
    EXIT = "exit"
    DOOR = "door"
    RINGS = "rings"
    DIRECT = "direct"
    RING_RESULT = "ring_result"
    TALK = "talk"
    HOLD = "hold"
    TRANSFER = "transfer"
    AFTER_TRANSFER = "after_transfer"
    ELSEWHERE = "elsewhere"
    VOICEMAIL = "voicemail"
    MESSAGE = "message"
    CALLBACK = "callback"
    END = "end"
    ENDED_BY = "ended_by"
    CAUSE = "cause"
    STAFF = "staff"

    @property
    def doc(self) -> str:
        """The words that stand for it in a sentence: 'cannot see ...'."""
        return _WORDS[self]


_WORDS = {
    Sight.LOST: "calls that never got in (all lines busy, network, wrong route)",
    Sight.DIRECTION: "whether a call came in, went out or stayed inside",
    Sight.CALLER: "who called",
    Sight.CALLED: "the number that was dialled",
    Sight.TRUNK: "the line that a call came by",
    Sight.CLOSED: "that a caller was told you are closed",
    Sight.MENU: "what callers did in menus before they asked for a person",
    Sight.SELF_SERVICE: "callers who were helped without a person",
    Sight.QUEUE: "callers waiting in queues",
    Sight.EXIT: "why a caller left a queue",
    Sight.DOOR: "callers refused at a queue's door (full or unstaffed)",
    Sight.RINGS: "whose phone rang, and for how long",
    Sight.DIRECT: "people rung directly, outside a queue",
    Sight.RING_RESULT: "whether a phone was refused, busy, out of reach or just not answered",
    Sight.TALK: "who spoke with the caller, and for how long",
    Sight.HOLD: "callers put on hold",
    Sight.TRANSFER: "callers handed on to somebody else",
    Sight.AFTER_TRANSFER: "what became of a caller who was handed on",
    Sight.ELSEWHERE: "calls taken on a phone outside this system",
    Sight.VOICEMAIL: "callers sent to voicemail",
    Sight.MESSAGE: "whether a caller left a message",
    Sight.CALLBACK: "callers who asked to be called back",
    Sight.END: "when a call ended",
    Sight.ENDED_BY: "who ended a call",
    Sight.CAUSE: "whether a fault ended a call",
    Sight.STAFF: "when people signed in, paused and signed out",
}
