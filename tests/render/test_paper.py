"""On paper texts have the room that numbers do not need."""

import pytest

from everycall.render.paper import _table
from everycall.reports import Column, Table, Unit, Words

TEXT = (
    "Nach einer halben Minute Warten einen Rückruf anbieten; darüber hinaus braucht es mehr Leute."
)


def columns(*titles: str) -> list[dict[str, object]]:
    """Return how a row of texts and then numbers is set."""
    declared = [Column("kleinste Änderung", Unit.TEXT)]
    declared += [Column(title, Unit.COUNT) for title in titles]
    rows = [(TEXT, *(1 for _ in titles))]
    found: list[dict[str, object]] = _table(Table(tuple(declared), tuple(rows)), Words())["columns"]
    return found


@pytest.mark.parametrize(
    ("title", "set_as"),
    [
        ("Anrufe", "Anrufe"),
        ("Anrufe pro Woche davor", "Anrufe pro\nWoche davor"),
        ("Aufwand (1 bis 5)", "Aufwand\n(1 bis 5)"),
        ("Rückrufversprechen", "Rückrufversprechen"),
    ],
)
def test_a_long_heading_of_numbers_stands_in_two_lines(title: str, set_as: str) -> None:
    text, number = columns(title)
    assert number["title"] == set_as
    assert text["title"] == "kleinste Änderung"


def test_the_longest_texts_have_the_most_room() -> None:
    text, number = columns("Anrufe")
    assert (text["wide"], number["wide"]) == (3, 0)
