"""Every way in which everycall can refuse, each with one sentence that says what to do."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in something a person wrote: where it is, and what to do."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class EverycallError(Exception):
    """Anything that a person has to know about; never shown as a traceback."""

    id: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    retry: ClassVar[bool] = False

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(sentence, place)
        self.mistakes: tuple[Mistake, ...] = (Mistake(place, sentence),)

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


class BadSettingsError(EverycallError):
    """A settings or mapping file is wrong; all its mistakes are named at once."""

    id = "bad-settings"
    exit_code = 2

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        Exception.__init__(self, *self.mistakes)


class NotThatKindError(EverycallError):
    """A file is not what it was said to be, or nothing that everycall can read."""

    id = "not-that-kind"
    exit_code = 2


class NotFoundError(EverycallError):
    """Something was asked for that is not there: a file, a call, a source."""

    id = "not-found"
    exit_code = 2


class UnsaidError(EverycallError):
    """Something has to be said that is never guessed; the sentence names what there is to choose."""

    id = "unsaid"
    exit_code = 2


class NoCallsError(EverycallError):
    """Logs were taken in, but there is no call in them: nothing to show, and nothing is wrong."""

    id = "no-calls"
    exit_code = 0


class BusyError(EverycallError):
    """Another everycall is writing to the same data directory; try again when it is done."""

    id = "busy"
    exit_code = 4
    retry = True


class NotTakenError(EverycallError):
    """An event could not be written down, so it was not taken; its sender has to send it again."""

    id = "not-taken"
    retry = True


class ClosedError(NotTakenError):
    """The journal is closed, or not open yet; the next one may be a moment away."""

    id = "closed"


class LaterError(NotTakenError):
    """The other side asks us to come again, not before some time has passed."""

    id = "later"

    def __init__(self, sentence: str, after: timedelta) -> None:
        super().__init__(sentence)
        self.after = after


class RefusedError(EverycallError):
    """The other side does not want this, and would not want it a second time; a person has to look."""

    id = "refused"


class UnclearError(EverycallError):
    """The other side may have done it, or not; it is not done again without a person's word."""

    id = "unclear"


class TooLongError(EverycallError):
    """A name, a number or an id is longer than the records hold; what it belongs to is left out."""

    id = "too-long"


class BrokenHistoryError(EverycallError):
    """The data directory is not in a state that can be trusted."""

    id = "broken-history"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ", did you mean 'x'?" for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f", did you mean '{near[0]}'?" if near else ""
