"""Looking at what goes on with every rule, and writing down what has to be said."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import DataError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from everycall.alerts import (
    MISSED_CALL,
    Change,
    Memory,
    Message,
    Missed,
    MissedCall,
    Rule,
    Said,
    Situation,
    Step,
    message,
    missed_message,
    observe,
    say,
    step_of,
    wanted,
    watch,
)
from everycall.errors import NotFoundError
from everycall.records.alerts import (
    LONGEST,
    Alert,
    AlertRule,
    deliver,
    end,
    keep,
    look_once,
    missed_again,
    open_missed,
    remembered,
    rested,
    watched,
)
from everycall.records.promises import Promise
from everycall.recovery import OwingSettings, State
from everycall.web.wording.writing import masked

log = logging.getLogger(__name__)

LASTS = timedelta(hours=24)
"""An alert of a caller whom nobody helped is put away after so long; the call back stays owed."""

_ENDS = {State.KEPT.value: "kept", State.WITHDRAWN.value: "withdrawn"}


@dataclass(slots=True)
class Watcher:
    """Remembers, between looks, what has been beyond its limit but not for long enough."""

    zone: ZoneInfo
    address: str
    _pending: dict[tuple[int, str], Memory] = field(default_factory=dict)
    _seen: dict[tuple[int, str], datetime] = field(default_factory=dict)
    _failing: dict[int, str] = field(default_factory=dict)

    @contextmanager
    def _alone(self, row: AlertRule) -> Iterator[None]:
        """Let a rule that fails hold back no other; what is wrong is written down once."""
        try:
            yield
        except NotFoundError:
            return  # a metric that another version knew
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            if self._failing.get(row.pk) != told:
                log.exception("the alert rule %s failed", row.pk)
            self._failing[row.pk] = told
        else:
            self._failing.pop(row.pk, None)

    def look(self, seen: Situation, now: datetime) -> int:
        """Let every rule over a number look; returns how much was said."""
        local = now.astimezone(self.zone).time()
        rules = AlertRule.objects.filter(is_on=True).exclude(measure=MISSED_CALL)
        said = 0
        for row in rules:
            with self._alone(row):
                said += self._rule(row, seen, now, local)
        return said

    def _rule(self, row: AlertRule, seen: Situation, now: datetime, local: time) -> int:
        rule, kept, said = row.plain(), watched(row), 0
        for whole, value in observe(rule, seen).items():
            thing = whole[:LONGEST]
            known = kept.get(thing)
            memory = known.memory() if known else self._pending.get((rule.id, thing), Memory())
            change = watch(rule, value, memory, now, local)
            self._pending[rule.id, thing] = replace_opened(change.memory)
            if known is not None and memory.resting and not change.memory.resting:
                rested(known)
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
            link = self._link(alert)

            def write(language: str) -> Message:
                with translation.override(language or "en"):
                    return message(rule, thing, value, change.said, alert.pk, link, gettext)

            deliver(alert, _told(rule, alert, change.said), write)

    def close(self, alert: Alert, who: str, now: datetime) -> bool:
        """Close an alert for somebody who says that it is over; False if it was closed before."""
        with transaction.atomic():
            if not end(alert, now, who, rests=not alert.call_id):
                return False
            alert.ended_by = who
            if alert.opened_at is not None:
                with suppress(NotFoundError):  # a metric that another version knew
                    self._tell(alert.rule.plain(), alert, Said.CLOSED)
        return True

    # ---- missed callers

    def look_at_calls(
        self, calls: Sequence[MissedCall], terms: OwingSettings, now: datetime
    ) -> int:
        """Let every rule over missed callers look at calls that ended; returns how much was said."""
        local, said = now.astimezone(self.zone).time(), 0
        for row in AlertRule.objects.filter(is_on=True, measure=MISSED_CALL):
            with self._alone(row):
                rule, open_ones = row.plain(), remembered(row)
                for call in calls:
                    if call.ended.ended_at >= row.made_at:
                        said += self._take(row, rule, call, open_ones, terms, now)
                said += self._settle(rule, open_ones, now, local)
        self._seen = {key: at for key, at in self._seen.items() if now - at < LASTS}
        return said

    def _take(
        self,
        row: AlertRule,
        rule: Rule,
        call: MissedCall,
        open_ones: dict[str, Alert],
        terms: OwingSettings,
        now: datetime,
    ) -> int:
        alert = open_ones.get(call.thing)
        if alert is not None and alert.call_id == call.ended.call_id:
            return self._retold(rule, alert, call, open_ones, now)
        looked = row.pk, call.ended.call_id
        if looked in self._seen:
            return 0
        step, said = step_of(call, alert.since if alert else None, terms), 0
        if step is Step.OPEN and not wanted(rule, call):
            step = Step.NOTHING
        try:
            with transaction.atomic():
                if step is not Step.NOTHING and look_once(row, call.ended.call_id, now):
                    said = self._step(rule, row, step, call, open_ones, now)
        except DataError as error:
            log.warning("the records do not hold a call that %s looks at: %s", row.pk, error)
        self._seen[looked] = now  # not before it is kept: what failed is looked at again
        return said

    def _step(
        self,
        rule: Rule,
        row: AlertRule,
        step: Step,
        call: MissedCall,
        open_ones: dict[str, Alert],
        now: datetime,
    ) -> int:
        """Write down what a call means for the alert of its caller."""
        alert = open_ones.get(call.thing)
        if alert is None:
            open_ones[call.thing] = open_missed(row, call)
        elif step is Step.AGAIN:
            missed_again(alert, call)
        elif step is Step.HELPED:
            ours = call.ended.direction != "inbound"
            return self._over(rule, alert, open_ones, now, "helped" if ours else "returned")
        return 0

    def _retold(
        self,
        rule: Rule,
        alert: Alert,
        call: MissedCall,
        open_ones: dict[str, Alert],
        now: datetime,
    ) -> int:
        """Take in what is said later of a call that opened an alert: a message, or an answer."""
        if call.ended.answered:
            return self._over(rule, alert, open_ones, now, "answered")
        if call.message and not alert.message:
            alert.message = True
            alert.save(update_fields=["message"])
        return 0

    def _settle(self, rule: Rule, open_ones: dict[str, Alert], now: datetime, local: time) -> int:
        """Say what is still unsaid, call others, and end what a person did or nobody will."""
        said = 0
        for alert in list(open_ones.values()):
            how = _ended_by_people(alert)
            if how or now - alert.since > LASTS:
                said += self._over(rule, alert, open_ones, now, how or "expired")
                continue
            what, memory = say(rule, alert.memory(), now, local)
            if what is not Said.NOTHING:
                with transaction.atomic():
                    alert.opened_at, alert.escalated = memory.opened_at, memory.escalated
                    alert.save(update_fields=["opened_at", "escalated"])
                    self._tell(rule, alert, what)
                said += 1
        return said

    def _over(
        self, rule: Rule, alert: Alert, open_ones: dict[str, Alert], now: datetime, how: str
    ) -> int:
        del open_ones[alert.thing]
        with transaction.atomic():
            if not end(alert, now, how) or alert.opened_at is None or how == "expired":
                return 0
            alert.ended_by = how
            self._tell(rule, alert, Said.CLOSED)
        return 1

    def _tell(self, rule: Rule, alert: Alert, said: Said) -> None:
        link = self._link(alert)

        def write(language: str) -> Message:
            with translation.override(language or "en"):
                if alert.call_id:
                    return missed_message(self._about(alert), said, alert.pk, link, gettext)
                told = message(rule, alert.thing, None, said, alert.pk, link, gettext)
                return replace(told, text=ended_words(alert.ended_by))

        deliver(alert, _told(rule, alert, said), write)

    def _about(self, alert: Alert) -> Missed:
        row = alert.rule
        caller = alert.caller if row.shows_numbers and alert.caller else masked(alert.caller)
        return Missed(
            caller,
            f"{alert.since.astimezone(self.zone):%H:%M}",
            alert.misses,
            alert.queue,
            alert.waited_s,
            alert.message,
            ended_words(alert.ended_by) if alert.ended_by else "",
        )

    def _link(self, alert: Alert) -> str:
        return f"{self.address}/alerts/{alert.pk}/"


def replace_opened(memory: Memory) -> Memory:
    """Keep of a memory only since when a limit was passed: what is open stands in the records."""
    return Memory(memory.since)


def _told(rule: Rule, alert: Alert, said: Said) -> tuple[int, ...]:
    if said is Said.ESCALATED:
        return rule.escalate_to
    if said is Said.CLOSED and alert.escalated:
        return tuple({*rule.channels, *rule.escalate_to})
    return rule.channels


def _ended_by_people(alert: Alert) -> str:
    """Return how the call back of this caller ended since, if it did; nothing otherwise."""
    if not alert.caller:
        return ""
    found = Promise.objects.filter(
        caller=alert.caller, client=alert.client, state__in=_ENDS, ended_at__gte=alert.since
    ).first()
    return _ENDS[found.state] if found else ""


_BY_ITSELF: dict[str, Callable[[], str]] = {
    "helped": lambda: gettext("They were called back and helped."),
    "kept": lambda: gettext("They were called back and helped."),
    "returned": lambda: gettext("They called again and were helped."),
    "answered": lambda: gettext("The call was answered after all."),
    "withdrawn": lambda: gettext("The call back is not owed any more."),
    "expired": lambda: gettext("Nobody helped them within a day."),
}


def ended_words(how: str) -> str:
    """Write how an alert of a caller ended: by itself, or by whom."""
    return _BY_ITSELF[how]() if how in _BY_ITSELF else gettext("Closed by %s") % how


def is_known_end(how: str) -> bool:
    """Tell whether an alert ended by itself; else it is somebody's name."""
    return how in _BY_ITSELF


def claim(alert: Alert, who: str) -> bool:
    """Let somebody say that they look after an alert; False if somebody does already."""
    here = Alert.objects.filter(pk=alert.pk, claimed_by="", closed_at=None)
    return bool(here.update(claimed_by=who, claimed_at=timezone.now()))
