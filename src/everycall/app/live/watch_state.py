"""What changes while a site is watched."""

from dataclasses import dataclass, field

from everycall.live.board import Board


@dataclass(slots=True)
class WatchState:
    """What changes while watching.

    Attributes:
        missed: what could not be heard or read, in sentences.
        left_out: records that would break the picture.
    """

    board: Board
    drawn_at: int = 0
    draw_ms: float = 0.0
    totalled_at: int = 0
    sealed_at: int | None = None
    seal_trouble: str | None = None
    refusal: str | None = None
    failure: BaseException | None = None
    missed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
