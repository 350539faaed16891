"""By what a column of an unknown CSV is known: the words of its heading and the look of its cells."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

from everycall.events import Direction, EndedBy
from everycall.sources.mapping_settings import Result, Unit
from everycall.sources.mapping_values import duration, moment

MOST_WORDS = 20
"""A column with more different cells than this holds no words of a list."""

FORMATS = (
    "auto",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d %b %Y %H:%M:%S",
    "%b %d %Y %H:%M:%S",
)
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%y%m%d")
_TIME_OF_DAY = re.compile(r"^\d{1,2}:\d\d(:\d\d)?$")
_NUMBER = re.compile(r"^\d+([.,]\d+)?$")
_NOTHING = frozenset({"", "-", "0", "0:00:00", "00:00:00", "null", "n/a"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an unknown file: its heading and what stands in it."""

    name: str
    cells: tuple[str, ...]

    @property
    def given(self) -> list[str]:
        """Its cells, those left out in which nothing is said."""
        return [cell for cell in self.cells if cell.lower() not in _NOTHING]

    def share(self, fits: Callable[[str], bool]) -> float:
        """Return how much of what is given fits."""
        given = self.given
        return sum(map(fits, given)) / len(given) if given else 0.0

    def form(self, forms: Sequence[str]) -> str | None:
        """Return the form in which its cells are moments; None if they are none."""
        return max(self.forms(forms), key=self._order_under, default=None)

    def forms(self, forms: Sequence[str]) -> list[str]:
        """Return every form in which its cells may be moments."""
        return [form for form in forms if self.share(partial(_is_moment, form=form)) > 0.9]

    def _order_under(self, form: str) -> float:
        """Return how much in order its moments are, if they have a form."""
        times = [_plain(moment(c, (form,))) for c in self.given if _is_moment(c, form)]
        steps = [later >= earlier for earlier, later in pairwise(times)]
        return abs(sum(steps) * 2 - len(steps)) / max(len(steps), 1)

    @property
    def is_time_of_day(self) -> bool:
        """Whether its cells are times without a day."""
        return self.share(lambda cell: bool(_TIME_OF_DAY.match(cell))) > 0.9

    @property
    def is_duration(self) -> bool:
        """Whether its cells may be durations; a column of nothing but zeros may be one."""
        cells = [cell for cell in self.cells if cell]
        return bool(cells) and sum(map(_is_duration, cells)) > 0.9 * len(cells)

    @property
    def is_number(self) -> bool:
        """Whether its cells are plain numbers."""
        return self.share(lambda cell: bool(_NUMBER.match(cell))) > 0.9

    @property
    def is_words(self) -> bool:
        """Whether its cells come from a short list."""
        return 0 < len(set(self.given)) <= MOST_WORDS

    @property
    def words(self) -> Counter[str]:
        """How often each cell stands in it."""
        return Counter(self.given)

    @property
    def repeats(self) -> float:
        """How much of it stands in it more than once."""
        counts = self.words
        return sum(n for n in counts.values() if n > 1) / max(sum(counts.values()), 1)


def _plain(found: datetime) -> datetime:
    return found.replace(tzinfo=None)


def _is_moment(cell: str, form: str) -> bool:
    try:
        found = moment(cell, (form,))
    except ValueError:
        return False
    return 1990 <= found.year < 2100


def _is_duration(cell: str) -> bool:
    try:
        return 0 <= duration(cell, Unit.SECONDS) < 48 * 3600 * 1000
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Clue:
    """By what a thing is known: words of a heading, and a look that its cells must have."""

    thing: str
    heading: re.Pattern[str]
    look: Callable[[Column], bool]


def _clue(thing: str, words: str, look: Callable[[Column], bool] = lambda _: True) -> Clue:
    return Clue(thing, re.compile(words), look)


def _moment(column: Column) -> bool:
    return column.is_time_of_day or bool(column.forms(FORMATS))


def _day(column: Column) -> bool:
    return bool(column.forms(DAYS))


def _words(column: Column) -> bool:
    return column.is_words


def _length(column: Column) -> bool:
    return column.is_duration


CLUES = (
    _clue(
        "call_id",
        r"\b(call|session|conversation|interaction|contact|unique|linked) ?id\b|^id$|\buuid\b",
    ),
    _clue("ended_by", r"\b(ended|hung ?up|disconnected|terminated|released) by\b", _words),
    _clue("sip_code", r"\bsip\b.*\b(code|response|status)\b"),
    _clue("q850", r"\bq\.?850\b|\b(hangup|release|disconnect) cause\b"),
    _clue("date", r"\b(date|datum|day|tag)\b", _day),
    _clue("queue_left", r"\bqueue\b.*\b(exit|left|leave|end)|\bdequeue", _moment),
    _clue("queue_entered", r"\bqueue\b.*\b(enter|start|entry|time)|\benqueue", _moment),
    _clue("talk_ended", r"\b(talk|service|agent)\b.*\b(end|exit|stop)", _moment),
    _clue("answered", r"\banswer|\bconnect|\bpick ?up\b|\bangenommen|\bservice start", _moment),
    _clue(
        "ended",
        r"\b(end|ended|hang ?up|release|released|finish|finished|ende|disconnected)\b",
        _moment,
    ),
    _clue("rang", r"\bring", _moment),
    _clue(
        "arrived",
        r"\b(start|started|begin|began|call time|date ?time|time|timestamp|received|arrived|created|setup|date|"
        r"beginn|zeit|uhrzeit|datum)\b",
        _moment,
    ),
    _clue("ring", r"\bring|\bklingel", _length),
    _clue("hold", r"^hold\b|\bon hold\b|\bhold time\b", _length),
    _clue(
        "wait",
        r"\bwait|\bqueue(d)? (time|duration)\b|\btime to answer\b|\bspeed of answer\b|\bwarte",
        _length,
    ),
    _clue(
        "talk",
        r"\btalk|\bbill ?sec|\bconversation|\bin call\b|\bservice time\b|\bspoken\b|\bgespr",
        _length,
    ),
    _clue("menu", r"\b(ivr|menu|vru)\b", _length),
    _clue("total", r"\bduration\b|\blength\b|\btotal\b|\bdauer\b", _length),
    _clue("direction", r"\bdirection\b|\b(call )?type\b|\brichtung\b|\bin out\b", _words),
    _clue(
        "result", r"\b(result|status|outcome|disposition|call state|answered|ergebnis)\b", _words
    ),
    _clue("menu_choice", r"\b(menu|ivr)\b.*\b(choice|option|key|branch)\b|\bkey pressed\b"),
    _clue("tag", r"\btags?\b|\b(call|contact) reason\b|\bwrap ?up( code)?\b|\bdisposition code\b"),
    _clue("transfer_to", r"\btransfer(red)? to\b"),
    _clue("queue", r"\bqueue\b|\bring ?group\b|\bhunt group\b|\bskill\b|\bdepartment\b|\bgruppe\b"),
    _clue(
        "agent",
        r"\bagent\b|\buser\b|\boperator\b|\bextension\b|\banswered by\b|\bmember\b|\bmitarbeiter\b",
    ),
    _clue("trunk", r"\btrunk\b|\bline\b|\bgateway\b|\bcarrier\b"),
    _clue("from_number", r"^from\b|\bsrc\b|\bsource\b|\bfrom (number|phone)\b"),
    _clue("to_number", r"^to\b|\bdst\b|\bdestination\b|\bdiall?ed\b|\bziel\b"),
    _clue("called", r"\bcalled\b|\bdid\b|\bddi\b|\bdnis\b"),
    _clue(
        "caller",
        r"\bcaller\b|\bcli\b|\bclid\b|\bani\b|\bcalling\b|\bcustomer\b|\banrufer\b|\bphone\b",
    ),
    _clue("client", r"\b(brand|client|tenant|mandant)\b"),
    _clue("language", r"\blanguage\b|\bsprache\b"),
)
"""Every thing that is looked for; the first that fits a column has it."""

DIRECTIONS = (
    (re.compile(r"^(in|inbound|incoming|received|eingehend|i)$"), Direction.INBOUND),
    (re.compile(r"^(out|outbound|outgoing|dialled|placed|ausgehend|o)$"), Direction.OUTBOUND),
    (re.compile(r"^(internal|local|intern)$"), Direction.INTERNAL),
    (re.compile(r"call ?back"), Direction.CALLBACK),
)
RESULTS = (
    (re.compile(r"not answered|unanswered|no[ _-]?answer|missed|verpasst|nicht"), Result.NO_ANSWER),
    (re.compile(r"abandon|hang ?up|hung ?up|caller left|aufgelegt"), Result.CALLER),
    (
        re.compile(r"^(answered|yes|completed?|connected|accepted|handled|ok|angenommen)$"),
        Result.ANSWERED,
    ),
    (re.compile(r"voice ?mail|mailbox"), Result.VOICEMAIL),
    (re.compile(r"time ?d? ?out"), Result.TIMEOUT),
    (re.compile(r"busy|besetzt"), Result.BUSY),
    (re.compile(r"reject|declin|refus|abgelehnt"), Result.REJECTED),
    (re.compile(r"cancel"), Result.CANCELLED),
    (re.compile(r"fail|error|congest|fehler"), Result.FAILED),
    (re.compile(r"unreach|unavail|offline"), Result.UNREACHABLE),
    (re.compile(r"call ?back"), Result.CALLBACK),
    (re.compile(r"closed|after hours|out of (office|hours)|geschlossen"), Result.CLOSED),
)
ENDERS = (
    (re.compile(r"caller|customer|client|anrufer"), EndedBy.CALLER),
    (re.compile(r"agent|user|operator|internal|mitarbeiter"), EndedBy.AGENT),
    (re.compile(r"system|pbx|timeout"), EndedBy.SYSTEM),
    (re.compile(r"network|carrier|trunk"), EndedBy.NETWORK),
)
MEANINGS = {"direction": DIRECTIONS, "result": RESULTS, "ended_by": ENDERS}
"""What the words of a column mean, for the columns that hold words."""

DOUBTFUL = {
    Result.NO_ANSWER: "it may be that the caller gave up (caller), that the queue's time ran out "
    "(timeout) or that a phone rang out (no_answer)",
}
"""Meanings that the word alone does not decide."""


def means(thing: str, word: str) -> str | None:
    """Return what a word means in a column of one thing; None if that is not known."""
    for pattern, meaning in MEANINGS[thing]:
        if pattern.search(word.lower()):
            return meaning.value
    return None
