"""How long a phone's silence would go unseen: by how often Asterisk asks each whether it is there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Silence:
    """Phones of which a silence is seen within so many seconds; null: never, they are not asked."""

    within_s: float | None
    phones: tuple[str, ...]


def silences(lists: Iterable[Fields], members: Iterable[Fields]) -> tuple[Silence, ...]:
    """Return for how long each phone's silence would go unseen, the longest first.

    Args:
        lists: the AorList events of PJSIPShowAors.
        members: the QueueMember events of QueueStatus; where there are none, every phone counts.
    """
    wanted = {str(m.get("StateInterface") or m.get("Location") or "") for m in members}
    found: dict[float | None, list[str]] = defaultdict(list)
    for aor in lists:
        name = f"PJSIP/{aor.get('ObjectName', '')}"
        if aor.get("Event") == "AorList" and (not wanted or name in wanted):
            found[_unseen(aor)].append(name)
    order = sorted(found, key=lambda s: (s is not None, -(s or 0)))
    return tuple(Silence(seconds, tuple(sorted(found[seconds]))) for seconds in order)


def _unseen(aor: Fields) -> float | None:
    """Return the seconds until a silence is seen: the next question, and waiting for its answer."""
    every = float(aor.get("QualifyFrequency") or 0)
    return every + float(aor.get("QualifyTimeout") or 0) if every else None
