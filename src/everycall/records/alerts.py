"""Alert rules, what they opened, and what was said to whom."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from everycall.alerts import Change, Memory, Message, MissedCall, Rule, Said
from everycall.records.jobs import enqueue
from everycall.records.sealed import SealedSettings

DELIVER = "deliver"
"""The job that carries a message."""

LOOKED_AT = timedelta(days=30)
"""It is remembered for so long that a rule looked at a call; it looks at none that is older than a day."""

OVER = timedelta(days=365)
"""An alert that is over is kept for so long, and for as long as what was said of it."""

LONGEST = 160
"""So many signs of what an alert is about are kept."""

TRIES = 12
"""So often a message is tried, ever later: over about an hour."""


class Channel(SealedSettings):
    """A way to tell somebody: its kind, its language, and its settings, which may hold secrets."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=10, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class AlertRule(models.Model):
    """A rule, as people set it."""

    name = models.CharField(max_length=80)
    measure = models.CharField(max_length=80)
    above = models.BooleanField(default=True)
    limit = models.FloatField(default=0)
    over_min = models.PositiveIntegerField(null=True, blank=True)
    lasting_s = models.PositiveIntegerField(default=0)
    queues = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    channels = models.ManyToManyField(Channel, blank=True, related_name="rules")
    escalate_s = models.PositiveIntegerField(null=True, blank=True)
    escalate_to = models.ManyToManyField(Channel, blank=True, related_name="escalations")
    shows_numbers = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def plain(self) -> Rule:
        """Return it as decisions see it."""
        quiet = (self.quiet_from, self.quiet_to) if self.quiet_from and self.quiet_to else None
        return Rule(
            self.pk,
            self.name,
            self.measure,
            self.above,
            self.limit,
            timedelta(seconds=self.lasting_s),
            tuple(self.queues),
            quiet,
            tuple(self.channels.values_list("pk", flat=True)),
            timedelta(seconds=self.escalate_s) if self.escalate_s else None,
            tuple(self.escalate_to.values_list("pk", flat=True)),
            timedelta(minutes=self.over_min) if self.over_min else None,
        )


class Alert(models.Model):
    """Something that a rule opened; at most one is open for each rule and thing.

    Attributes:
        opened_at: when it was said; null while quiet hours keep it.
        caller, call_id, queue, client, misses, waited_s, message: of a missed caller.
        ended_by: how it ended, in words.
        rests: somebody closed it, and it was not within its limit since: it does not open again.
    """

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE)
    thing = models.CharField(max_length=LONGEST, blank=True)
    since = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    escalated = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    value = models.FloatField(null=True)
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    rests = models.BooleanField(default=False)
    caller = models.CharField(max_length=64, blank=True)
    call_id = models.CharField(max_length=160, blank=True)
    queue = models.CharField(max_length=120, blank=True)
    client = models.CharField(max_length=120, blank=True)
    misses = models.PositiveIntegerField(default=0)
    waited_s = models.FloatField(null=True)
    message = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-since", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "thing"],
                condition=Q(closed_at=None),
                name="one_open_alert_per_rule_and_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.rule) if self.call_id else f"{self.rule}: {self.thing}"

    def memory(self) -> Memory:
        """Return what decisions remember of it."""
        if self.closed_at is not None:
            return Memory(resting=self.rests)
        return Memory(self.since, self.opened_at, self.escalated, bool(self.claimed_by))


class AlertCall(models.Model):
    """A call that a rule has looked at: it is never looked at twice."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE)
    call_id = models.CharField(max_length=160)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "call_id"], name="one_look_per_rule_and_call")
        ]

    def __str__(self) -> str:
        return self.call_id


class Delivery(models.Model):
    """A message on its way through one channel; the same one goes there once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    message = models.JSONField()
    key = models.CharField(max_length=120, unique=True)
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.key


def remembered(rule: AlertRule) -> dict[str, Alert]:
    """Return the open alerts of a rule, by thing."""
    return {alert.thing: alert for alert in Alert.objects.filter(rule=rule, closed_at=None)}


def watched(rule: AlertRule) -> dict[str, Alert]:
    """Return the alerts of a rule over a number that are open, or rest, by thing."""
    found = Alert.objects.filter(Q(closed_at=None) | Q(rests=True), rule=rule)
    return {alert.thing: alert for alert in sorted(found, key=lambda one: one.closed_at is None)}


def rested(alert: Alert) -> None:
    """Note that what somebody closed is over by itself: it may open again."""
    Alert.objects.filter(rule=alert.rule_id, thing=alert.thing).update(rests=False)


def keep(rule: AlertRule, thing: str, change: Change, value: float | None, now: datetime) -> Alert:
    """Write a change down."""
    if change.said is Said.OPENED:
        return Alert.objects.create(
            rule=rule, thing=thing, since=change.memory.since or now, opened_at=now, value=value
        )
    alert = Alert.objects.get(rule=rule, thing=thing, closed_at=None)
    if change.said is Said.ESCALATED:
        alert.escalated = True
    if change.said is Said.CLOSED:
        alert.closed_at = now
    alert.save(update_fields=["escalated", "closed_at"])
    return alert


def look_once(rule: AlertRule, call_id: str, now: datetime) -> bool:
    """Tell whether a call is new to a rule; it is not from now on."""
    try:
        with transaction.atomic():
            AlertCall.objects.create(rule=rule, call_id=call_id, at=now)
    except IntegrityError:
        return False
    return True


def open_missed(rule: AlertRule, call: MissedCall) -> Alert:
    """Open the alert of a caller; it is said later."""
    ended = call.ended
    return Alert.objects.create(
        rule=rule,
        thing=call.thing,
        since=ended.ended_at,
        caller=call.number or "",
        call_id=ended.call_id,
        queue=call.queue or "",
        client=ended.client or "",
        misses=1,
        waited_s=None if call.wait_ms is None else call.wait_ms / 1000,
        message=bool(call.message),
    )


def missed_again(alert: Alert, call: MissedCall) -> None:
    """Count one more miss of the same caller."""
    Alert.objects.filter(pk=alert.pk).update(
        misses=F("misses") + 1,
        call_id=call.ended.call_id,
        message=alert.message or bool(call.message),
    )
    alert.refresh_from_db()


def end(alert: Alert, now: datetime, by: str = "", *, rests: bool = False) -> bool:
    """Close an alert; False if somebody else did. What rests does not open before it was over."""
    here = Alert.objects.filter(pk=alert.pk, closed_at=None)
    return bool(here.update(closed_at=now, ended_by=by[:200], rests=rests))


def deliver(alert: Alert, channels: tuple[int, ...], write: Callable[[str], Message]) -> None:
    """Send a message through channels, by jobs that belong to the same transaction.

    Args:
        alert: what it is about.
        channels: the numbers of the channels.
        write: returns the message in a language.
    """
    for channel in Channel.objects.filter(pk__in=channels, removed_at=None):
        message = write(channel.language)
        body = {"id": message.id, "title": message.title, "text": message.text}
        body |= {"link": message.link, "said": message.said}
        key = f"{message.id}-{channel.pk}"
        if Delivery.objects.filter(key=key).exists():
            continue
        made = Delivery.objects.create(alert=alert, channel=channel, message=body, key=key)
        enqueue(DELIVER, key=f"deliver {key}", max_attempts=TRIES, delivery=made.pk)


def forget(now: datetime) -> None:
    """Take away old looks at calls, and what was over long ago; what something said is kept of stays with it."""
    AlertCall.objects.filter(at__lt=now - LOOKED_AT).delete()
    Alert.objects.filter(closed_at__lt=now - OVER, deliveries=None).delete()
