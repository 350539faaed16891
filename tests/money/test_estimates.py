"""What unreached callers were worth: ranges, chance, and nothing that nobody said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.errors import BadSettingsError
from everycall.money.chance import binomial, quantile, rate
from everycall.money.estimates import NOBODY, Callers, Unreached, estimate
from everycall.money.inputs import Amount, Churn, ChurnOf, MoneySettings, Share, for_client
from everycall.settings import read_table

NINE = Unreached(NOBODY, Callers(9, 9, 9))
SAID = MoneySettings(
    currency="USD",
    conversion=Share(0.3, "a quoted range", 0.20, 0.37),
    order_value=Amount(400, "price list"),
    enquiry_share=Share(1, "all calls are enquiries"),
)


def test_nine_unreached_callers_are_worth_720_to_1332_and_by_chance_400_to_2400() -> None:
    found = estimate(NINE, replace(SAID, conversion=Share(0.37, "text"))).direct
    assert found is not None
    assert found.high == pytest.approx(1332)
    assert (found.least, found.most) == (400, 2400)
    wide = estimate(NINE, SAID).direct
    assert wide is not None
    assert (wide.low, wide.high) == (pytest.approx(720), pytest.approx(1332))


def test_nothing_is_said_without_conversion_or_order_value_and_both_are_asked_for() -> None:
    found = estimate(NINE, MoneySettings())
    assert found.direct is found.lifetime is found.churn is None
    asked = [one.name for one in found.asked]
    assert asked[:3] == ["conversion", "order_value", "enquiry_share"]
    assert all(one.doc.endswith(".") for one in found.asked)


def test_the_share_of_enquiries_is_not_asked_for_where_the_calls_say_it_themselves() -> None:
    sure = Unreached(Callers(9, 9, 9), NOBODY)
    found = estimate(sure, replace(SAID, enquiry_share=None))
    assert found.direct is not None
    assert "enquiry_share" not in [one.name for one in found.asked]


def test_returns_are_worth_nothing() -> None:
    found = estimate(Unreached(NOBODY, NOBODY, others=Callers(9, 9, 9)), SAID).direct
    assert found is not None
    assert (found.low, found.high, found.most) == (0, 0, 0)


def test_nobody_unreached_is_worth_0_not_unknown() -> None:
    found = estimate(Unreached(NOBODY, NOBODY), SAID).direct
    assert found is not None
    assert (found.least, found.base, found.most) == (0, 0, 0)


def test_the_lifetime_contains_the_first_order_and_the_rest_is_what_may_be_added() -> None:
    loyal = replace(
        SAID,
        conversion=Share(0.37, "x"),
        orders_a_month=Amount(1, "x"),
        months=Amount(18, "x"),
        retention=Share(0.95, "x"),
    )
    found = estimate(Unreached(NOBODY, Callers(20, 20, 20)), loyal)
    assert found.direct is not None
    assert found.lifetime is not None
    assert found.further is not None
    assert found.lifetime.base == pytest.approx(35_685, abs=1)
    assert found.direct.base + found.further.base == pytest.approx(found.lifetime.base)


def test_everybody_stays_is_the_number_of_months() -> None:
    loyal = replace(
        SAID,
        conversion=Share(0.37, "x"),
        orders_a_month=Amount(1, "x"),
        months=Amount(18, "x"),
        retention=Share(1, "x"),
    )
    found = estimate(Unreached(NOBODY, Callers(20, 20, 20)), loyal).lifetime
    assert found is not None
    assert found.base == pytest.approx(53_280)


@pytest.mark.parametrize(
    ("of", "expected"),
    [(ChurnOf.LOSS, 1_760), (ChurnOf.MISSED_CALLERS, 158_400), (ChurnOf.CUSTOMERS, 360_000)],
)
def test_churn_says_of_what_it_is_a_share(of: ChurnOf, expected: float) -> None:
    churn = Churn(Share(0.05, "x"), of, Amount(1000, "books"))
    inputs = replace(
        SAID, conversion=Share(0.2, "x"), lifetime_value=Amount(7200, "x"), churn=churn
    )
    found = estimate(Unreached(NOBODY, Callers(440, 440, 440)), inputs).churn
    assert found is not None
    assert found.base == pytest.approx(expected)


def test_churn_of_customers_asks_how_many_there_are() -> None:
    churn = Churn(Share(0.05, "x"), ChurnOf.CUSTOMERS)
    found = estimate(NINE, replace(SAID, lifetime_value=Amount(1, "x"), churn=churn))
    assert found.churn is None
    assert "churn.customers" in [one.name for one in found.asked]


def test_a_margin_makes_it_profit() -> None:
    found = estimate(NINE, replace(SAID, margin=Share(0.25, "books"))).direct
    assert found is not None
    assert found.high == pytest.approx(333)


def test_what_moves_the_result_most_comes_first() -> None:
    withheld = Unreached(NOBODY, Callers(9, 10, 11))
    swings = estimate(withheld, SAID).swings
    assert [swing.width for swing in swings] == sorted((s.width for s in swings), reverse=True)
    named = {swing.name: (swing.low, swing.high) for swing in swings}
    assert named["conversion"] == (pytest.approx(800), pytest.approx(1480))
    assert "order_value" not in named
    assert "callers without a number of their own" in named


@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 5000),
)
def test_figures_rise_from_least_to_most(
    seen: int, unseen: int, one: float, other: float, value: float
) -> None:
    low, high = sorted((one, other))
    inputs = MoneySettings(
        conversion=Share((low + high) / 2, "x", low, high),
        order_value=Amount(value, "x"),
        enquiry_share=Share(1, "x"),
    )
    callers = Unreached(NOBODY, Callers(seen, seen + unseen / 2, seen + unseen))
    found = estimate(callers, inputs).direct
    assert found is not None
    assert found.low - 1e-9 <= found.base <= found.high + 1e-9
    # few callers: the quantile may lie above a small expectation only by less than one order
    assert found.least <= found.low + value + 1e-6
    assert found.most >= found.high - value - 1e-6


def test_chances_add_up_to_1_and_their_quantiles_are_exact() -> None:
    first, chances = binomial(20, 0.37)
    assert sum(chances) == pytest.approx(1, abs=1e-12)
    assert first == 0
    assert [quantile(((20, 0.37),), chance) for chance in (0.05, 0.95)] == [4, 11]
    assert [quantile(((9, 0.37),), chance) for chance in (0.05, 0.95)] == [1, 6]


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.01, 0.99))
def test_two_groups_with_one_chance_are_one_group(one: int, other: int, p: float) -> None:
    together = quantile(((one + other, p),), 0.95)
    assert abs(quantile(((one, p), (other, p)), 0.95) - together) <= 1


def test_a_share_of_few_has_a_wide_interval() -> None:
    found = rate(9, 10)
    assert (round(found.low or 0, 2), round(found.high or 0, 2)) == (0.60, 0.98)
    assert rate(0, 0).value is None
    assert rate(0, 0).low is None


def test_a_client_takes_from_the_site_what_it_does_not_say() -> None:
    own = for_client(SAID, MoneySettings(currency="GBP", order_value=Amount(50, "shop")))
    assert (own.currency, own.order_value) == ("GBP", Amount(50, "shop"))
    assert own.conversion == SAID.conversion


def test_every_mistake_in_the_inputs_is_named_with_its_place() -> None:
    with pytest.raises(BadSettingsError) as wrong:
        read_table(
            MoneySettings, {"conversion": {"base": 0.3, "low": 0.4, "source": "x"}}, "site.toml:"
        )
    assert "low, base, high must rise" in str(wrong.value)
    with pytest.raises(BadSettingsError) as percent:
        read_table(MoneySettings, {"conversion": {"base": 20, "source": "x"}}, "site.toml:")
    assert "write 0.2 for 20 %" in str(percent.value)
    with pytest.raises(BadSettingsError) as unsourced:
        read_table(MoneySettings, {"order_value": {"base": 20}}, "site.toml:")
    assert "'source' is missing" in str(unsourced.value)
