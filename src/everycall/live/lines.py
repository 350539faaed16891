"""Lines that are out, and phones that hear badly: what is said beside calls, day by day."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from everycall.events import Kind
from everycall.live.board import QualityNow, TrunkNow

KINDS = (Kind.TRUNK_LOST, Kind.TRUNK_BACK, Kind.TALK_QUALITY)
"""The kinds of event that speak of lines and of how a talk sounded."""

LOSS, JITTER_MS = 0.02, 30.0
"""From here on people notice: so much of the sound is lost, or comes so unevenly."""

_NUMBER = re.compile(r"(loss|jitter)\s*[=:]\s*(\d+(?:\.\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was said of a line or a phone."""

    kind: str
    at: int
    trunk: str | None
    phone: str | None
    text: str | None


@dataclass(slots=True)
class _Line:
    """Since when a line is out, and each stretch of time that it was."""

    lost_since: int | None = None
    out: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Lines:
    """What was said of lines and phones today."""

    since: int = 0
    _lines: dict[str, _Line] = field(default_factory=dict)
    _quality: dict[str, QualityNow] = field(default_factory=dict)
    _heard_at: dict[str, int] = field(default_factory=dict)

    def begin(self, since: int) -> None:
        """A new day begins: outages go on, what is over is yesterday's."""
        self.since = since
        self._quality.clear()
        self._heard_at = {phone: at for phone, at in self._heard_at.items() if at >= since}
        for line in self._lines.values():
            line.out = [one for one in line.out if one[1] > since]

    def take(self, remarks: Iterable[Remark]) -> None:
        """Learn from remarks, in the order in which they were made."""
        for one in remarks:
            if one.kind == Kind.TALK_QUALITY:
                self._hear(one)
            elif one.trunk is not None:
                self._line(one, self._lines.setdefault(one.trunk, _Line()))

    def _line(self, one: Remark, line: _Line) -> None:
        if one.kind == Kind.TRUNK_LOST:
            line.lost_since = one.at if line.lost_since is None else line.lost_since
        elif line.lost_since is not None:
            line.out.append((line.lost_since, one.at))
            line.lost_since = None

    def _hear(self, one: Remark) -> None:
        told = {name.lower(): float(number) for name, number in _NUMBER.findall(one.text or "")}
        if one.phone is None or not told:
            return
        if self._heard_at.get(one.phone, self.since - 1) >= one.at:
            # a call that goes on is told again from its beginning, which may be yesterday's
            return
        self._heard_at[one.phone] = one.at
        loss, jitter = told.get("loss"), told.get("jitter")
        known = self._quality.get(one.phone, QualityNow(one.phone, 0, 0, None, None))
        is_bad = (loss or 0) >= LOSS or (jitter or 0) >= JITTER_MS
        self._quality[one.phone] = QualityNow(
            one.phone,
            known.reports + 1,
            known.bad + is_bad,
            _worse(known.loss, loss),
            _worse(known.jitter_ms, jitter),
        )

    def trunks(self, as_of: int) -> tuple[TrunkNow, ...]:
        """Return every line that was ever lost, and for how long today."""
        return tuple(self._now(name, line, as_of) for name, line in sorted(self._lines.items()))

    def _now(self, name: str, line: _Line, as_of: int) -> TrunkNow:
        spans = [*line.out, *([(line.lost_since, as_of)] if line.lost_since is not None else [])]
        out = sum(max(0, end - max(begin, self.since)) for begin, end in spans)
        return TrunkNow(name, line.lost_since, out // 1000)

    def quality(self) -> tuple[QualityNow, ...]:
        """Return the phones of which it was told how they sound, the worst first."""
        return tuple(sorted(self._quality.values(), key=lambda one: (-one.bad, one.phone)))


def _worse(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)
