"""Telephone lines and what a number looks like on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.plan import Trunk

WITHHELD = "anonymous"


class Line:
    """A trunk with so many channels; whoever comes when all are in use hears the busy tone."""

    def __init__(self, trunk: Trunk) -> None:
        self.trunk = trunk
        self.in_use = 0

    @property
    def endpoint(self) -> str:
        """Its name in the phone system."""
        return self.trunk.name

    @property
    def is_full(self) -> bool:
        """Whether no channel is left."""
        return self.in_use >= self.trunk.channels

    def take(self) -> None:
        """Use one channel."""
        self.in_use += 1

    def free(self) -> None:
        """Use one channel less."""
        self.in_use -= 1

    def written(self, number: str | None) -> str:
        """Write a number as this line does: national within Germany, or as +49 ..."""
        if number is None:
            return WITHHELD
        if not self.trunk.national:
            return number
        return "0" + number[3:] if number.startswith("+49") else "00" + number[1:]


def caller_id(number: str) -> str:
    """Return a caller's number as call detail records show it; few lines send a name."""
    return f'"Anonymous" <{WITHHELD}>' if number == WITHHELD else number
