"""Alert rules, what they opened, and what was said to whom."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q

from everycall.alerts import Change, Memory, Message, Rule, Said
from everycall.records.jobs import enqueue
from everycall.records.sealed import seal, unseal


class Channel(models.Model):
    """A way to tell somebody: its kind, and its settings, which may hold secrets."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    sealed = models.TextField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def given(self) -> dict[str, Any]:
        """Return the settings."""
        found: dict[str, Any] = unseal(self.sealed)
        return found

    def keep(self, given: dict[str, Any]) -> None:
        """Set the settings."""
        self.sealed = seal(given)


class AlertRule(models.Model):
    """A rule, as people set it."""

    name = models.CharField(max_length=80)
    measure = models.CharField(max_length=40)
    above = models.BooleanField(default=True)
    limit = models.FloatField()
    lasting_s = models.PositiveIntegerField(default=0)
    queues = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    channels = models.ManyToManyField(Channel, blank=True, related_name="rules")
    escalate_s = models.PositiveIntegerField(null=True, blank=True)
    escalate_to = models.ManyToManyField(Channel, blank=True, related_name="escalations")
    is_on = models.BooleanField(default=True)

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
        )


class Alert(models.Model):
    """Something that a rule opened; at most one is open for each rule and thing."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE)
    thing = models.CharField(max_length=160, blank=True)
    since = models.DateTimeField()
    opened_at = models.DateTimeField()
    escalated = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    value = models.FloatField(null=True)
    claimed_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "thing"],
                condition=Q(closed_at=None),
                name="one_open_alert_per_rule_and_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.thing}"


class Delivery(models.Model):
    """A message on its way through one channel; the same one goes there once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    message = models.JSONField()
    key = models.CharField(max_length=120, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.key


def remembered(rule: AlertRule) -> dict[str, tuple[Memory, Alert]]:
    """Return the open alerts of a rule, by thing."""
    return {
        alert.thing: (Memory(alert.since, alert.opened_at, alert.escalated), alert)
        for alert in Alert.objects.filter(rule=rule, closed_at=None)
    }


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
    alert.save()
    return alert


def deliver(alert: Alert, channels: tuple[int, ...], message: Message) -> None:
    """Send a message through channels, by jobs that belong to the same transaction."""
    body = {"id": message.id, "title": message.title, "text": message.text}
    body |= {"link": message.link, "said": message.said}
    for number in channels:
        key = f"{message.id}-{number}"
        with transaction.atomic():
            if Delivery.objects.filter(key=key).exists():
                continue
            made = Delivery.objects.create(alert=alert, channel_id=number, message=body, key=key)
            enqueue("deliver", key=f"deliver {key}", delivery=made.pk)
