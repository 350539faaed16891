"""Who is who among the channels of a call: the customer, the phones, the lines, the go-betweens."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from everycall.events import AgentKind, Direction
from everycall.events.callers import SHORTEST_OUTSIDE
from everycall.events.markers import Form, Stage
from everycall.sources.base import Site
from everycall.sources.channels.steps import Act, Step

_INSTANCE = re.compile(r"-[0-9a-fA-F]{4,}(;[12])?(<.*>)?$")
_LINE_NAMES = ("trunk", "siproute", "gateway", "carrier", "provider", "pstn", "dahdi/i")
_ORIGINATED = "AppDial2"
_LISTENING = frozenset({"ChanSpy", "ExtenSpy"})
"""Whoever runs these hears others talk, and calls nobody."""


class Role(StrEnum):
    """What a channel is to the call."""

    LINE = "line"
    PHONE = "phone"
    GO_BETWEEN = "go-between"


@dataclass(slots=True)
class Channel:
    """A channel, as all its steps show it."""

    id: str
    name: str = ""
    linked: str = ""
    born_at: int = 0
    context: str = ""
    exten: str = ""
    number: str = ""
    dnid: str = ""
    language: str = ""
    member: str = ""
    queue: str = ""
    apps: set[str] = field(default_factory=set)
    contexts: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    dial_status: str = ""
    rings: bool = False
    rung_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    cause: int | None = None
    ended_by: str | None = None
    asked_to_end: bool = False

    @property
    def endpoint(self) -> str:
        """The phone or line behind the channel: 'PJSIP/1001' of 'PJSIP/1001-0000000a'."""
        return endpoint_of(self.name)

    def ended_itself(self) -> bool | None:
        """Whether its own phone ended it; None where the source does not say who did.

        CEL names the channel that ended it, or nothing if nobody asked; AMI tells who asked.
        """
        if self.asked_to_end:
            return True
        if self.ended_by is None:
            return None
        return self.ended_by == self.name

    @property
    def pair(self) -> str | None:
        """What the two halves of a Local channel have in common."""
        return (
            self.name[:-2] if self.name.startswith("Local/") and self.name[-2:-1] == ";" else None
        )

    @property
    def was_dialled(self) -> bool:
        """Whether somebody or something rang it, rather than it calling in."""
        return self.linked != self.id or _ORIGINATED in self.apps


def channels_of(steps: Iterable[Step]) -> dict[str, Channel]:
    """Gather the channels of a call, in the order in which they were born."""
    found: dict[str, Channel] = {}
    for step in steps:
        if step.channel not in found:
            found[step.channel] = Channel(step.channel, born_at=step.at)
        _learn(found[step.channel], step)
    return dict(sorted(found.items(), key=lambda item: (item[1].born_at, item[0])))


def _learn(channel: Channel, step: Step) -> None:
    if step.act is Act.BORN:
        channel.born_at = step.at
        channel.context, channel.exten, channel.dnid = step.context, step.exten, step.dnid
    channel.name = channel.name or step.name
    channel.linked = channel.linked or step.linked
    channel.number = channel.number or step.number
    channel.language = step.language or channel.language
    channel.context = channel.context or step.context
    if step.app:
        channel.apps.add(step.app)
    if step.context:
        channel.contexts.add(step.context)
    _LEARN.get(step.act, _nothing)(channel, step)


def _nothing(_channel: Channel, _step: Step) -> None:
    """Most acts say nothing of the channel itself."""


def _learn_ring(channel: Channel, step: Step) -> None:
    channel.rings = channel.rings or step.act is Act.RINGING
    channel.member = step.member or channel.member
    channel.queue = step.queue or channel.queue
    if channel.rung_at is None:
        channel.rung_at = step.at


def _learn_answer(channel: Channel, step: Step) -> None:
    if channel.answered_at is None:
        channel.answered_at = step.at


def _learn_end(channel: Channel, step: Step) -> None:
    channel.ended_at = step.at
    channel.cause = step.cause if step.cause is not None else channel.cause
    channel.ended_by = step.ended_by if step.ended_by is not None else channel.ended_by
    channel.dial_status = step.value or channel.dial_status


def _learn_variable(channel: Channel, step: Step) -> None:
    if step.variable == "DIALSTATUS":
        channel.dial_status = step.value


def _learn_word(channel: Channel, step: Step) -> None:
    channel.words.add(step.variable)


def _learn_request(channel: Channel, _step: Step) -> None:
    channel.asked_to_end = True


_LEARN = {
    Act.RINGING: _learn_ring,
    Act.RUNG: _learn_ring,
    Act.ANSWERED: _learn_answer,
    Act.HUNG_UP: _learn_end,
    Act.ASKED_TO_END: _learn_request,
    Act.SAID: _learn_word,
    Act.VARIABLE: _learn_variable,
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The parts of a call.

    Attributes:
        customer: the channel of the one whom the call is about; None if it never came about.
        ours: in a call that we made, the phone from which it was made.
        direction: null if it cannot be told.
        why: the reason for the direction, where it was guessed.
    """

    channels: dict[str, Channel]
    roles: dict[str, Role]
    customer: Channel | None
    ours: Channel | None
    direction: Direction
    why: str

    def phones(self) -> list[Channel]:
        """Return the channels of phones that were rung for the customer."""
        mine = self.customer.id if self.customer else ""
        return [
            channel
            for channel in self.channels.values()
            if channel.id != mine
            and self.roles[channel.id] is not Role.GO_BETWEEN
            and channel.was_dialled
        ]

    def kind_of(self, channel: Channel) -> AgentKind:
        """Tell a person's phone from an outside number."""
        outside = self.roles[channel.id] is Role.LINE
        return AgentKind.EXTERNAL if outside else AgentKind.PERSON


def cast(steps: Sequence[Step], site: Site) -> Cast:
    """Find out who is who."""
    channels = channels_of(steps)
    roles = {channel.id: _role(channel, site) for channel in channels.values()}
    root = _root(channels)
    direction, why = _direction(root, channels, roles, site)
    customer, ours = _customer(root, direction, channels, roles)
    return Cast(channels, roles, customer, ours, direction, why)


def _root(channels: dict[str, Channel]) -> Channel:
    """Return the channel that the call began on.

    It is the one after which the first calls itself: who begins to listen late may hear of a phone
    that is rung before the caller who waits for it says anything.
    """
    first = next(iter(channels.values()))
    return channels.get(first.linked, first)


def _role(channel: Channel, site: Site) -> Role:
    if channel.pair is not None:
        return Role.GO_BETWEEN
    return Role.LINE if _is_line(channel, site) else Role.PHONE


def endpoint_of(name: str) -> str:
    """Return the phone or line behind a channel's name: 'PJSIP/1001' of 'PJSIP/1001-0000000a'."""
    return _INSTANCE.sub("", name)


def _is_line(channel: Channel, site: Site) -> bool:
    """Tell a line that leads outside from a phone of ours.

    The dialplan's word comes first, then the context that its endpoint lives in, then its name, and
    last, for a channel that called in, whether its number is longer than an extension.
    """
    if any(site.markers.means(Stage.INBOUND, Form.VERB, word) for word in channel.words):
        return True
    stages = (Stage.INBOUND, Stage.INTERNAL)
    stage = site.markers.stage_of(Form.CONTEXT, channel.context, stages)
    if stage is not None and not site.trunks:
        return stage is Stage.INBOUND
    number = channel.exten if channel.was_dialled else channel.number
    return is_line(channel.endpoint, number, site, dialled=channel.was_dialled)


def is_line(endpoint: str, number: str, site: Site, *, dialled: bool) -> bool:
    """Tell a line from a phone by its name, and by the number that called from it or was dialled.

    A phone is called what its extension is; whoever calls from elsewhere has a long number.
    """
    if site.trunks:
        return any(fnmatchcase(endpoint, pattern) for pattern in site.trunks)
    if any(word in endpoint.lower() for word in _LINE_NAMES):
        return True
    own_name = endpoint.partition("/")[2]
    if own_name == number or (own_name.isdigit() and len(own_name) < SHORTEST_OUTSIDE):
        return False
    return is_long(number) and not dialled


def is_long(number: str) -> bool:
    """Tell a number from outside from an extension."""
    return len(number.lstrip("+")) >= SHORTEST_OUTSIDE and number.lstrip("+").isdigit()


def _direction(
    root: Channel, channels: dict[str, Channel], roles: dict[str, Role], site: Site
) -> tuple[Direction, str]:
    originated = _ORIGINATED in root.apps or root.pair is not None
    if roles[root.id] is Role.LINE and not originated:
        return Direction.INBOUND, f"it began on the line {root.endpoint}"
    contexts = sorted({context for one in channels.values() for context in one.contexts})
    ours = [c for c in contexts if site.markers.means(Stage.CALLBACK, Form.CONTEXT, c)]
    if ours:
        return Direction.CALLBACK, f"context {ours[0]} means that we call back"
    others = [c for c in channels.values() if c.id != root.id]
    if root.apps & _LISTENING:
        return Direction.INTERNAL, f"the phone {root.endpoint} listened to others"
    if originated or any(roles[c.id] is Role.LINE for c in others):
        return Direction.OUTBOUND, "it began with us and went out"
    return Direction.INTERNAL, f"it began on the phone {root.endpoint} and stayed inside"


def _customer(
    root: Channel, direction: Direction, channels: dict[str, Channel], roles: dict[str, Role]
) -> tuple[Channel | None, Channel | None]:
    if direction in (Direction.INBOUND, Direction.INTERNAL):
        return root, None
    real = [c for c in channels.values() if roles[c.id] is not Role.GO_BETWEEN]
    lines = [c for c in real if roles[c.id] is Role.LINE]
    phones = [c for c in real if roles[c.id] is Role.PHONE]
    if lines:
        customer = next((c for c in lines if c.answered_at is not None), lines[-1])
        return customer, phones[0] if phones else None
    # nobody outside was rung: of two phones of ours the first called the second
    return (phones[1] if len(phones) > 1 else None), phones[0] if phones else None
