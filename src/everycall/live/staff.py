"""What is known of each person and phone, from signs as they come."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from everycall.events import Kind
from everycall.events.origins import mark_of
from everycall.live.signs import Device, Sign

Resolve = Callable[[str], str]
"""Returns the person's name for a phone or name, as far as it is known."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a queue."""

    queue: str
    since: int
    paused: bool = False
    paused_since: int | None = None
    reason: str | None = None
    wrap_up_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone: what it is doing by the phone system's word, since when, and how often it is asked."""

    name: str
    device: Device
    since: int
    checked_every: int | None = None


@dataclass(slots=True)
class _Member:
    """What is known under one name, be it the person's or the phone's."""

    queues: dict[str, Membership] = field(default_factory=dict)
    is_told: bool = False


class Staff:
    """Everyone who was spoken of."""

    def __init__(self, names: dict[str, str] | None = None) -> None:
        self.given = dict(names or {})
        self.phones: dict[str, Phone] = {}
        self._named: dict[str, str] = {}
        self._members: dict[str, _Member] = defaultdict(_Member)

    def take(self, signs: Iterable[Sign]) -> None:
        """Learn from signs, in the order in which they were said."""
        for sign in signs:
            if sign.begins_anew:
                self._begin_anew(sign.system)
                continue
            if sign.agent and sign.phone and sign.agent != sign.phone:
                self._named[sign.phone] = sign.agent
            self._phone(sign)
            self._member(sign)

    def _begin_anew(self, system: str) -> None:
        """Forget who is in which queue of a phone system; the others' people stay where they are."""
        for name in [name for name in self._members if mark_of(name) == system]:
            del self._members[name]

    def person(self, name: str, learned: dict[str, str]) -> str:
        """Return the person's name for any name that is used for them."""
        return self.given.get(name) or self._named.get(name) or learned.get(name) or name

    def everyone(self, resolve: Resolve) -> dict[str, list[Membership]]:
        """Return the queues of every person; one who signed out of all has none."""
        found: dict[str, dict[str, Membership]] = {}
        for name, member in self._members.items():
            if member.is_told:
                found.setdefault(resolve(name), {}).update(member.queues)
        return {name: list(queues.values()) for name, queues in found.items()}

    def phones_of(self, resolve: Resolve) -> dict[str, list[Phone]]:
        """Return the phones of every person."""
        found: dict[str, list[Phone]] = defaultdict(list)
        for phone in self.phones.values():
            found[resolve(phone.name)].append(phone)
        return found

    def _phone(self, sign: Sign) -> None:
        if sign.phone is None or (sign.device is None and sign.checked_every is None):
            return
        known = self.phones.get(sign.phone)
        device = sign.device or (known.device if known else Device.UNKNOWN)
        every = known.checked_every if known and sign.checked_every is None else sign.checked_every
        if known is not None and known.device is device:
            self.phones[sign.phone] = replace(known, checked_every=every)
        else:
            self.phones[sign.phone] = Phone(sign.phone, device, sign.at, every)

    def _member(self, sign: Sign) -> None:
        name = sign.agent or sign.phone
        if name is None or (sign.signed_in is None and sign.paused is None):
            return
        member = self._members[name]
        member.is_told = member.is_told or sign.signed_in is not None
        if sign.signed_in is False:
            self._sign_out(sign, name)
            return
        for queue in self._queues(sign, member):
            member.queues[queue] = _membership(sign, queue, member.queues.get(queue))

    def _sign_out(self, sign: Sign, name: str) -> None:
        """Sign somebody out under every name: queue_log signs in and out by the phone."""
        person = self._named.get(name, name)
        names = {name, person, *(phone for phone, who in self._named.items() if who == person)}
        for one in names & set(self._members):
            if sign.queue is None:
                self._members[one].queues.clear()
            else:
                self._members[one].queues.pop(sign.queue, None)

    def _queues(self, sign: Sign, member: _Member) -> Iterator[str]:
        """Yield the queues that a sign speaks of: all of them where it names none."""
        if sign.queue is not None:
            yield sign.queue
        elif member.queues:
            yield from list(member.queues)
        else:
            yield ""


def _membership(sign: Sign, queue: str, known: Membership | None) -> Membership:
    before = known or Membership(queue, sign.at)
    paused = before.paused if sign.paused is None else sign.paused
    changed = paused != before.paused
    since = sign.at if changed else before.paused_since
    reason = before.reason if sign.paused is None else sign.reason
    return replace(
        before,
        paused=paused,
        paused_since=since if paused else None,
        reason=reason if paused else None,
        wrap_up_ms=before.wrap_up_ms if sign.wrap_up_ms is None else sign.wrap_up_ms,
    )


_SIGNED = {Kind.AGENT_SIGNED_IN: True, Kind.AGENT_SIGNED_OUT: False}
_PAUSED = {Kind.AGENT_PAUSED: True, Kind.AGENT_RESUMED: False}
_DEVICE = {Kind.AGENT_PHONE_LOST: Device.UNREACHABLE, Kind.AGENT_PHONE_BACK: Device.FREE}

KINDS = (*_SIGNED, *_PAUSED, *_DEVICE)
"""The kinds of event that are signs, for sources that give no others."""


def sign_of(kind: str, at: int, agent: str, queue: str | None, text: str | None) -> Sign:
    """Return the sign in an event about staff."""
    word = Kind(kind)
    if word in _DEVICE:
        return Sign(at, phone=agent, device=_DEVICE[word])
    return Sign(
        at,
        agent=agent,
        queue=queue,
        signed_in=_SIGNED.get(word),
        paused=_PAUSED.get(word),
        reason=text if word in _PAUSED else None,
    )
