"""Ten calls a second for thirty seconds, fifty at once: every one of them is told right."""

from collections import Counter
from pathlib import Path

import pytest

from asterisk.watching import feeds_of, rows, run, settled, watching, wired
from everycall.live.board import Board
from lab.crowd import Crowd
from lab.node import Node
from lab.stage import Stage

pytestmark = pytest.mark.asterisk

CALLS, RATE, TALK_S = 300, 10, 7.0

_CALLS = "SELECT caller, outcome, talk_ms FROM calls WHERE direction = 'inbound'"


def test_every_call_of_a_rush_is_right(tmp_path: Path) -> None:
    boards: list[Board] = []
    crowds: list[Crowd] = []

    async def play() -> None:
        async with Stage(Node(crowd=70, rtp_timeout=60)) as stage, wired(stage) as cable:
            feeds = feeds_of(stage, cable, with_log=True)
            async with watching(tmp_path, feeds) as watch:
                crowd = Crowd(stage)
                await crowd.call(CALLS, RATE, TALK_S)
                await stage.quiet()
                boards.append(await settled(watch, within=120))
                crowds.append(crowd)
                assert not watch.health().unread

    run(play(), within=400)
    played = {one.caller: one for one in crowds[0].played}
    found = {caller: (outcome, talk_ms) for caller, outcome, talk_ms in rows(tmp_path, _CALLS)}
    assert {caller: outcome for caller, (outcome, _) in found.items()} == {
        caller: one.outcome for caller, one in played.items()
    }
    wrong = {
        caller: talk_ms
        for caller, (outcome, talk_ms) in found.items()
        if outcome == "answered" and not 0 < (talk_ms or 0) < (TALK_S + 5) * 1000
    }
    assert not wrong
    day = boards[0].day
    assert day is not None
    assert day.outcomes == Counter(one.outcome for one in played.values())
    assert crowds[0].at_once >= 50
