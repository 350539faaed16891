"""What a supervisor does from the picture: who may do it to whom is decided before anything is told.

A wish becomes commands, or is refused with its reason; the phone system is told afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from everycall.errors import EverycallError, NotFoundError
from everycall.events.origins import mark_of
from everycall.live.board import AgentNow, AgentState, Board
from everycall.telephony import (
    Command,
    Ear,
    JoinQueue,
    LeaveQueue,
    ListenIn,
    Pause,
    PhoneSystem,
    PhoneSystemError,
    Resume,
    SetPenalty,
    TakeCaller,
)


class NotAllowedError(EverycallError):
    """Somebody may not do that, or not to this person, queue or caller."""

    id = "not-allowed"


class Act(StrEnum):
    """What may be done from the picture."""

    PAUSE = "pause"
    RESUME = "resume"
    ADD = "add"
    REMOVE = "remove"
    PENALTY = "penalty"
    TAKE = "take"
    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"

    @property
    def doc(self) -> str:
        """What it does, in a sentence."""
        return _DOCS[self]

    @property
    def hears_a_talk(self) -> bool:
        """Whether a talk of others is heard; that is a right of its own."""
        return self in (Act.LISTEN, Act.WHISPER, Act.BARGE)


_DOCS = {
    Act.PAUSE: "The queues do not ring this person until they are resumed.",
    Act.RESUME: "The queues ring this person again.",
    Act.ADD: "The person is rung for this queue, too.",
    Act.REMOVE: "The person is not rung for this queue any more.",
    Act.PENALTY: "How late a queue rings this person: a lower number comes first.",
    Act.TAKE: "The waiting caller is sent to your own phone; if you do not pick up, back to their place in the queue.",
    Act.LISTEN: Ear.LISTEN.doc,
    Act.WHISPER: Ear.WHISPER.doc,
    Act.BARGE: Ear.BARGE.doc,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done, in the names that the picture shows.

    Attributes:
        agent: to whom; `queue`: where; `call_id`: which waiting caller.
    """

    act: Act
    agent: str = ""
    queue: str = ""
    call_id: str = ""
    reason: str = ""
    penalty: int = 0


@dataclass(frozen=True, slots=True)
class Steering:
    """Whom somebody steers.

    Attributes:
        own: the name, or phone, under which the phone system knows them.
        queues: only those who are in these queues, and these queues; empty means all.
        team: names of those who belong to them although they are in no queue now.
        clients: only callers of these brands; empty means all.
        of_clients: the queues that these brands have to themselves: who has no queues of their own
            steers only those who are in these, and in these.
    """

    own: str = ""
    queues: frozenset[str] = frozenset()
    team: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    of_clients: frozenset[str] = frozenset()
    may_steer: bool = False
    may_listen: bool = False

    @property
    def steered(self) -> frozenset[str]:
        """The queues in which people are theirs to steer; empty means all."""
        return self.queues or self.of_clients

    def has(self, agent: AgentNow) -> bool:
        """Tell whether somebody is theirs to steer."""
        return self._is_in(agent, self.steered)

    def knows(self, agent: AgentNow) -> bool:
        """Tell whether somebody is theirs to hear, if the caller is: a brand's may be in any queue."""
        return self._is_in(agent, self.queues)

    def _is_in(self, agent: AgentNow, queues: frozenset[str]) -> bool:
        return not queues or bool(queues & set(agent.queues)) or agent.name in self.team

    def has_queue(self, queue: str | None) -> bool:
        """Tell whether a queue is theirs."""
        return not self.queues or queue in self.queues

    def may_hear(self, agent: AgentNow, board: Board) -> bool:
        """Tell whether the caller whom somebody talks with is theirs to hear."""
        if agent.queue is not None and not self.has_queue(agent.queue):
            return False
        call = next((call for call in board.calls if call.call_id == agent.call_id), None)
        return not self.clients or (call is not None and call.client in self.clients)


def commands_for(wish: Wish, steering: Steering, board: Board) -> tuple[Command, ...]:
    """Return what the phone system is to be told.

    Raises:
        NotAllowedError: it is not theirs to do.
        NotFoundError: nobody of that name is in the picture, or the caller does not wait any more.
    """
    allowed = steering.may_listen if wish.act.hears_a_talk else steering.may_steer
    if not allowed:
        raise NotAllowedError(f"your role does not include: {wish.act.value}")
    return _MAKES[wish.act](wish, _View(steering, board))


async def carry_out(commands: Sequence[Command], systems: Sequence[PhoneSystem]) -> None:
    """Tell the phone system whose phones the commands speak of.

    Raises:
        PhoneSystemError: none knows the phone, or it refused.
        UnsureError: it did not answer.
    """
    if not systems:
        raise PhoneSystemError("no phone system is connected that can be told anything")
    for command in commands:
        await (await _system_of(command, systems)).carry_out(command)


async def _system_of(command: Command, systems: Sequence[PhoneSystem]) -> PhoneSystem:
    phone = getattr(command, "phone", None)
    if phone is None or (len(systems) == 1 and not mark_of(phone)):
        return systems[0]
    for system in systems:
        if await system.knows(phone):
            return system
    raise PhoneSystemError(f"no connected phone system knows the phone {phone}")


@dataclass(frozen=True, slots=True)
class _View:
    """The picture, as far as it is somebody's to steer."""

    steering: Steering
    board: Board
    _named: dict[str, AgentNow] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_named", {agent.name: agent for agent in self.board.agents})

    def agent(self, name: str) -> AgentNow:
        """Return somebody to be steered."""
        return self._theirs(name, self.steering.has)

    def talker(self, name: str) -> AgentNow:
        """Return somebody to be listened to."""
        return self._theirs(name, self.steering.knows)

    def _theirs(self, name: str, theirs: Callable[[AgentNow], bool]) -> AgentNow:
        found = self._named.get(name)
        if found is None:
            raise NotFoundError(f"nobody is called '{name}' in the picture")
        if not theirs(found):
            raise NotAllowedError(f"{name} is in none of your queues")
        return found

    def phones(self, name: str) -> tuple[str, ...]:
        """Return the phones of somebody to be steered."""
        return _phones_of(self.agent(name))

    def phones_for(self, name: str, queue: str) -> tuple[str, ...]:
        """Return the phones of somebody that a queue may ring: its own phone system's, if it has one."""
        found, mark = self.phones(name), mark_of(queue)
        return (self._at(found, mark, f"{name} has no phone"),) if mark else found

    def phone_for(self, name: str, queue: str) -> str:
        return self.phones_for(name, queue)[0]

    def phone_at(self, talker: AgentNow, mark: str) -> str:
        """Return the phone that somebody has at the phone system of that mark."""
        return self._at(_phones_of(talker), mark, f"{talker.name} has no phone")

    def own_phone(self, mark: str) -> str:
        """Return one's own phone at the phone system of that mark."""
        return self._at(self._own_phones(), mark, "you have no phone")

    def _at(self, phones: tuple[str, ...], mark: str, nobody: str) -> str:
        found = next((phone for phone in phones if mark_of(phone) == mark), None)
        if found is None:
            where = f"the phone system {mark}" if mark else "the first phone system"
            raise NotFoundError(f"{nobody} at {where}, where this call is")
        return found

    def _own_phones(self) -> tuple[str, ...]:
        own = self.steering.own
        if "/" in own:
            others = (a.phones for a in self.board.agents if own in a.phones)
            return (own, *next(others, ()))
        known = self._named.get(own)
        if known is None or not known.phones:
            sentence = "your own phone is not known: the owner enters its name, such as PJSIP/1001"
            raise NotFoundError(f"{sentence}, in your account")
        return known.phones

    def queue(self, name: str) -> str:
        # one in which nobody is, and nobody called today, is in no picture, but may be joined
        if not name:
            raise NotFoundError("no queue was named")
        if self.steering.steered and name not in self.steering.steered:
            raise NotAllowedError(f"the queue {name} is none of yours")
        return name


def _phones_of(agent: AgentNow) -> tuple[str, ...]:
    if not agent.phones:
        raise NotFoundError(f"no source says which phone {agent.name} has")
    return agent.phones


def _pause(wish: Wish, view: _View) -> tuple[Command, ...]:
    phones, where = view.phones(wish.agent), _where(wish, view)
    return tuple(Pause(phone, wish.reason, queue) for phone in phones for queue in where)


def _resume(wish: Wish, view: _View) -> tuple[Command, ...]:
    phones, where = view.phones(wish.agent), _where(wish, view)
    return tuple(Resume(phone, queue) for phone in phones for queue in where)


def _where(wish: Wish, view: _View) -> tuple[str | None, ...]:
    """Return the queues of a break: the one that was named, or all that are theirs to steer."""
    if wish.queue:
        return (view.queue(wish.queue),)
    if not view.steering.steered:
        return (None,)
    found = view.agent(wish.agent).queues
    return tuple(queue for queue in found if queue in view.steering.steered)


def _add(wish: Wish, view: _View) -> tuple[Command, ...]:
    queue = view.queue(wish.queue)
    return (JoinQueue(view.phone_for(wish.agent, queue), queue, wish.agent, wish.penalty),)


def _remove(wish: Wish, view: _View) -> tuple[Command, ...]:
    queue = view.queue(wish.queue)
    return tuple(LeaveQueue(phone, queue) for phone in view.phones_for(wish.agent, queue))


def _penalty(wish: Wish, view: _View) -> tuple[Command, ...]:
    queue = view.queue(wish.queue)
    return (SetPenalty(view.phone_for(wish.agent, queue), queue, wish.penalty),)


def _take(wish: Wish, view: _View) -> tuple[Command, ...]:
    call = next((c for c in view.board.waiting() if c.call_id == wish.call_id), None)
    if call is None:
        raise NotFoundError("this caller does not wait any more")
    in_brand = not view.steering.clients or call.client in view.steering.clients
    if not view.steering.has_queue(call.queue) or not in_brand:
        raise NotAllowedError("this caller waits in none of your queues")
    return (TakeCaller(call.call_id, view.own_phone(mark_of(call.call_id))),)


def _listen(wish: Wish, view: _View) -> tuple[Command, ...]:
    agent = view.talker(wish.agent)
    if agent.state not in (AgentState.TALKING, AgentState.ON_HOLD):
        raise NotFoundError(f"{agent.name} does not talk with a caller now")
    if not view.steering.may_hear(agent, view.board):
        raise NotAllowedError(f"{agent.name} talks with a caller who is none of yours")
    ear, mark = Ear(wish.act.value), mark_of(agent.call_id or _phones_of(agent)[0])
    return (ListenIn(view.own_phone(mark), view.phone_at(agent, mark), ear),)


_MAKES: dict[Act, Callable[[Wish, _View], tuple[Command, ...]]] = {
    Act.PAUSE: _pause,
    Act.RESUME: _resume,
    Act.ADD: _add,
    Act.REMOVE: _remove,
    Act.PENALTY: _penalty,
    Act.TAKE: _take,
    Act.LISTEN: _listen,
    Act.WHISPER: _listen,
    Act.BARGE: _listen,
}
