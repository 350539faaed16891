"""Who needs help now: a talk that goes on for long, many holds, or somebody who asked for it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from everycall.live.board import AgentNow, AgentState, CallNow, HelpNow, Need
from everycall.settings import setting

_ON_THE_LINE = (AgentState.TALKING, AgentState.ON_HOLD)


@dataclass(frozen=True, slots=True)
class HelpSettings:
    """From when on somebody on the phone is shown as needing help."""

    long_talk: timedelta = setting(
        timedelta(minutes=15), doc="Whose talk goes on for so long is shown as needing help."
    )
    many_holds: int = setting(
        3, doc="Whose caller was put on hold so often is shown as needing help."
    )

    def __post_init__(self) -> None:
        _check(self.long_talk, self.many_holds)


@dataclass(frozen=True, slots=True)
class TeamHelpSettings:
    """The same for one team; what is not said is as the site says."""

    long_talk: timedelta | None = setting(
        None, doc="Whose talk goes on for so long is shown as needing help."
    )
    many_holds: int | None = setting(
        None, doc="Whose caller was put on hold so often is shown as needing help."
    )

    def __post_init__(self) -> None:
        _check(self.long_talk, self.many_holds)

    def over(self, usual: HelpSettings) -> HelpSettings:
        """Return what holds for the team."""
        return HelpSettings(self.long_talk or usual.long_talk, self.many_holds or usual.many_holds)


def _check(long_talk: timedelta | None, many_holds: int | None) -> None:
    if long_talk is not None and long_talk <= timedelta():
        raise ValueError("'long_talk' has to be longer than nothing, such as '15 min'")
    if many_holds is not None and many_holds < 1:
        raise ValueError("'many_holds' has to be 1 or more")


@dataclass(slots=True)
class Helps:
    """From when on a talk is long and holds are many, by queue, and who asked for help."""

    usual: HelpSettings = field(default_factory=HelpSettings)
    by_queue: Mapping[str, HelpSettings] = field(default_factory=dict)
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

    def limits(self, queue: str | None) -> HelpSettings:
        """Return from when on a talk of a queue's caller needs help."""
        return self.by_queue.get(queue or "", self.usual)


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
    holds, limits = call.holds, helps.limits(agent.queue or call.queue)
    if as_of - agent.talking_since >= limits.long_talk // timedelta(microseconds=1):
        since = agent.talking_since
        yield HelpNow(Need.LONG_TALK, agent.name, call.call_id, agent.queue, since, holds)
    if holds >= limits.many_holds:
        since = agent.talking_since
        yield HelpNow(Need.MANY_HOLDS, agent.name, call.call_id, agent.queue, since, holds)
