"""What the team does by itself: calling back, calling out, calling each other."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from shop import plan
from shop.callers import random_times
from shop.clockwork import HOUR, MINUTE
from shop.days import is_open, local, midnight, next_open
from shop.outbound import Internal, Outbound

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop.callers import Need
    from shop.records import Story
    from shop.shop import Shop

_PROMISED = {"callback_requested": 0.94, "voicemail_left": 0.72}
_LOST = ("caller_left_in_queue", "timed_out", "queue_empty", "queue_unstaffed")


class Desk:
    """The list of calls to be made."""

    def __init__(self, shop: Shop, seed: str) -> None:
        self.shop = shop
        self.random = Random(f"{seed}:desk")

    # ---- calls back

    def consider(self, need: Need, story: Story) -> None:
        """Put a caller who was not helped on the list, or overlook them."""
        if need.number in (None, plan.OFFICE):
            return
        share = _PROMISED.get(story.outcome, plan.CALLED_BACK if story.outcome in _LOST else 0.0)
        if self.random.random() < share:
            asked = story.outcome == "callback_requested"
            median = 45 if asked else 70
            wait = self.random.lognormvariate(0, 0.7) * median * MINUTE
            at = next_open(self.shop.clock.now + round(wait)) + round(self._fuss() * MINUTE)
            self.shop.clock.at(at, lambda: self._return(need, asked=asked, tries=2))

    def _fuss(self) -> float:
        return self.random.uniform(1, 12)

    def _return(self, need: Need, *, asked: bool, tries: int) -> None:
        """Call somebody back, if they did not reach us meanwhile and somebody has time for it."""
        if need.helped or self.shop.is_over:
            return
        if need.in_call or not self._try_out(need, asked=asked, tries=tries):
            self._later(lambda: self._return(need, asked=asked, tries=tries))

    def _try_out(self, need: Need, *, asked: bool, tries: int) -> bool:
        line = self.shop.english_line if need.queue == "english" else self.shop.main_line
        agent = self.shop.staff.anybody()
        now = self.shop.clock.now
        if agent is None or line.in_use >= line.trunk.channels - 2 or not is_open(now):
            return False
        if self.shop.pbx.is_down:
            return False
        call = Outbound(self.shop, line, agent, need.number or "", need)
        if tries > 1:
            call.on_failure = lambda: self._later(
                lambda: self._return(need, asked=asked, tries=tries - 1), HOUR
            )
        call.begin(asked=asked)
        return True

    def _later(self, action: Callable[[], None], wait: int = 6 * MINUTE) -> None:
        at = next_open(self.shop.clock.now + wait)
        self.shop.clock.at(at + round(self._fuss() * MINUTE), action)

    # ---- the other calls

    def plan_day(self, number: int) -> None:
        """Say when somebody calls out or a colleague on a day."""
        for hour in range(midnight(number), midnight(number + 1), HOUR):
            if not is_open(hour):
                continue
            for at in random_times(self.random, hour, self._errands(hour)):
                self.shop.clock.at(at, self._errand)
            for at in random_times(self.random, hour, plan.INTERNAL_AN_HOUR):
                self.shop.clock.at(at, self._ask_colleague)

    def _errands(self, hour: int) -> float:
        return plan.ERRANDS_AN_HOUR * (0.4 if local(hour).weekday() == 5 else 1.0)

    def _errand(self) -> None:
        agent, line = self.shop.staff.anybody(), self.shop.main_line
        if agent is None or self.shop.pbx.is_down or line.in_use >= line.trunk.channels - 2:
            return
        number = self.shop.callers.germans.pick()
        if number not in self.shop.callers.busy:
            Outbound(self.shop, line, agent, number).begin()

    def _ask_colleague(self) -> None:
        agent = self.shop.staff.anybody()
        if agent is not None and not self.shop.pbx.is_down:
            Internal(self.shop, agent, self.shop.staff.colleague(agent)).begin()
