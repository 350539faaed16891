"""Every number that can be clicked is the number of the calls behind it."""

from collections.abc import Iterator

from everycall.reports import Calls, Unit
from everycall.reports.ledger import count, dimensions, ledger
from reports.shop import ZONE, shop, shop_audit


def clickable() -> Iterator[tuple[str, float, Calls]]:
    """Yield every count with calls behind it, and where it stands."""
    report = shop_audit()
    for section in report.sections:
        for figure in section.figures:
            if figure.calls is not None and figure.unit is Unit.COUNT and figure.value:
                yield f"{section.id}: {figure.id}", figure.value, figure.calls
    for name, table in report.tables():
        for line, row in enumerate(table.rows):
            for place, column in enumerate(table.columns):
                calls = table.calls(line, place)
                if calls is not None and column.unit is Unit.COUNT:
                    yield f"{name}: {row[0]}, {column.title}", row[place], calls


def test_every_number_is_the_number_of_the_calls_behind_it() -> None:
    found = list(clickable())
    query, zone = shop().rows, str(ZONE)
    wrong = [
        (where, value, counted)
        for where, value, calls in found
        if (counted := count(query, zone, calls)) != value
    ]
    assert len(found) > 300
    assert not wrong


def test_the_list_holds_every_call_that_came_in_or_stayed_inside() -> None:
    kept = ledger(shop().rows, str(ZONE), 1_000_000)
    assert len(kept.rows) == kept.total
    assert len({row[0] for row in kept.rows}) == kept.total


def test_where_there_are_too_many_those_without_an_answer_stay() -> None:
    kept = ledger(shop().rows, str(ZONE), 100)
    answered = kept.columns.index("spoke")
    assert [row[answered] for row in kept.rows] == ["no"] * 100


def test_numbers_can_be_masked() -> None:
    kept = ledger(shop().rows, str(ZONE), 200, mask=True)
    callers = {row[kept.columns.index("caller")] for row in kept.rows}
    assert not any(caller and len(caller) > 8 for caller in callers)


def test_every_dimension_has_its_sentence() -> None:
    for dimension in dimensions("UTC"):
        assert dimension.doc.endswith(".")
