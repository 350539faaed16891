"""The days that are meant: the first is not later than the last."""

from pathlib import Path

import pytest

from cli.running import run


@pytest.mark.parametrize("command", [("metrics", "answered"), ("calls",)])
@pytest.mark.parametrize("turned", [False, True])
def test_days_the_wrong_way_round_are_a_mistake(
    tmp_path: Path, command: tuple[str, ...], *, turned: bool
) -> None:
    words = [("--from", "2026-11-05"), ("--to", "2026-11-01")]
    given = [word for pair in (reversed(words) if turned else words) for word in pair]
    ran = run(*command, *given, data=tmp_path)
    assert ran.code == 2
    assert "--from is a later day than --to" in ran.err
