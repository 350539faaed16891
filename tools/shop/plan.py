"""The shop as it is on paper: people, queues, lines, hours, and how much is asked of them.

Everything is invented. Numbers come from the ranges that the German and British regulators keep for
film and fiction: +49 30 23125, 40 66969, 69 90009, 89 99998, 221 4710, 171 39200, 176 040690;
+44 1632 960, 20 7946 0, 161 496 0, 7700 900.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shop.clockwork import MINUTE, SECOND

ZONE = "Europe/Berlin"
FIRST_DAY = date(2026, 9, 1)
DAYS = 60
SEED = 20261030

WEEK = {
    **dict.fromkeys(range(5), ("08:00", "18:00")),
    5: ("09:00", "13:00"),
}
"""Opening hours by weekday, Monday is 0; Sunday is closed."""

HOLIDAYS = frozenset({date(2026, 10, 3)})

MAIN_NUMBER = "493023125100"
ENGLISH_NUMBER = "442079460100"
OFFICE = "+496990009500"
"""A customer's office: several people call from this one number, sometimes at the same time."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """A line to the telephone company: how many calls it carries, how it writes numbers."""

    name: str
    channels: int
    own_number: str
    national: bool


MAIN_TRUNK = Trunk("trunk-berlin", 8, MAIN_NUMBER, national=True)
ENGLISH_TRUNK = Trunk("trunk-london", 4, ENGLISH_NUMBER, national=False)


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue: how long it keeps callers, what follows, how long its talks are.

    Attributes:
        voicemail: callers whom it lets go are sent there; else they hear that all are busy.
        key: pressing 9 asks for a call back.
    """

    name: str
    longest_wait: int
    talk: int
    voicemail: bool = True
    key: bool = False


QUEUES = (
    QueuePlan("sales", 300 * SECOND, talk=190 * SECOND, key=True),
    QueuePlan("support", 600 * SECOND, talk=255 * SECOND, key=True),
    QueuePlan("returns", 420 * SECOND, talk=165 * SECOND, voicemail=False),
    QueuePlan("english", 300 * SECOND, talk=230 * SECOND),
)
RING = 15 * SECOND
RETRY = 5 * SECOND
WRAP_UP = 15 * SECOND


@dataclass(frozen=True, slots=True)
class Person:
    """One of the team.

    Attributes:
        shift: which of SHIFTS; `lunch`: when it is interrupted, empty for short shifts.
        off: weekdays that are free.
        refuses: the share of rings that are pushed away.
        misses: the share of rings that nobody hears.
        mail: when an hour of e-mail begins, phones off.
    """

    extension: str
    name: str
    queues: tuple[str, ...]
    shift: str
    lunch: str = "12:30"
    off: tuple[int, ...] = ()
    saturdays: int = 0
    refuses: float = 0.01
    misses: float = 0.05
    mail: tuple[str, ...] = ()
    away: tuple[tuple[date, date], ...] = ()


SHIFTS = {
    "early": ("08:00", "16:30"),
    "middle": ("09:00", "17:30"),
    "late": ("09:30", "18:00"),
    "morning": ("08:00", "13:30"),
    "afternoon": ("12:45", "18:00"),
}
TEAM = (
    Person(
        "201", "Ann Keller", ("support", "sales"), "early", saturdays=2, mail=("10:00", "14:00")
    ),
    Person("202", "Bilal Demir", ("sales",), "late", saturdays=1, mail=("16:00",)),
    Person(
        "203", "Clara Vogt", ("sales", "english"), "early", "11:45", saturdays=1, mail=("15:00",)
    ),
    Person("204", "David Nowak", ("support",), "early", saturdays=2, mail=("09:00",)),
    Person("205", "Elif Aydin", ("support", "returns"), "late", mail=("14:30",)),
    Person("206", "Finn Petersen", ("returns",), "early", saturdays=2, mail=("13:30",)),
    Person(
        "207",
        "Greta Lindner",
        ("support", "sales"),
        "middle",
        off=(0,),
        saturdays=1,
        away=((date(2026, 9, 14), date(2026, 9, 25)),),
    ),
    Person("208", "Hannes Brandl", ("support",), "late", "12:45", refuses=0.34),
    Person(
        "209",
        "Ines Moreau",
        ("english", "support"),
        "late",
        "13:15",
        saturdays=2,
        mail=("10:30",),
        away=((date(2026, 10, 12), date(2026, 10, 16)),),
    ),
    Person("210", "Jonas Weber", ("sales",), "middle", off=(4,), mail=("11:00",)),
    Person("211", "Katja Sommer", ("returns",), "morning", "", saturdays=1),
    Person("212", "Leon Maric", ("support", "returns"), "afternoon", "", off=(0, 2), saturdays=2),
)

SILENT_PHONE = ("210", date(2026, 10, 13), date(2026, 10, 14))
"""Whose phone rings in vain, and on which days: he sits beside it and never knows."""

SICK = 0.03
"""The share of days on which somebody is ill."""

OUTAGE_DAY, OUTAGE_FROM, OUTAGE_FOR = date(2026, 9, 21), "08:59", 40 * MINUTE
"""When the phone system dies, all calls with it, and after how long it is back."""

ROTATED_AT = "03:10"
"""When the logs of a week are put away, in the night from Sunday to Monday."""

HOURLY = {
    7: 2.5,
    8: 24.0,
    9: 38.0,
    10: 44.0,
    11: 41.0,
    12: 39.0,
    13: 36.0,
    14: 34.0,
    15: 34.0,
    16: 32.0,
    17: 23.0,
    18: 8.0,
    19: 4.0,
    20: 2.5,
    21: 1.5,
    22: 0.8,
}
"""New needs an hour on the main number on an ordinary weekday; nights have NIGHT."""

NIGHT = 0.2
SATURDAY = 0.52
SUNDAY = 0.06
WEEKDAY = (1.36, 1.02, 0.95, 0.95, 0.9, SATURDAY, SUNDAY)
"""How much of an ordinary weekday comes on each day; the weekend after noon is quieter still."""

ENGLISH_AN_HOUR = 3.0
DIRECT_AN_HOUR = 2.4
OFFICE_A_DAY = 6
INTERNAL_AN_HOUR = 1.1
ERRANDS_AN_HOUR = 2.6
"""Calls out that no missed call is behind: carriers, suppliers, customers with an open order."""

CAMPAIGN = (date(2026, 10, 8), 1.9, ("09:00", "15:00"))
"""A newsletter goes out: the day, how many times the usual, from when to when."""

CLOCKS_GO_BACK = (date(2026, 10, 25), ("02:25", "02:40"))
"""The night in which an hour comes twice: somebody calls in the first and in the second of them."""

CHOICES = (("sales", 0.37), ("support", 0.41), ("returns", 0.22))
WITHHELD = 0.03
LEAVES_IN_MENU = 0.035
PRESSES_NOTHING = 0.04
LEAVES_WHEN_CLOSED = 0.55
PATIENCE = 190 * SECOND
"""How long a caller waits on average before giving up, if nobody answers."""

CALLED_BACK = 0.34
"""The share of callers who gave up whom somebody finds in the list of missed calls and calls."""

TALK_SPREAD = 0.72
SHORT_TALK = 0.012
"""The share of talks that end after a few seconds: a bad line, the wrong shop."""

MENU_PROMPT = 12 * SECOND
CLOSED_PROMPT = 9 * SECOND
LONGEST_RING = 20 * SECOND
"""How long somebody's own phone rings; in a queue it is RING."""
