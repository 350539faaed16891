"""Which version of a definition made the numbers of which period, so that none changes unseen.

Beside the history of a site, `definitions/` keeps the text of every version that was used, and
`used.json` the periods. Nothing there is ever changed, only added.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from everycall.app.answers.defining import arrived, as_of, judged, parts
from everycall.app.history.asking import Asking
from everycall.clock import Clock, iso, system_clock, to_micros
from everycall.definitions import Definition
from everycall.definitions.loading import read
from everycall.errors import EverycallError
from everycall.reports.words import Name, said, said_many

_FILE = "used.json"


@dataclass(frozen=True, slots=True)
class Use:
    """A version of a definition that made the numbers of a period.

    Attributes:
        since, until: the period in microseconds; None where it was open.
        as_of: until when there were calls at that time.
    """

    definition: str
    version: str
    digest: str
    switches: dict[str, bool | str]
    since: int | None
    until: int | None
    as_of: int
    used_at: str

    @property
    def ends(self) -> int:
        """Return the moment before which the calls came that were judged."""
        return min(self.until, self.as_of + 1) if self.until is not None else self.as_of + 1

    @property
    def name(self) -> str:
        """Return what stands beside a number: id and version."""
        return f"{self.definition} {self.version} ({self.digest})"


@dataclass(frozen=True, slots=True)
class Changed:
    """Calls of a period that another version of the words called something else.

    Attributes:
        calls: how many; None if that version can no longer be read.
    """

    before: Use
    calls: int | None

    @property
    def sentence(self) -> str:
        """Say it."""
        name = Name(self.before.name)
        if self.calls is None:
            return said(
                "{name} was used before for this period and cannot be read any more.", name=name
            )
        if self.calls == 0:
            return said(
                "No call differs from {name}, which was used before for this period.", name=name
            )
        return said_many(
            self.calls,
            "{n} call differs from {name}, the version used before for this period.",
            "{n} calls differ from {name}, the version used before for this period.",
            name=name,
        )


def changed(
    asking: Asking, definition: Definition, since: int | None = None, until: int | None = None
) -> Changed | None:
    """Return how many calls of a period differ from what the version used before said of them.

    None where no other version was used for any of its calls.
    """
    # brands with words of their own are left out: a use is one definition's
    *_, (whose, (definition,)) = parts(definition)
    others = others_used(asking, definition)
    before = next((u for u in reversed(others) if _overlap(u, since, until)), None)
    if before is None:
        return None
    try:
        old = read(
            _text(_folder(asking), before.digest), f"{before.definition}.toml", before.switches
        )
    except (EverycallError, OSError):
        return Changed(before, None)
    period = f"{arrived(*_shared(before, since, until), inbound=True)} AND {whose}"
    asking.engine.view("judged_before", judged(asking, old, period))
    asking.engine.view("judged_now", judged(asking, definition, period))
    differing = asking.rows(
        "SELECT COUNT(*) FROM judged_before AS b INNER JOIN judged_now AS n "
        "ON n.call_id = b.call_id WHERE n.category <> b.category"
    )
    return Changed(before, differing[0][0])


def others_used(asking: Asking, definition: Definition) -> list[Use]:
    """Return every use of other words, or of another version of these."""
    return [use for use in _uses(_folder(asking)) if use.digest != definition.digest]


def remember(
    asking: Asking,
    definition: Definition,
    since: int | None = None,
    until: int | None = None,
    clock: Clock = system_clock,
) -> None:
    """Keep which version made the numbers of a period; once for each of both.

    A data directory that cannot be written to is read all the same.
    """
    definition = definition.of(None)
    folder = _folder(asking)
    uses = _uses(folder)
    known = {(use.digest, use.since, use.until, use.ends) for use in uses}
    use = Use(
        definition.id,
        definition.pack.version,
        definition.digest,
        dict(definition.settings),
        since,
        until,
        as_of(asking),
        str(iso(to_micros(clock()))),
    )
    if (use.digest, use.since, use.until, use.ends) not in known:
        with suppress(OSError):
            _write(folder, definition.text, [*uses, use])


def _folder(asking: Asking) -> Path:
    return asking.history.folder / "definitions"


def _uses(folder: Path) -> list[Use]:
    try:
        return [Use(**use) for use in json.loads((folder / _FILE).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _text(folder: Path, digest: str) -> str:
    return (folder / f"{digest}.toml").read_text(encoding="utf-8")


def _write(folder: Path, text: str, uses: Sequence[Use]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{uses[-1].digest}.toml").write_text(text, encoding="utf-8")
    draft = folder / f"{_FILE}.new"
    draft.write_text(json.dumps([asdict(use) for use in uses], indent=1), encoding="utf-8")
    draft.replace(folder / _FILE)


def _overlap(use: Use, since: int | None, until: int | None) -> bool:
    first, after = _shared(use, since, until)
    return first is None or first < after


def _shared(use: Use, since: int | None, until: int | None) -> tuple[int | None, int]:
    """Return the time that a use and a period share."""
    starts = [moment for moment in (use.since, since) if moment is not None]
    ends = [moment for moment in (use.ends, until) if moment is not None]
    return max(starts, default=None), min(ends)
