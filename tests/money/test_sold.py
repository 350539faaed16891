"""A deal is tied to one help at most, in its own brand and currency; nothing is counted twice."""

from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from everycall.app.audit.selling import FILE, read_deals, write_deals
from everycall.money.sold import AFTERWARDS, Deal, Helped, sales, won

DAY = 86_400_000_000
ANN = "+493023125001"


def deal(at: int, caller: str = ANN, **more: object) -> Deal:
    told = {"id": f"{at}", "client": None, "value": Decimal("10.50"), "currency": "EUR"} | more
    return Deal(caller=caller, won_at=at, **told)  # type: ignore[arg-type]


def helped(at: int, state: str = "returned", client: str | None = "shop") -> Helped:
    return Helped(ANN, client, state, at, f"c{at}")


def test_a_deal_follows_the_last_help_before_it() -> None:
    first, last = helped(DAY), helped(3 * DAY, "recovered")
    found = sales([deal(2 * DAY), deal(4 * DAY)], [last, first])
    assert [sale.helped for sale in found] == [first, last]


def test_a_deal_before_the_help_or_long_after_it_is_none() -> None:
    edge = DAY + AFTERWARDS
    assert sales([deal(DAY - 1), deal(edge + 1)], [helped(DAY)]) == ()
    assert len(sales([deal(DAY), deal(edge)], [helped(DAY)])) == 2


def test_a_deal_of_another_brand_or_caller_is_none() -> None:
    assert sales([deal(2 * DAY, client="hats")], [helped(DAY)]) == ()
    assert sales([deal(2 * DAY, "+493023125002")], [helped(DAY)]) == ()
    assert len(sales([deal(2 * DAY, client="shop")], [helped(DAY)])) == 1


def test_currencies_are_never_added_and_the_brands_own_stands_in() -> None:
    found = sales(
        [deal(2 * DAY), deal(3 * DAY, currency=None), deal(4 * DAY, currency="USD")], [helped(DAY)]
    )
    assert [(one.currency, one.value, one.deals, one.callers) for one in won(found, "EUR")] == [
        ("EUR", 21.0, 2, 1),
        ("USD", 10.5, 1, 1),
    ]


moments = st.lists(st.integers(0, 100), max_size=12)


@given(moments, moments)
def test_each_deal_counts_once_and_all_of_them_add_up(bought: list[int], saved: list[int]) -> None:
    deals = [deal(at * DAY, id=f"{n}") for n, at in enumerate(bought)]
    found = sales(deals, [helped(at * DAY, "recovered" if at % 2 else "returned") for at in saved])
    assert len({sale.deal.id for sale in found}) == len(found)
    assert sum(one.deals for one in won(found)) == len(found)
    whole = sum((sale.deal.value for sale in found), Decimal())
    assert abs(sum(one.value for one in won(found)) - float(whole)) < 1e-6


def test_deals_lie_beside_the_history_as_they_are(tmp_path: Path) -> None:
    told = [deal(DAY), deal(2 * DAY, client="shop", currency=None)]
    assert read_deals(tmp_path) == ()
    assert not write_deals(tmp_path, [])
    assert write_deals(tmp_path, told)
    assert not write_deals(tmp_path, told)
    assert list(read_deals(tmp_path)) == told
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
