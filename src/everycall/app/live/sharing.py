"""The live picture for processes that do not watch themselves: a file that is replaced whole."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from everycall.app.live.watched import Health
from everycall.live.board import Board
from everycall.live.ended import Before


@dataclass(frozen=True, slots=True)
class Shared:
    """What the watching process tells the others.

    Attributes:
        board: the picture; None before the first.
        health: how watching goes; None while it cannot begin.
        trouble: why it cannot begin.
        before: what was before in the calls that are on, by their ids.
    """

    board: Board | None = None
    health: Health | None = None
    trouble: str = ""
    before: dict[str, Before] = field(default_factory=dict)


_SHAPE = TypeAdapter(Shared)


def place_of(data: Path, site: str) -> Path:
    """Return where the picture of a site lies."""
    return data / "live" / f"{site}.json"


def share(path: Path, shared: Shared) -> None:
    """Put the newest picture in the place of the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = asdict(shared)
    if shared.board is not None:
        told["board"]["tallies"] = _flat(shared.board)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(told, separators=(",", ":")), encoding="utf-8")
    draft.replace(path)


def _flat(board: Board) -> list[Any]:
    # JSON has no lists as keys
    return [[name, list(parts.items())] for name, parts in board.tallies.items()]


def read_shared(path: Path) -> Shared | None:
    """Return the picture that lies there; None if there is none, or one of another version."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told.get("board"):
            told["board"]["tallies"] = {
                name: {tuple(key): tuple(value) for key, value in parts}
                for name, parts in told["board"]["tallies"]
            }
        return _SHAPE.validate_python(told)
    except (OSError, ValueError, ValidationError, KeyError, TypeError, AttributeError):
        return None


@dataclass(slots=True)
class Follower:
    """Looks whether a newer picture lies there."""

    path: Path
    _seen: tuple[int, int] = field(default=(0, 0))

    def newer(self) -> Shared | None:
        """Return the picture if it is another than the last time."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        mark = (found.st_mtime_ns, found.st_ino)
        if mark == self._seen:
            return None
        self._seen = mark
        return read_shared(self.path)
