"""Missed callers are told by text when that is right, and in their words; otherwise it is said why not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.errors import BadSettingsError
from everycall.hours import SiteHours, calendars
from everycall.recovery import Deadline, State
from everycall.recovery.appointments import LENGTH, OFFERED, appointments
from everycall.recovery.line import ENOUGH, expected
from everycall.recovery.promises import Promise
from everycall.recovery.quiet import QuietHours
from everycall.recovery.texting import STALE, TextBack, TextSettings, text_back
from everycall.recovery.wordings import WORDINGS, is_start, is_stop
from everycall.settings import read_table

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MOBILE = "+4915112345678"
ON = TextSettings(on=True, senders={"DE": "Shop", "US": "+15551234567"})
MISSED = Promise(1, MOBILE, "shop", State.WAITING, NOON, NOON, Deadline(NOON, NOON, NOON))


def decided(
    promise: Promise = MISSED,
    settings: TextSettings = ON,
    now: datetime = NOON + timedelta(minutes=2),
    *,
    opted_out: bool = False,
) -> TextBack:
    night = QuietHours.from_text("20:00-08:00")
    return text_back(promise, settings, night, BERLIN, opted_out=opted_out, now=now)


def test_a_missed_mobile_is_told_at_once() -> None:
    assert decided() == TextBack(NOON + timedelta(minutes=2), sender="Shop")


def test_not_before_the_caller_had_time_to_ring_again() -> None:
    assert decided(now=NOON).at == NOON + timedelta(minutes=1)


def test_at_night_it_waits_for_the_morning_where_the_caller_lives() -> None:
    night = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    late = replace(MISSED, missed_at=night)
    assert decided(late, now=night).at == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("promise", "settings", "why"),
    [
        (MISSED, replace(ON, on=False), "texts are off"),
        (replace(MISSED, state=State.CLAIMED), ON, "somebody is at it"),
        (replace(MISSED, joins=False), ON, "several people share the number"),
        (replace(MISSED, caller="+43664123456"), ON, "there is no sender for their country"),
        (replace(MISSED, caller="4711"), ON, "there is no sender for their country"),
        (replace(MISSED, caller="+4930901820"), ON, "the number cannot get texts"),
        (replace(MISSED, missed_at=NOON - STALE), ON, "the call was too long ago"),
    ],
)
def test_it_is_said_why_somebody_is_not_told(
    promise: Promise, settings: TextSettings, why: str
) -> None:
    assert decided(promise, settings) == TextBack(None, why)


def test_who_wants_none_gets_none() -> None:
    assert decided(opted_out=True).why == "they asked for no texts"


def test_every_other_country_may_have_a_sender() -> None:
    anywhere = replace(ON, senders={"*": "Shop"})
    assert decided(replace(MISSED, caller="+436641234567"), anywhere).sender == "Shop"


def test_texts_are_off_unless_a_site_says_otherwise() -> None:
    assert not TextSettings().on


def test_the_words_are_those_of_the_caller_then_the_brand_then_the_site() -> None:
    german = replace(ON, language="de")
    assert ON.wording(("pl", "de"))[0] == "pl"
    assert ON.wording(("xx", "de"))[0] == "de"
    assert german.wording((None, "xx"))[0] == "de"
    assert replace(ON, language="xx").wording((None,))[0] == "en"


def test_a_language_with_a_country_has_the_words_of_the_language() -> None:
    assert ON.wording(("de-AT",))[1] == WORDINGS["de"]["missed"]


def test_a_neutral_text_does_not_say_whom_they_called() -> None:
    neutral = replace(ON, neutral=True)
    assert all("{brand}" not in neutral.wording((language,))[1] for language in WORDINGS)


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("kind", ["missed", "neutral"])
def test_every_language_has_every_text_with_a_way_out(language: str, kind: str) -> None:
    words = WORDINGS[language][kind]
    assert "{link}" in words
    assert "STOP" in words
    assert ("{brand}" in words) == (kind == "missed")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Bye", "link"),
        ("{link} {number}", "only"),
        ("{link", "only"),
    ],
)
def test_words_that_could_not_be_filled_in_are_refused(words: str, says: str) -> None:
    with pytest.raises(BadSettingsError, match=says):
        read_table(TextSettings, {"words": {"de": {"missed": words}}})


def test_stop_means_stop_in_every_way_of_writing() -> None:
    assert all(map(is_stop, ("STOP", "stop.", " Stopp ", "Abmelden", "стоп")))
    assert not any(map(is_stop, ("please don't stop", "ok", "")))
    assert is_start("Start")


def test_a_turn_is_a_range_from_what_was_seen() -> None:
    ended = [NOON - timedelta(minutes=6 * n) for n in range(20)]
    likely = expected(3, ended, NOON)
    assert likely is not None
    assert likely.first == NOON + timedelta(minutes=10)
    assert likely.last == NOON + timedelta(minutes=20)


def test_too_little_seen_is_no_promise() -> None:
    ended = [NOON - timedelta(minutes=6 * n) for n in range(ENOUGH)]
    assert expected(1, ended, NOON) is None
    assert expected(1, [], NOON) is None


def test_a_night_is_no_work() -> None:
    day = [NOON - timedelta(minutes=6 * n) for n in range(10)]
    before = [NOON - timedelta(hours=20, minutes=6 * n) for n in range(10)]
    assert expected(2, [*day, *before], NOON) == expected(2, day, NOON)


@given(
    st.integers(1, 50),
    st.lists(st.integers(1, 10_000), max_size=40),
    st.integers(0, 86_400),
)
def test_a_range_never_ends_before_it_begins_and_grows_with_the_place(
    place: int, pauses: list[int], second: int
) -> None:
    now, ended = NOON + timedelta(seconds=second), [NOON]
    for pause in pauses:
        ended.append(ended[-1] + timedelta(seconds=pause))
    here, after = expected(place, ended, now), expected(place + 1, ended, now)
    assert (here is None) == (after is None)
    if here is not None and after is not None:
        assert here.first < here.last
        assert here.first <= after.first
        assert here.last <= after.last


HOURS = read_table(SiteHours, {"week": ["mon-fri 09:00-12:00, 13:00-17:00"]})
OFFICE = calendars(HOURS, BERLIN)["site"]


def test_times_to_choose_lie_in_opening_hours_and_skip_lunch() -> None:
    found = appointments(OFFICE, datetime(2026, 3, 2, 9, 40, tzinfo=UTC), {}, 2)
    starts = [f"{one.astimezone(BERLIN):%a %H:%M}" for one in found[:5]]
    assert starts == ["Mon 11:30", "Mon 13:00", "Mon 13:30", "Mon 14:00", "Mon 14:30"]
    assert len(found) == OFFERED


def test_a_full_half_hour_is_not_offered() -> None:
    now = datetime(2026, 3, 2, 9, 40, tzinfo=UTC)
    first = appointments(OFFICE, now, {}, 2)[0]
    assert first in appointments(OFFICE, now, {first: 1}, 2)
    assert first not in appointments(OFFICE, now, {first: 2}, 2)


def test_where_hours_are_unknown_nothing_is_offered() -> None:
    unknown = calendars(SiteHours(), BERLIN)["site"]
    assert appointments(unknown, NOON, {}, 2) == []


@given(st.integers(0, 60 * 24 * 400))
def test_whatever_is_offered_is_open_for_its_whole_length(minute: int) -> None:
    now = NOON + timedelta(minutes=minute)
    for start in appointments(OFFICE, now, {}, 1):
        assert start >= now + LENGTH
        assert OFFICE.business_time(start, start + LENGTH) == LENGTH
