"""Callers' numbers are masked wherever they stand; everything else stays as it was told."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from everycall.web.wording.masking import masked_all
from everycall.web.wording.writing import masked

NUMBER = "+493023125001"

told_things = some.recursive(
    some.none() | some.integers() | some.text(alphabet="ab \0\ue000\ue001é"),
    lambda inner: some.lists(inner) | some.dictionaries(some.text("xyz"), inner),
)


@given(told_things)
def test_what_holds_no_number_stays_as_it_is(told: Any) -> None:
    assert masked_all(told) == told


@given(told_things)
def test_a_number_is_masked_in_any_text_beside_any_other(told: Any) -> None:
    texts = [f"from {NUMBER}", told, {"deep": [NUMBER.removeprefix("+")]}]
    found = masked_all({"caller": NUMBER, "texts": texts})
    assert found["caller"] == masked(NUMBER)
    assert found["texts"] == [
        f"from {masked(NUMBER)}",
        told,
        {"deep": [masked(NUMBER.removeprefix("+"))]},
    ]


def test_the_longer_of_two_numbers_is_masked_as_a_whole() -> None:
    calls = [{"caller": "12345"}, {"caller": "1234567"}, {"detail": "1234567 12345"}]
    assert masked_all(calls)[2] == {"detail": f"{masked('1234567')} {masked('12345')}"}


def test_whom_we_called_is_masked_and_whom_they_called_is_not() -> None:
    called = {"called": NUMBER}
    assert masked_all({"direction": "inbound", **called})["called"] == NUMBER
    assert masked_all({"direction": "callback", **called})["called"] == masked(NUMBER)
