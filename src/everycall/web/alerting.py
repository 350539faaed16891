"""Looking at the newest board with every rule, and sending what has to be said."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from everycall.alerts import Change, Memory, Message, Rule, Said, message, observe, watch
from everycall.channels.mail import Mail
from everycall.channels.webhook import Webhook
from everycall.errors import EverycallError
from everycall.live.board import Board
from everycall.records.alerts import Alert, AlertRule, Channel, Delivery, deliver, keep, remembered
from everycall.settings import read_table

KINDS: dict[str, type[Mail] | type[Webhook]] = {"mail": Mail, "webhook": Webhook}
"""The kinds of channel, by name."""


class Watcher:
    """Remembers, between looks, what has been beyond its limit but not for long enough."""

    def __init__(self, zone: ZoneInfo, address: str) -> None:
        self._zone = zone
        self._address = address
        self._pending: dict[tuple[int, str], Memory] = {}

    def look(self, board: Board, now: datetime) -> int:
        """Let every rule look at a board; returns how much was said."""
        local = now.astimezone(self._zone).time()
        rules = AlertRule.objects.filter(is_on=True)
        return sum(self._rule(rule, board, now, local) for rule in rules)

    def _rule(self, row: AlertRule, board: Board, now: datetime, local: time) -> int:
        rule, open_ones, said = row.plain(), remembered(row), 0
        observed = observe(rule, board)
        for thing, value in observed.items():
            known = open_ones.get(thing)
            memory = known[0] if known else self._pending.get((rule.id, thing), Memory())
            change = watch(rule, value, memory, now, local)
            self._pending[rule.id, thing] = change.memory
            if change.said is not Said.NOTHING:
                self._say(row, rule, thing, value, change, now)
                said += 1
        return said

    def _say(
        self,
        row: AlertRule,
        rule: Rule,
        thing: str,
        value: float | None,
        change: Change,
        now: datetime,
    ) -> None:
        with transaction.atomic():
            alert = keep(row, thing, change, value, now)
            link = f"{self._address}/alerts/#alert-{alert.pk}"
            told = message(rule, thing, value, change.said, alert.pk, link)
            to = rule.escalate_to if change.said is Said.ESCALATED else rule.channels
            if change.said is Said.CLOSED and alert.escalated:
                to = tuple({*rule.channels, *rule.escalate_to})
            deliver(alert, to, told)


def carry(delivery: int) -> None:
    """Carry one message; a job, so that it is tried again until it is taken.

    Raises:
        EverycallError: the other side did not take it.
        OSError: it cannot be reached.
    """
    found = Delivery.objects.select_related("channel").get(pk=delivery)
    if found.sent_at is not None or found.channel.removed_at is not None:
        return
    try:
        hand(found.channel).send(Message(**found.message))
    except (EverycallError, OSError) as error:
        Delivery.objects.filter(pk=delivery).update(error=str(error)[:400])
        raise
    Delivery.objects.filter(pk=delivery).update(sent_at=timezone.now(), error="")


def hand(channel: Channel) -> Mail | Webhook:
    """Return what carries the messages of a channel.

    Raises:
        BadSettingsError: its settings are wrong, every mistake named.
    """
    return read_table(KINDS[channel.kind], channel.given(), channel.name)


def claim(alert: Alert, who: str) -> bool:
    """Let somebody say that they look after an alert; False if somebody does already."""
    return bool(Alert.objects.filter(pk=alert.pk, claimed_by="").update(claimed_by=who))
