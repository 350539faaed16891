"""The people who call: what they need, how long they wait, and whether they try again."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING

from shop import plan
from shop.clockwork import HOUR, MINUTE, SECOND
from shop.days import date_of, is_open, local, midnight, moment, next_open
from shop.inbound import Inbound

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop.records import Story
    from shop.shop import Shop

HELPED_AFTER = 10
"""A talk of so many seconds helps; the shop's own rule, and the one in its site file."""

MOST_TRIES = 6
_LIVELIEST = 7.0
_GERMAN = ("+493023125", "+494066969", "+496990009", "+498999998", "+492214710")
_MOBILE = ("+4917139200", "+49176040690")
_BRITISH = ("+441632960", "+44207946", "+44161496", "+447700900")


def german_numbers() -> list[str]:
    """Return the numbers of the shop's customers."""
    land = [f"{start}{n:03}" for start in _GERMAN for n in range(1000)]
    taken = {plan.OFFICE, *(f"+{plan.MAIN_NUMBER[:-3]}{n:03}" for n in range(100, 300))}
    mobile = [f"{start}{n:02}" for start in _MOBILE for n in range(100)]
    return [number for number in land if number not in taken] + mobile


def british_numbers() -> list[str]:
    """Return the numbers of those who call the English line."""
    long = [f"{start}{n:04}" for start in _BRITISH[1:3] for n in range(200, 1000)]
    short = [f"{start}{n:03}" for start in (_BRITISH[0], _BRITISH[3]) for n in range(1000)]
    return long + short


class People:
    """Numbers of which some call often and most seldom."""

    def __init__(self, numbers: list[str], random: Random) -> None:
        self.random = random
        random.shuffle(numbers)
        self.numbers = numbers
        self.weights = list(accumulate(min(_LIVELIEST, random.paretovariate(1.9)) for _ in numbers))

    def pick(self) -> str:
        """Return somebody."""
        return self.numbers[bisect(self.weights, self.random.random() * self.weights[-1])]


class Need:
    """Something that one caller wants, over all tries until it is settled.

    Attributes:
        extension: the person whose own number is dialled; empty for the main and English numbers.
        tries: how often they called.
    """

    def __init__(
        self, callers: Callers, number: str | None, queue: str, extension: str = ""
    ) -> None:
        self.callers = callers
        self.number = number
        self.queue = queue
        self.extension = extension
        self.client = "pebble-herb" if queue == "english" else "kiesel-kraut"
        self.tries = 0
        self.settled = False
        self.helped = False
        self.in_call = False

    def patience(self) -> tuple[int, int | None]:
        """Return how long they will wait this time, and when they would press 9, if ever."""
        random = self.callers.random
        mean = plan.PATIENCE * (1.0 + 0.25 * (self.tries - 1)) / SECOND
        waits = 3 + random.weibullvariate(mean, 0.85)
        key = random.uniform(62, 110) * SECOND if random.random() < 0.16 else None
        return round(waits * SECOND), None if key is None else round(key)

    def call(self) -> None:
        """Call now, unless it was settled or the caller is on the phone already."""
        if self.settled or self.callers.shop.is_over:
            return
        if self.in_call:
            self.callers.shop.clock.after(5 * MINUTE, self.call)
            return
        self.tries += 1
        self.in_call = True
        self.callers.dial(self)

    def tried(self, story: Story) -> None:
        """A try is over: settled, or tried again, or given up."""
        self.in_call = False
        self.callers.shop.desk.consider(self, story)
        if story.outcome == "answered" and story.talk_seconds >= HELPED_AFTER:
            self.settle(helped=True)
            return
        wait = self._until_next(story)
        if wait is None or self.tries >= MOST_TRIES:
            self.give_up(story)
        else:
            self.callers.shop.clock.after(wait, self.call)

    def _until_next(self, story: Story) -> float | None:
        """Return after how long they call again; None if they do not."""
        random, now = self.callers.random, self.callers.shop.clock.now
        share, soon = _AGAIN.get(story.outcome, (0.6, 4 * MINUTE))
        if random.random() >= share:
            return None
        wait = random.lognormvariate(0, 0.9) * soon
        if random.random() < 0.3 and story.outcome not in ("failed_before_ring", "answered"):
            wait += random.uniform(1, 26) * HOUR
        at = next_open(now + round(wait))
        late = 0 if is_open(now + round(wait)) else random.uniform(0, 2.5) * HOUR
        return at + late - now

    def settle(self, *, helped: bool) -> None:
        """Have what they wanted."""
        self.settled = True
        self.helped = helped
        self.callers.busy.pop(self.number, None)
        self.callers.settled(self)

    def give_up(self, story: Story) -> None:
        """Try no more; a call back may still come."""
        self.callers.busy.pop(self.number, None)
        if story.outcome in ("voicemail_left", "callback_requested"):
            return
        self.settled = True


_AGAIN = {
    "failed_before_ring": (0.85, 3 * MINUTE),
    "caller_left_in_queue": (0.56, 7 * MINUTE),
    "caller_left_in_menu": (0.3, 12 * MINUTE),
    "caller_left_while_ringing": (0.5, 15 * MINUTE),
    "caller_left_closed": (0.5, 2 * HOUR),
    "timed_out": (0.5, 20 * MINUTE),
    "queue_empty": (0.5, 20 * MINUTE),
    "queue_unstaffed": (0.5, 30 * MINUTE),
    "callback_requested": (0.12, 3 * HOUR),
    "voicemail_left": (0.2, 5 * HOUR),
    "voicemail_no_message": (0.45, 25 * MINUTE),
    "dropped_in_talk": (0.9, 15 * MINUTE),
    "failed_waiting": (0.8, 12 * MINUTE),
    "transfer_unanswered": (0.7, 4 * MINUTE),
}
"""After which outcome which share tries again, and how soon: the median of the wait."""


class Callers:
    """Everybody who may call, and when they do."""

    def __init__(self, shop: Shop, seed: str) -> None:
        self.shop = shop
        self.random = Random(f"{seed}:callers")
        self.germans = People(german_numbers(), Random(f"{seed}:germans"))
        self.british = People(british_numbers(), Random(f"{seed}:british"))
        self.busy: dict[str | None, Need] = {}
        self.needs: list[Need] = []

    # ---- new needs

    def plan_day(self, number: int) -> None:
        """Say who calls on a day for the first time."""
        start, end = midnight(number), midnight(number + 1)
        for hour in range(start, end, HOUR):
            self._at(hour, self._rate(hour), self._new_main)
            if is_open(hour):
                self._at(hour, plan.ENGLISH_AN_HOUR, self._new_english)
                self._at(hour, plan.DIRECT_AN_HOUR, self._new_direct)
        if is_open(start + 11 * HOUR):
            self._plan_office(start)
        night, (first, second) = plan.CLOCKS_GO_BACK
        if date_of(start) == night:
            self.shop.clock.at(moment(night, first), self._new_main)
            self.shop.clock.at(moment(night, second) + HOUR, self._new_main)

    def _at(self, hour: int, rate: float, action: Callable[[], None]) -> None:
        for at in random_times(self.random, hour, rate):
            self.shop.clock.at(at, action)

    def _rate(self, hour: int) -> float:
        """Return how many new needs come in an hour."""
        wall = local(hour)
        day, clock = wall.date(), f"{wall:%H:%M}"
        weekend = day in plan.HOLIDAYS or (wall.weekday() == 5 and wall.hour >= 13)
        factor = plan.SUNDAY if weekend else plan.WEEKDAY[wall.weekday()]
        spike, times, (first, last) = plan.CAMPAIGN
        if day == spike and first <= clock < last:
            factor *= times
        return plan.HOURLY.get(wall.hour, plan.NIGHT) * factor

    def _plan_office(self, start: int) -> None:
        """The office calls now and then, and two of them at once before lunch."""
        for at in random_times(self.random, start + 8 * HOUR, plan.OFFICE_A_DAY, 9 * HOUR):
            self.shop.clock.at(at, self._new_office)
        together = start + round(self.random.uniform(11, 12) * HOUR)
        for at in (together, together + 20 * SECOND):
            self.shop.clock.at(at, self._new_office)

    def _new_office(self) -> None:
        self._begin(Need(self, plan.OFFICE, self._choice()))

    def _new_main(self) -> None:
        number = None if self.random.random() < plan.WITHHELD else self._somebody(self.germans)
        self._begin(Need(self, number, self._choice()))

    def _new_english(self) -> None:
        number = None if self.random.random() < plan.WITHHELD else self._somebody(self.british)
        self._begin(Need(self, number, "english"))

    def _new_direct(self) -> None:
        person = self.random.choice(plan.TEAM)
        self._begin(Need(self, self._somebody(self.germans), self._choice(), person.extension))

    def _somebody(self, people: People) -> str:
        """Return somebody who wants nothing yet."""
        while (number := people.pick()) in self.busy:
            pass
        return number

    def _choice(self) -> str:
        queues = [queue for queue, _ in plan.CHOICES]
        return self.random.choices(queues, [share for _, share in plan.CHOICES])[0]

    def _begin(self, need: Need) -> None:
        self.needs.append(need)
        if need.number not in (None, plan.OFFICE):
            self.busy[need.number] = need
        need.call()

    # ---- what follows

    def dial(self, need: Need) -> None:
        """Let somebody call."""
        line = self.shop.english_line if need.queue == "english" else self.shop.main_line
        Inbound(self.shop, need, line).begin()
        # whoever did not reach somebody's own number asks for the team
        need.extension = ""

    def settled(self, need: Need) -> None:
        """Some of those who were helped have another question on one of the next days."""
        if need.number in (None, plan.OFFICE) or self.random.random() >= 0.09:
            return
        wait = self.random.uniform(18, 80) * HOUR
        at = next_open(self.shop.clock.now + round(wait)) + round(self.random.uniform(0, 7) * HOUR)
        if is_open(at):
            self.shop.clock.at(at, lambda: self._again(need))

    def _again(self, need: Need) -> None:
        if need.number not in self.busy:
            self._begin(Need(self, need.number, need.queue))


def random_times(random: Random, start: int, count: float, within: int = HOUR) -> list[int]:
    """Return the moments of a Poisson process: so many are to be expected within a time."""
    found: list[int] = []
    at = float(start)
    while count > 0:
        at += random.expovariate(count / within)
        if at >= start + within:
            break
        found.append(round(at))
    return found
