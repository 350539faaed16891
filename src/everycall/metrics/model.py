"""What a metric is declared with: what it counts, of what, at which level, and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from everycall.events.sights import Sight


class Unit(StrEnum):
    """What a value is a number of."""

    COUNT = "count"
    SHARE = "share"
    DURATION = "ms"
    NUMBER = "number"


class Better(StrEnum):
    """Which way is better; some numbers have none."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Level(StrEnum):
    """What is counted, one row each, and by which moment it belongs to an interval."""

    CALL = "call"
    MADE = "call we made"
    VISIT = "visit"
    ATTEMPT = "attempt"
    STAFF = "staff time"
    LOAD = "person's load"
    EPISODE = "episode"
    NEED = "missed need"
    LINE = "line"

    @property
    def doc(self) -> str:
        """The words that explain it."""
        return _LEVELS[self]

    @property
    def alone(self) -> str:
        """Why it cannot be asked by what belongs to a call."""
        return _ALONE.get(self, "it is not seen there")


_ALONE = {
    Level.STAFF: "people's time belongs to no single call",
    Level.LOAD: "people's time belongs to no single call",
    Level.LINE: "a line in use belongs to no single call or person",
}

_LEVELS = {
    Level.CALL: "Calls that came in, by their arrival.",
    Level.MADE: "Calls that we made, calls back among them, by their beginning.",
    Level.VISIT: "Stays in queues, by their own entry; a call with two stays is there twice.",
    Level.ATTEMPT: "Rings of one person's phone, by the moment in which it rang.",
    Level.STAFF: "Time of people, cut where an interval ends.",
    Level.LOAD: "People, by what each did in an hour signed in.",
    Level.EPISODE: "Needs of callers, by their first call.",
    Level.NEED: "Needs of callers that were missed, by the first missed call.",
    Level.LINE: "Lines in use at the same time, cut where an interval ends.",
}


class Shape(StrEnum):
    """How the value comes from what was summed up.

    A share is of things that can be counted, and has an interval; a part is of a quantity.
    """

    COUNT = "count"
    SHARE = "share"
    PART = "part"
    QUOTIENT = "quotient"
    PICK = "pick"


@dataclass(frozen=True, slots=True)
class Form:
    """A metric at one level: what is summed up, as SQL aggregates over that level's rows.

    Attributes:
        numerator: of a pick, the value itself.
        denominator: of a count, the rows that could be judged; of a pick, those it stands on.
        unseen: the rows about which the sources cannot say.
    """

    level: Level
    shape: Shape
    numerator: str
    denominator: str
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """The number that belongs to a metric's id: the 60 of `service_level.sl2:60`.

    Attributes:
        unit: s, min, h or d; a number without a unit is meant in it.
        default: in that unit.
    """

    doc: str
    unit: str
    default: float

    def milliseconds(self, number: float, unit: str = "") -> int:
        """Return a number of this parameter in milliseconds."""
        return round(number * MILLISECONDS[unit or self.unit])


MILLISECONDS: Mapping[str, int] = {
    "ms": 1,
    "s": 1000,
    "min": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
}
"""The units in which a parameter may be written."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure, declared once; screens, pages and the interface follow from it.

    Attributes:
        title: what people call it.
        doc: one sentence that the screens show.
        formula: the same in words, by the names of its parts.
        forms: how it is counted at each level that it has; the first is its own.
        needs: without a source that sees these it is null, with the reason.
        judged: the word of a definition that it stands on.
        null: when there is no value.
        unseen: what is said of the rows that are in neither part.
    """

    id: str
    title: str
    doc: str
    unit: Unit
    better: Better
    formula: str
    forms: tuple[Form, ...]
    parameter: Parameter | None = None
    needs: tuple[Sight, ...] = ()
    judged: str = ""
    null: str = ""
    unseen: str = "that nobody can tell"

    def __post_init__(self) -> None:
        if not self.forms:
            raise ValueError(f"metric {self.id} is counted at no level")

    def form(self, levels: tuple[Level, ...]) -> Form:
        """Return the form for the first of these levels that it has, else its own."""
        by_level = {form.level: form for form in self.forms}
        return next((by_level[level] for level in levels if level in by_level), self.forms[0])


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one metric in one group; null with the reason where nobody can know.

    Attributes:
        low, high: between which the true share lies, 19 times out of 20.
        unseen: how many are in neither part; the note says why.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    unseen: int | None = None
