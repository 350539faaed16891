"""Permits: what lets a phone system dial a customer that keeps no permits of its own.

A permit is written down before the phone system is told, is used up in the moment before the customer
is dialled, and can be taken back until then. What the phone system said of a try stands beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Protocol

Said = Mapping[str, str]
"""One message of a phone system: names and values."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What may be dialled for a try, and what became of it.

    Attributes:
        id: the try; `system`: the phone system that was told.
        agent: the phone that rings first; `number`: the customer's; `shown`: what the customer sees.
        asked_at: when it was written down, in microseconds since 1970, UTC.
        leg: what the phone system calls the person's leg; empty until it has said so.
        used: the customer was let be dialled; `forbidden`: it was taken back.
    """

    id: str
    system: str
    agent: str
    number: str
    shown: str
    asked_at: int
    press_one: bool = False
    ring_s: int = 30
    language: str = ""
    leg: str = ""
    used: bool = False
    forbidden: bool = False


class Permits(Protocol):
    """Where permits are kept."""

    def issue(self, permit: Permit) -> bool:
        """Write a permit down; False if there is one of this id, or it was forbidden before."""

    def find(self, dial_id: str) -> Permit | None:
        """Return the permit of a try; None if there never was one."""

    def use(self, dial_id: str) -> Permit | None:
        """Use a permit up and return it; None if it was used, taken back, or never was."""

    def forbid(self, dial_id: str, system: str) -> bool:
        """Take a permit back, also one that is not written down yet; False if it was used."""

    def name(self, dial_id: str, leg: str) -> None:
        """Write down what the phone system calls the person's leg."""

    def is_named(self, leg: str) -> bool:
        """Tell whether a leg is known to be some try's."""

    def hear(self, dial_id: str, said: Said) -> None:
        """Keep a message; the same one again is kept once."""

    def heard(self, dial_id: str) -> list[Said]:
        """Return the messages of a try in the order in which they came."""


@dataclass(slots=True)
class MemoryPermits:
    """Keeps permits in a dictionary, for any number of threads."""

    rows: dict[str, Permit] = field(default_factory=dict)
    said: dict[str, list[Said]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def issue(self, permit: Permit) -> bool:
        """Write a permit down; False if there is one of this id, or it was forbidden before."""
        return self.rows.setdefault(permit.id, permit) is permit

    def find(self, dial_id: str) -> Permit | None:
        """Return the permit of a try; None if there never was one."""
        return self.rows.get(dial_id)

    def use(self, dial_id: str) -> Permit | None:
        """Use a permit up and return it; None if it was used, taken back, or never was."""
        with self._lock:
            here = self.rows.get(dial_id)
            if here is None or here.used or here.forbidden:
                return None
            self.rows[dial_id] = replace(here, used=True)
            return self.rows[dial_id]

    def forbid(self, dial_id: str, system: str) -> bool:
        """Take a permit back, also one that is not written down yet; False if it was used."""
        with self._lock:
            here = self.rows.get(dial_id) or Permit(dial_id, system, "", "", "", 0)
            self.rows[dial_id] = replace(here, forbidden=True)
            return not here.used

    def name(self, dial_id: str, leg: str) -> None:
        """Write down what the phone system calls the person's leg."""
        with self._lock:
            self.rows[dial_id] = replace(self.rows[dial_id], leg=leg)

    def is_named(self, leg: str) -> bool:
        """Tell whether a leg is known to be some try's."""
        return any(row.leg == leg for row in self.rows.values())

    def hear(self, dial_id: str, said: Said) -> None:
        """Keep a message; the same one again is kept once."""
        kept = self.said.setdefault(dial_id, [])
        if said not in kept:
            kept.append(said)

    def heard(self, dial_id: str) -> list[Said]:
        """Return the messages of a try in the order in which they came."""
        return list(self.said.get(dial_id, ()))
