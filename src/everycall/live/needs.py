"""Who needs help now: a talk that goes on for long, many holds, or somebody who asked for it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from everycall.live.board import AgentNow, AgentState, CallNow, HelpNow, Need

LONG_TALK = timedelta(minutes=15)
MANY_HOLDS = 3

_ON_THE_LINE = (AgentState.TALKING, AgentState.ON_HOLD)


@dataclass(slots=True)
class Helps:
    """From when on a talk is long and holds are many, and who asked for help."""

    long_talk: timedelta = LONG_TALK
    many_holds: int = MANY_HOLDS
    _asked: dict[str, int] = field(default_factory=dict)

    def set(self, agent: str, at: int | None) -> None:
        """Somebody asks for help at a moment; with none, they need it no more."""
        if at is None:
            self._asked.pop(agent, None)
        else:
            self._asked.setdefault(agent, at)

    def asked(self) -> Mapping[str, int]:
        """Return who asked, and when."""
        return dict(self._asked)


def needs(
    agents: Iterable[AgentNow], calls: Mapping[str, CallNow], helps: Helps, as_of: int
) -> tuple[HelpNow, ...]:
    """Return who needs help now: who asked for it first, then who has talked longest."""
    found = [one for agent in agents for one in _of(agent, calls, helps, as_of)]
    return tuple(sorted(found, key=lambda one: (one.need is not Need.ASKED, one.since, one.agent)))


def _of(
    agent: AgentNow, calls: Mapping[str, CallNow], helps: Helps, as_of: int
) -> Iterator[HelpNow]:
    call = calls.get(agent.call_id or "")
    asked = helps.asked().get(agent.name)
    if asked is not None:
        yield HelpNow(Need.ASKED, agent.name, agent.call_id, agent.queue, asked)
    if call is None or agent.state not in _ON_THE_LINE or agent.talking_since is None:
        return
    holds = call.holds
    if as_of - agent.talking_since >= helps.long_talk // timedelta(microseconds=1):
        since = agent.talking_since
        yield HelpNow(Need.LONG_TALK, agent.name, call.call_id, agent.queue, since, holds)
    if holds >= helps.many_holds:
        since = agent.talking_since
        yield HelpNow(Need.MANY_HOLDS, agent.name, call.call_id, agent.queue, since, holds)
