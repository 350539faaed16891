"""Callers' needs as the shop counts them: calls of one caller, joined until somebody helped.

Written apart from everycall, from the same sentences: calls of one number and brand are one need while
each begins within a day, or before the end of the next business day, of the one before, and nobody
has helped yet. Our own calls belong to a need and never begin one; a withheld number, or one that
several people share, stands alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from shop.callers import HELPED_AFTER
from shop.clockwork import DAY, SECOND
from shop.days import end_of_next_business_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shop.records import Story


@dataclass(slots=True)
class Episode:
    """One need: its calls, in order, and whether it was helped."""

    stories: list[Story]
    helped: bool = False
    ends: int = 0

    def state(self, as_of: int) -> str:
        """Tell how it stands at a moment."""
        if self.helped:
            return "helped"
        return "open" if self.ends >= as_of else "not_helped"


@dataclass(slots=True)
class Episodes:
    """All needs, those that were joined and those that stand alone."""

    joined: list[Episode] = field(default_factory=list)
    alone: list[Episode] = field(default_factory=list)

    def states(self, as_of: int) -> dict[str, int]:
        """Count them by state."""
        found = Counter(episode.state(as_of) for episode in (*self.joined, *self.alone))
        return {state: found[state] for state in ("helped", "not_helped", "open")}


def began(story: Story) -> int:
    """Return when a call began as the logs know it: its id holds the second."""
    return int(story.id.partition(".")[0]) * SECOND


def window(at: int) -> int:
    """Return until when a call is answered for by the next one."""
    return max(at + DAY, end_of_next_business_day(at))


def episodes(stories: Iterable[Story], shared: Iterable[str]) -> Episodes:
    """Return the needs behind some calls."""
    numbers = set(shared)
    found = Episodes()
    known: list[Story] = []
    for story in stories:
        if story.direction == "internal":
            continue
        if story.number is not None and story.number not in numbers:
            known.append(story)
        elif story.direction == "inbound":
            ends = began(story) + DAY
            found.alone.append(Episode([story], helped=story.answered, ends=ends))
    known.sort(key=lambda s: (s.client, s.number or "", began(s), s.id))
    for _, group in groupby(known, key=lambda s: (s.client, s.number)):
        found.joined += _of_caller(list(group))
    return found


def _of_caller(stories: list[Story]) -> Iterator[Episode]:
    """Yield the needs of one caller."""
    present: Episode | None = None
    for story in stories:
        at = began(story)
        if present is None or present.helped or at > present.ends:
            if present is not None and _has_inbound(present):
                yield _from_first_inbound(present)
            present = Episode([])
        present.stories.append(story)
        present.ends = window(at)
        present.helped = story.answered and story.talk_seconds >= HELPED_AFTER
    if present is not None and _has_inbound(present):
        yield _from_first_inbound(present)


def _has_inbound(episode: Episode) -> bool:
    return any(story.direction == "inbound" for story in episode.stories)


def _from_first_inbound(episode: Episode) -> Episode:
    """Leave out calls of ours that came before the caller's first."""
    first = next(i for i, s in enumerate(episode.stories) if s.direction == "inbound")
    return Episode(episode.stories[first:], episode.helped, episode.ends)
