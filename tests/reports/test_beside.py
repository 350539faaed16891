"""Below a headline stands what it is a share of, and what was left out of it."""

from everycall.reports.comparing import beside
from everycall.reports.model import Figure, Unit
from everycall.reports.words import Words


def lines(figure: Figure, language: str = "en") -> tuple[str, ...]:
    return beside(figure, Words(language))


def test_a_share_says_of_how_many_it_is() -> None:
    figure = Figure("answered_rate", "Answered", 0.75, Unit.SHARE, count=1500, of=2000, unseen=0)
    assert lines(figure) == ("1,500 of 2,000",)
    assert lines(figure, "de") == ("1.500 von 2.000",)


def test_calls_that_nobody_can_tell_are_said_to_be_left_out() -> None:
    figure = Figure("missed_rate", "Missed", 22 / 132, Unit.SHARE, count=22, of=132, unseen=79)
    assert lines(figure) == ("22 of 132; not counted: 79",)


def test_a_length_of_time_is_no_share_of_anything() -> None:
    assert lines(Figure("asa", "Speed", 18_000, Unit.DURATION, count=180_000)) == ()
