"""Stories about promises, told to whoever keeps them."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

from everycall.recovery import Ended, Move, OwingSettings, State
from everycall.recovery.promises import Promise, Promises, Step, dialled, take, tidy
from recovery.calls import CALLER, after, answered, due, missed, ours

SETTINGS = OwingSettings()


def tell(promises: Promises, *calls: Ended) -> list[str]:
    return [take(call, promises, due(call.arrived_at), SETTINGS, call.ended_at) for call in calls]


def opened(promises: Promises) -> Promise | None:
    return promises.find_open(CALLER, "shop")


def the(promises: Promises) -> Promise:
    found = opened(promises)
    assert found is not None
    return found


def claimed(promises: Promises, who: str = "Ann") -> Promise:
    until = after(5) + SETTINGS.lease
    assert promises.move(
        the(promises), Step(Move.CLAIM, who, "", lease_until=until, owner=who), after(5)
    )
    return the(promises)


def dialling(promises: Promises) -> Promise:
    step = Step(Move.DIAL, "Ann", "", lease_until=after(10), owner="Ann")
    assert promises.move(claimed(promises), step, after(6))
    return the(promises)


def a_missed_caller_is_owed_a_call(promises: Promises) -> None:
    tell(promises, missed())
    assert the(promises).state is State.WAITING


def the_same_call_makes_one_promise_however_often_it_comes(promises: Promises) -> None:
    said = tell(promises, missed(), missed(), missed())
    assert said[1:] == ["taken before"] * 2
    assert the(promises).misses == 1


def who_is_missed_again_joins_the_promise(promises: Promises) -> None:
    tell(promises, missed(), missed("m2", 10), missed("m3", 20))
    assert the(promises).misses == 3


def who_rings_back_and_is_helped_is_owed_nothing(promises: Promises) -> None:
    tell(promises, missed(), answered())
    assert opened(promises) is None


def a_talk_too_short_to_help_closes_nothing(promises: Promises) -> None:
    tell(promises, missed(), answered(talk=4_000))
    assert the(promises).state is State.WAITING


def whoever_reaches_them_from_whatever_phone_keeps_it(promises: Promises) -> None:
    tell(promises, missed(), ours())
    assert opened(promises) is None


def a_message_leaves_it_open_and_counts_as_a_try(promises: Promises) -> None:
    tell(promises, missed())
    claimed(promises)
    tell(promises, ours(outcome="message_left"))
    assert (the(promises).message_left, the(promises).tries) == (True, 1)


def three_tries_are_the_last(promises: Promises) -> None:
    tell(promises, missed())
    for number in range(3):
        claimed(promises)
        tell(promises, ours(f"o{number}", 20 + number, outcome="no_answer"))
    assert opened(promises) is None


def a_shared_number_suggests_and_closes_nothing(promises: Promises) -> None:
    tell(promises, missed(shared=True), answered(shared=True))
    assert the(promises).state is State.WAITING


def a_withheld_number_makes_no_promise(promises: Promises) -> None:
    assert tell(promises, missed(caller=None)) == ["not returnable: the number was withheld"]


def a_number_typed_in_gives_identity(promises: Promises) -> None:
    typed = "+493023125009"
    tell(promises, missed(caller=None, outcome="callback_requested", typed=typed))
    found = promises.find_open(typed, "shop")
    assert found is not None
    assert (found.requested, found.place_at) == (True, after(0))


def who_asks_to_be_called_back_joins_and_keeps_the_place(promises: Promises) -> None:
    tell(promises, missed(), missed("m2", 10, outcome="callback_requested"))
    found = the(promises)
    assert (found.misses, found.requested, found.place_at) == (2, True, after(10))


def who_leaves_a_message_asks_to_be_called_back_and_gives_no_place_up(promises: Promises) -> None:
    """Also where nobody was asked for: a number may lead straight to voicemail."""
    tell(promises, missed(outcome="voicemail_left", asked_for_person=False))
    found = the(promises)
    assert (found.requested, found.place_at, found.misses) == (True, None, 1)


def a_message_joins_what_is_owed(promises: Promises) -> None:
    tell(promises, missed(), missed("m2", 10, outcome="voicemail_left"))
    found = the(promises)
    assert (found.misses, found.requested, found.place_at) == (2, True, None)


def who_reaches_voicemail_and_says_nothing_asks_for_nothing(promises: Promises) -> None:
    tell(promises, missed(outcome="voicemail_no_message", asked_for_person=False))
    assert opened(promises) is None


def the_place_is_that_in_the_queue_and_not_of_the_menu_before(promises: Promises) -> None:
    tell(promises, missed(outcome="callback_requested", entered_at=after(0.5)))
    assert the(promises).place_at == after(0.5)


def the_same_call_under_another_id_is_taken_once(promises: Promises) -> None:
    second = missed("m1-again", 0.02)
    assert tell(promises, missed(), second)[1] == "taken before"
    assert the(promises).misses == 1


def a_call_that_was_answered_after_all_takes_its_promise_back(promises: Promises) -> None:
    tell(promises, missed(), answered("m1", 0))
    assert opened(promises) is None


def a_miss_by_another_name_does_not_make_a_second_promise(promises: Promises) -> None:
    tell(promises, missed(), answered())
    said = tell(promises, missed(outcome="timed_out"))
    assert said == ["it was missed before, by another name"]
    assert opened(promises) is None


def a_try_by_somebody_who_had_not_taken_it_counts(promises: Promises) -> None:
    tell(promises, missed(), ours(outcome="no_answer"))
    assert (the(promises).state, the(promises).tries) == (State.WAITING, 1)


def a_message_of_theirs_that_was_answered_closes_it(promises: Promises) -> None:
    tell(promises, missed(), answered("t1", 20, talk=None, direction="text"))
    assert opened(promises) is None


def what_a_person_undid_is_not_done_again(promises: Promises) -> None:
    tell(promises, missed())
    promise = dialling(promises)
    tell(promises, answered())
    step = Step(Move.NOT_REACHED, "Ann", "busy", tries=1)
    assert dialled(promise, step, promises, SETTINGS, after(22))
    closed = dataclasses.replace(promise, state=State.WITHDRAWN, owner=None)
    assert promises.move(closed, Step(Move.REOPEN, "Ann", "somebody else"), after(23))
    again = dialling(promises)
    assert dialled(again, dataclasses.replace(step, tries=2), promises, SETTINGS, after(25))
    assert the(promises).state is State.WAITING


def outcomes_after_which_nothing_is_owed(promises: Promises) -> None:
    calls = [
        missed(outcome="unknown"),
        missed("b", outcome="blocked"),
        missed("s", outcome="self_served"),
        missed("x", asked_for_person=False, outcome="caller_left_in_menu"),
        missed("d", direction="internal"),
    ]
    assert tell(promises, *calls) == ["nothing is owed"] * len(calls)


def two_cannot_take_the_same(promises: Promises) -> None:
    tell(promises, missed())
    seen = the(promises)
    assert promises.move(seen, Step(Move.CLAIM, "Ann", "", owner="Ann"), after(5))
    assert not promises.move(seen, Step(Move.CLAIM, "Bob", "", owner="Bob"), after(5))
    assert the(promises).owner == "Ann"


def a_claim_that_goes_silent_returns(promises: Promises) -> None:
    tell(promises, missed())
    claimed(promises)
    assert tidy(promises, SETTINGS, after(10), lambda _promise: False) == 0
    assert tidy(promises, SETTINGS, after(21), lambda _promise: False) == 1
    assert (the(promises).state, the(promises).owner) == (State.WAITING, None)


def a_dial_that_goes_silent_returns_only_when_no_call_is_proved(promises: Promises) -> None:
    tell(promises, missed())
    dialling(promises)
    for proof in (None, True):
        assert tidy(promises, SETTINGS, after(30), lambda _promise, proof=proof: proof) == 0
    assert tidy(promises, SETTINGS, after(30), lambda _promise: False) == 1
    assert the(promises).state is State.WAITING


def who_returns_while_we_dial_is_not_called_again(promises: Promises) -> None:
    tell(promises, missed())
    promise = dialling(promises)
    tell(promises, answered())
    assert the(promises).state is State.DIALLING
    step = Step(Move.NOT_REACHED, "Ann", "busy: they talk with us", tries=1, next_at=after(60))
    assert dialled(promise, step, promises, SETTINGS, after(22))
    assert opened(promises) is None


def what_is_closed_can_be_opened_again_unless_there_is_another(promises: Promises) -> None:
    tell(promises, missed())
    first = the(promises)
    tell(promises, answered())
    closed = dataclasses.replace(first, state=State.WITHDRAWN)
    tell(promises, missed("m9", 60))
    undo = Step(Move.REOPEN, "Ann", "it was somebody else")
    assert not promises.move(closed, undo, after(61))
    tell(promises, answered("a9", 70))
    assert promises.move(closed, undo, after(72))


def an_old_promise_expires(promises: Promises) -> None:
    tell(promises, missed())
    assert tidy(promises, SETTINGS, after(0) + timedelta(days=6), lambda _promise: None) == 0
    assert tidy(promises, SETTINGS, after(0) + timedelta(days=8), lambda _promise: None) == 1
    assert opened(promises) is None


Story = Callable[[Promises], None]

STORIES: tuple[Story, ...] = (
    a_missed_caller_is_owed_a_call,
    the_same_call_makes_one_promise_however_often_it_comes,
    who_is_missed_again_joins_the_promise,
    who_rings_back_and_is_helped_is_owed_nothing,
    a_talk_too_short_to_help_closes_nothing,
    whoever_reaches_them_from_whatever_phone_keeps_it,
    a_message_leaves_it_open_and_counts_as_a_try,
    three_tries_are_the_last,
    a_shared_number_suggests_and_closes_nothing,
    a_withheld_number_makes_no_promise,
    a_number_typed_in_gives_identity,
    who_asks_to_be_called_back_joins_and_keeps_the_place,
    who_leaves_a_message_asks_to_be_called_back_and_gives_no_place_up,
    a_message_joins_what_is_owed,
    who_reaches_voicemail_and_says_nothing_asks_for_nothing,
    the_place_is_that_in_the_queue_and_not_of_the_menu_before,
    the_same_call_under_another_id_is_taken_once,
    a_call_that_was_answered_after_all_takes_its_promise_back,
    a_miss_by_another_name_does_not_make_a_second_promise,
    a_try_by_somebody_who_had_not_taken_it_counts,
    a_message_of_theirs_that_was_answered_closes_it,
    what_a_person_undid_is_not_done_again,
    outcomes_after_which_nothing_is_owed,
    two_cannot_take_the_same,
    a_claim_that_goes_silent_returns,
    a_dial_that_goes_silent_returns_only_when_no_call_is_proved,
    who_returns_while_we_dial_is_not_called_again,
    what_is_closed_can_be_opened_again_unless_there_is_another,
    an_old_promise_expires,
)
