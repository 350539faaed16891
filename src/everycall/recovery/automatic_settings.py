"""How callers are called back by themselves."""

from dataclasses import dataclass
from datetime import timedelta

from everycall.settings import setting


@dataclass(frozen=True, slots=True)
class AutomaticSettings:
    """How the phone system keeps promises by itself."""

    on: bool = setting(
        default=False, doc="Whether callers are called back by themselves when somebody is free."
    )
    everybody: bool = setting(
        default=False,
        doc="Whether everybody who was missed is, and not only who asked to be called back.",
    )
    at_once: int = setting(2, doc="So many callers are called back at the same time.")
    press_one: bool = setting(
        default=True, doc="Whether the caller has to press 1, so that no machine counts as reached."
    )
    announcement: str = setting(
        "", doc="What the person hears before the caller is rung: the name of a sound."
    )
    shown: str = setting("", doc="The number that the caller sees; empty leaves it to the line.")
    ring_person: timedelta = setting(
        timedelta(seconds=15), doc="So long the person's phone rings before the next one's does."
    )
    ring_caller: timedelta = setting(timedelta(seconds=30), doc="So long the caller's phone rings.")
    each: timedelta = setting(
        timedelta(minutes=5),
        doc="So long a call back takes: by it is reckoned how many can still be kept today.",
    )
