"""Marks in memory, as strict as those in the database."""

from dataclasses import dataclass, field

from everycall.errors import BusyError
from everycall.recovery.contacts import Claim


@dataclass
class MemoryMarks:
    """What was made, by its mark; `forget_leases` lets the claims of the dead run out."""

    made: dict[str, str] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def claim(self, mark: str, kind: str) -> Claim:
        if mark in self.made:
            return Claim(self.made[mark], left=False)
        if mark in self.claimed:
            raise BusyError("somebody is at it")
        self.claimed.add(mark)
        return Claim(None, left=mark in self.left)

    def keep(self, mark: str, made: str) -> None:
        self.made[mark] = made

    def drop(self, mark: str) -> None:
        self.claimed.discard(mark)

    def forget_leases(self) -> None:
        self.left |= self.claimed - set(self.made)
        self.claimed.clear()
