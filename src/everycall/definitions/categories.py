"""The words that a definition may end in: one small set for all, so that definitions compare."""

from enum import StrEnum


class Category(StrEnum):
    """What a definition calls a call."""

    ANSWERED = "answered"
    MISSED = "missed"
    LOST = "lost"
    ABANDONED = "abandoned"
    SHORT_ABANDON = "short_abandon"
    DROPPED = "dropped"
    ENDED_IN_MENU = "ended_in_menu"
    SELF_SERVED = "self_served"
    CALLBACK = "callback"
    VOICEMAIL = "voicemail"
    FLOW_OUT = "flow_out"
    NOT_COUNTED = "not_counted"
    UNDEFINED = "undefined"
    CANNOT_TELL = "cannot_tell"
    PENDING = "pending"

    @property
    def doc(self) -> str:
        """What the word means unless a definition says it more exactly."""
        return _DOCS[self]


EVERYWHERE = {
    Category.NOT_COUNTED,
    Category.UNDEFINED,
    Category.CANNOT_TELL,
    Category.PENDING,
}
"""Words that mean the same in every definition, so that none has to explain them."""

_DOCS = {
    Category.ANSWERED: "A person spoke with the caller.",
    Category.MISSED: "It could have been answered and was not.",
    Category.LOST: "It never reached anybody.",
    Category.ABANDONED: "The caller left before a person answered.",
    Category.SHORT_ABANDON: "The caller left so soon that nobody had a chance; counted apart.",
    Category.DROPPED: "A technical fault ended it.",
    Category.ENDED_IN_MENU: "It ended in an automated stage, before a person was asked for.",
    Category.SELF_SERVED: "The caller was helped without a person.",
    Category.CALLBACK: "The caller accepted to be called back.",
    Category.VOICEMAIL: "It ended in voicemail; counted apart.",
    Category.FLOW_OUT: "It left the queue without an answer and without hanging up.",
    Category.NOT_COUNTED: "This definition does not count such a call.",
    Category.UNDEFINED: "This definition leaves open what such a call is.",
    Category.CANNOT_TELL: "No source saw what this definition has to know.",
    Category.PENDING: "The call is not over.",
}
