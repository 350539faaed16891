"""What a CRM is asked to do: know the caller, note each call, hold "Call back" tasks.

Everything that is made over there carries a mark of ours. Whoever is not sure whether something was
made, because an answer was lost or a program died, looks for the mark before making it again.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

import phonenumbers
from phonenumbers import MatchType

_SAME = (MatchType.EXACT_MATCH, MatchType.NSN_MATCH)


def same_line(number: str, written: str) -> bool:
    """Tell whether a number, as E.164, is the line that somebody wrote down in whatever way."""
    return bool(written) and phonenumbers.is_number_match(number, written) in _SAME


def national(number: str) -> str:
    """Return the digits of an E.164 number without its country, as most CRMs store them."""
    return phonenumbers.national_significant_number(phonenumbers.parse(number))


def mark_of(kind: str, key: str) -> str:
    """Return the mark of what we make: one word, the same for the same thing, found by a search."""
    return "everycall" + hashlib.blake2s(f"{kind} {key}".encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class CallNote:
    """One call, for the history of its contact.

    Attributes:
        number: the customer's, as E.164.
        talk_ms: the time with a person; null if nobody saw it.
        text: what happened, in words.
        link: where the call opens.
    """

    mark: str
    number: str
    inbound: bool
    began_at: datetime
    ended_at: datetime
    talk_ms: int | None
    answered: bool | None
    title: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class CallbackTask:
    """A call back that somebody owes a contact, until when."""

    mark: str
    number: str
    due_at: datetime
    title: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Deal:
    """What a contact bought: the value, in its currency, and when it was won."""

    id: str
    numbers: tuple[str, ...]
    value: float
    currency: str | None
    won_at: datetime


class Crm(Protocol):
    """A CRM. Ids are its own; `find_...` returns None for what is not there.

    Every method may raise `LaterError` (asked to wait), `NotTakenError` (try again) or
    `RefusedError` (a person has to look).
    """

    def check(self) -> str:
        """Return who we are over there: that the key works."""

    def find_contact(self, number: str) -> str | None:
        """Return the contact with a number, however the number is written over there."""

    def add_contact(self, number: str, mark: str) -> str:
        """Make a contact of an unknown caller; it belongs to the fallback owner."""

    def find_call(self, contact: str, mark: str) -> str | None:
        """Return the call of a contact that carries a mark."""

    def add_call(self, contact: str, call: CallNote) -> str:
        """Put a call into a contact's history."""

    def find_task(self, contact: str, mark: str) -> str | None:
        """Return the task of a contact that carries a mark."""

    def add_task(self, contact: str, task: CallbackTask) -> str:
        """Open a "Call back" task."""

    def close_task(self, task: str, why: str) -> None:
        """Close a task, saying why; one that is closed already stays so."""

    def is_open(self, task: str) -> bool:
        """Tell whether nobody has closed a task over there; one that was deleted is closed."""


@runtime_checkable
class Seller(Protocol):
    """A CRM that also knows what was sold."""

    def deals(self, since: datetime) -> Iterable[Deal]:
        """Return what was won since a moment."""


@runtime_checkable
class AddressBook(Protocol):
    """A CRM that knows mail addresses, and on which page of it a contact opens."""

    def address_of(self, contact: str) -> str | None:
        """Return the mail address of a contact."""

    def page_of(self, contact: str) -> str | None:
        """Return where a contact opens in a browser, without asking anybody; None if nobody said."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make one thing.

    Attributes:
        made: its id over there, if it is made already.
        left: somebody claimed it before and never said how it ended.
    """

    made: str | None
    left: bool


class Marks(Protocol):
    """What was made over there, by its mark, and who is making something just now."""

    def claim(self, mark: str, kind: str) -> Claim:
        """Claim the making of a thing.

        Raises:
            BusyError: somebody else is at it.
        """

    def keep(self, mark: str, made: str) -> None:
        """Note what was made."""

    def drop(self, mark: str) -> None:
        """Give a claim back: nothing was made."""
