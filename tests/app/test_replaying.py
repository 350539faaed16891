"""The sample day moves as a whole: lines, channel ids and the order of things."""

import time
from pathlib import Path
from threading import Event

from everycall.app.intake.replaying import Said, moved, play, sample_day

SHOP = Path(__file__).parents[2] / "samples" / "shop"
LINE = "1791271461|1791271453.13475|sales|Ann|CONNECT|5|1791271461.13476|5\n"


def test_lines_and_the_ids_of_their_channels_move_together() -> None:
    (said,) = moved(iter([LINE, "torn", "1799999999|x|y|z|ABANDON\n"]), 1791271000, 1791272000, 100)
    assert said == Said(
        1791271561, "1791271561|1791271553.13475|sales|Ann|CONNECT|5|1791271561.13476|5"
    )


def test_the_sample_day_has_a_past_and_a_future() -> None:
    now = 1_793_610_000
    seconds = [said.second for said in sample_day(SHOP, now)]
    assert sum(second <= now for second in seconds) > 200
    assert sum(second > now for second in seconds) > 200


def test_the_past_is_written_at_once_and_a_stop_is_heeded(tmp_path: Path) -> None:
    stop, path, now = Event(), tmp_path / "queue_log", time.time()
    said = [Said(int(now) + 3600, "later"), Said(int(now) - 5, "earlier")]
    stop_soon = lambda: stop.set() or now  # noqa: E731
    play(iter(said), path, stop, stop_soon)
    assert path.read_text(encoding="utf-8") in ("", "earlier\n")
    stop.clear()
    play(iter(said[1:]), path, stop)
    assert path.read_text(encoding="utf-8") == "earlier\n"
