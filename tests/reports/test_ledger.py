"""Every number that can be clicked is the number of the calls behind it."""

import shlex
from dataclasses import fields
from typing import Any

from everycall.app.audit.behind import choose
from everycall.app.history.asking import Filter
from everycall.cli.behind import take
from everycall.cli.calls import command as calls_command
from everycall.render.kept_calls import command_of
from everycall.reports import Calls
from everycall.reports.ledger import PARTS, count, dimensions, ledger
from everycall.reports.masking import masked
from reports.clickable import clickable
from reports.shop import ZONE, audited, shop_audit, shop_site


def test_every_number_is_the_number_of_the_calls_behind_it() -> None:
    found = list(clickable(shop_audit()))
    query, zone = audited().rows, str(ZONE)
    wrong = [
        (where, value, counted)
        for where, value, calls in found
        if (counted := count(query, zone, calls)) != abs(value)
    ]
    assert len(found) > 700
    assert not wrong


def options(calls: Calls) -> dict[str, Any]:
    """Return what the command line understands of the command beside a list."""
    words = shlex.split(command_of("everycall calls", calls))[2:]
    context = calls_command.make_context("calls", words)
    return dict(context.params)


def test_the_command_beside_a_list_says_the_same_as_its_link() -> None:
    for where, _, calls in clickable(shop_audit()):
        said = options(calls)
        taken = take(said)
        wanted = {name: str(value) for name, value in calls.items()}
        left = {"outcome": "outcomes", "queue": "queues", "agent": "agents", "client": "clients"}
        for name, option in left.items():
            if name in wanted and name not in taken:
                assert said[option] == (wanted.pop(name),), where
        assert dict(taken) == wanted, where


def test_the_command_beside_a_list_lists_as_many_calls_as_the_number() -> None:
    seen: set[tuple[str, ...]] = set()
    wrong = []
    for where, value, calls in clickable(shop_audit()):
        kind = tuple(sorted(calls))
        if kind not in seen:
            seen.add(kind)
            listed = as_many(options(calls), calls)
            if listed != abs(value):
                wrong.append((where, value, listed))
    assert len(seen) > 25
    assert not wrong


def as_many(said: dict[str, Any], calls: Calls) -> int:
    """Count what the command lists: calls, or the stays or rings in them."""
    behind = take(said)
    asking, names = audited(), (field.name for field in fields(Filter))
    among = choose(asking, shop_site(), behind, definition="reachability") if behind else None
    chosen = Filter(among=among, **{n: said[n] for n in names if n in said and n not in PERIOD})
    for part in PARTS:
        pair = [(side, calls[side]) for side in part.pair if side in calls]
        if pair:
            where, values = chosen.where()
            found = asking.rows(f"SELECT c.call_id FROM calls AS c WHERE {where}", values)
            ids = [call_id for (call_id,) in found]
            rows = asking.rows(
                f"SELECT {part.who}, {part.how} FROM {part.table} AS v WHERE {part.only} "
                "AND v.call_id IN (SELECT UNNEST(?))",
                [ids],
            )
            places = [(part.pair.index(side), value) for side, value in pair]
            return sum(all(row[place] == value for place, value in places) for row in rows)
    return asking.count(chosen)


PERIOD = ("since", "until", "limit")


def test_the_list_holds_every_call_that_came_in_or_stayed_inside() -> None:
    kept = ledger(audited().rows, str(ZONE), 1_000_000)
    assert len(kept.rows) == kept.total
    assert len({row[0] for row in kept.rows}) == kept.total


def test_where_there_are_too_many_those_without_an_answer_stay() -> None:
    kept = ledger(audited().rows, str(ZONE), 100)
    answered = kept.columns.index("spoke")
    assert [row[answered] for row in kept.rows] == ["no"] * 100


def test_numbers_can_be_masked() -> None:
    kept = ledger(audited().rows, str(ZONE), 200, mask=True)
    callers = {row[kept.columns.index("caller")] for row in kept.rows}
    assert not any(caller and len(caller) > 8 for caller in callers)


def test_short_numbers_are_masked_too() -> None:
    said = {
        number: audited().rows(f"SELECT {masked('x')} FROM (SELECT ? AS x) AS given", [number])[0][
            0
        ]
        for number in ("+493023125100", "5551234", "110", None)
    }
    assert list(said.values()) == ["+4930…00", "55…4", "…", None]


def test_every_dimension_has_its_sentence() -> None:
    for dimension in dimensions("UTC"):
        assert dimension.doc.endswith(".")
