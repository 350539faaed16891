"""Whose word a name is: where several phone systems are connected, each but the first marks its names.

Two phone systems both have a phone PJSIP/101, an Ann, and sooner or later a channel 1795000000.7.
What the phone system `warsaw` says is therefore kept as warsaw~PJSIP/101, warsaw~Ann and
warsaw~1795000000.7; the first one's names stay as they are.
"""

import re
from dataclasses import dataclass

APART = "~"
"""Stands between a mark and a name."""

MARK = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
"""What a mark may be."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The phone system that something was said by, as its names are marked.

    Attributes:
        mark: what stands before its names; empty for the first, and where there is only one.
        own_queues: its queues are others than those of the same name elsewhere.
    """

    mark: str = ""
    own_queues: bool = False

    def named(self, name: str) -> str:
        """Return the name under which a phone, a person, a line or a call of it is known."""
        return f"{self.mark}{APART}{name}" if self.mark and name else name

    def queue(self, name: str) -> str:
        """Return the name under which a queue of it is known."""
        return self.named(name) if self.own_queues else name

    def plain(self, name: str) -> str:
        """Return what the phone system itself calls something of its own."""
        return name.removeprefix(f"{self.mark}{APART}") if self.mark else name

    def has(self, name: str) -> bool:
        """Tell whether a name is one of its own."""
        return mark_of(name) == self.mark

    def has_queue(self, name: str) -> bool:
        """Tell whether a queue may be one of its own: a name without a mark is everybody's."""
        return mark_of(name) == (self.mark if self.own_queues else "")


HERE = Origin()
"""The first phone system, or the only one."""


def mark_of(name: str) -> str:
    """Return the mark that stands before a name; empty if there is none."""
    before, apart, _ = name.partition(APART)
    return before if apart and MARK.fullmatch(before) else ""
