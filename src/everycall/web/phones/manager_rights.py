"""What Asterisk's manager.conf has to let us hear and do, and whether it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

READ = ("system", "call", "agent", "reporting", "user", "dtmf", "dialplan")
"""What has to be heard: without one of them calls, queues or people are missing."""

WRITE = ("system", "call", "agent", "reporting", "originate", "command")
"""What has to be asked and done."""

MANAGER_CONF = f"""[everycall]
secret = a-long-one-of-your-own
read = {",".join(READ)}
write = {",".join(WRITE)}
"""
"""A manager user with these rights, as it stands in manager.conf."""


@dataclass(frozen=True, slots=True)
class Lacks:
    """The rights that are missing, in the order in which they are told."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()


def lacking(said: Mapping[str, Any]) -> Lacks:
    """Return what is missing by the answer to `manager show user`."""
    output = said.get("Output", ())
    lines = [output] if isinstance(output, str) else output
    had = {
        name.strip(): set(perm.strip().split(","))
        for name, _, perm in (str(line).partition(":") for line in lines)
    }
    return Lacks(_missing(READ, had.get("read perm")), _missing(WRITE, had.get("write perm")))


def _missing(wanted: tuple[str, ...], had: set[str] | None) -> tuple[str, ...]:
    """Return what is not among the rights; nothing where they are not told."""
    return () if had is None else tuple(one for one in wanted if one not in had)
