"""Lines in use at once: how often all were busy, and how many would be enough."""

import pytest

from everycall.history import Engine
from everycall.metrics.lines import level_steps
from everycall.remedies.lines import HOUR, LineHour, LineUse, line_steps, line_uses

MINUTE = 60_000_000
LEGS = {
    "call_id": "VARCHAR",
    "agent_kind": "VARCHAR",
    "began_at": "BIGINT",
    "ended_at": "BIGINT",
}


def uses(
    calls: list[tuple[str, float, float, str]], channels: dict[str, int] | None = None
) -> list[LineUse]:
    """Return how full the trunks were; calls are (trunk, from, to, direction) in minutes."""
    columns = {
        "trunk": "VARCHAR",
        "arrived_at": "BIGINT",
        "ended_at": "BIGINT",
        "direction": "VARCHAR",
    }
    with Engine() as engine:
        rows = ((t, int(a * MINUTE), int(b * MINUTE), d) for t, a, b, d in calls)
        numbered = ((f"{n}", *row) for n, row in enumerate(rows))
        engine.load("calls", {"call_id": "VARCHAR", **columns}, numbered)
        for table in ("attempts", "talks"):
            engine.load(table, LEGS, [])
        engine.load("hours_after", {"k": "BIGINT"}, ((k,) for k in range(6)))
        for name, statement in (*level_steps(), *line_steps("TRUE", "TRUE")):
            engine.table(name, statement)
        hours = [LineHour(*row) for row in engine.rows("SELECT * FROM line_hours")]
    return list(line_uses(hours, channels or {}))


def test_calls_out_use_a_line_like_calls_in() -> None:
    found = uses([("a", 0, 30, "inbound"), ("a", 10, 40, "outbound"), ("a", 50, 60, "inbound")])
    assert found[0].most == 2
    assert found[0].full_ms == 20 * 60_000


def test_a_call_that_ends_when_the_next_begins_is_not_beside_it() -> None:
    assert uses([("a", 0, 10, "inbound"), ("a", 10, 20, "inbound")])[0].most == 1


def test_the_load_of_an_hour_is_what_lies_in_it() -> None:
    found = uses([("a", 30, 90, "inbound"), ("a", 60, 90, "inbound")])
    assert found[0].busiest == pytest.approx(1.0)
    assert found[0].busiest_hour * HOUR == 60 * MINUTE


def test_calls_that_stay_inside_use_no_line() -> None:
    found = uses([("a", 0, 10, "inbound"), ("a", 0, 10, "internal")])
    assert found[0].most == 1


def test_a_maximum_that_was_reached_once_is_no_limit() -> None:
    found = uses([("a", 0, 10, "inbound"), ("a", 5, 15, "inbound")])
    assert (found[0].is_limit, found[0].turned_away) == (False, None)


def test_a_maximum_that_was_reached_again_and_again_looks_like_one() -> None:
    calls = [("a", start, start + 4, "inbound") for start in range(0, 120, 5) for _ in range(2)]
    found = uses(calls)[0]
    assert (found.most, found.is_limit, found.channels) == (2, True, None)
    assert found.turned_away is not None
    assert found.turned_away > 0
    assert found.needed is not None
    assert found.needed > 2


def test_lines_that_are_declared_are_a_limit_only_if_they_are_reached() -> None:
    calls = [("a", 0, 10, "inbound"), ("a", 5, 15, "inbound"), ("b", 0, 10, "inbound")]
    one, other = uses(calls, {"a": 2, "b": 8})
    assert (one.channels, one.is_limit) == (2, True)
    assert (other.channels, other.is_limit, other.turned_away) == (8, False, None)


def test_an_hour_that_was_full_throughout_says_nothing_of_what_was_wanted() -> None:
    found = uses([("a", 0, 60, "inbound")], {"a": 1})[0]
    assert found.offered is None
    assert found.needed is None
