"""The table of moves: complete, one arrow a move, and no state from which nothing leads on."""

from everycall.recovery import ARROWS, Move, State, open_states


def test_every_move_has_one_arrow() -> None:
    assert sorted(a.move for a in ARROWS) == sorted(Move)


def test_every_open_state_leads_to_an_end() -> None:
    ends = {state for state in State if not state.is_open}
    while grown := {s for a in ARROWS if a.target in ends for s in a.sources} - ends:
        ends |= grown
    assert set(open_states()) <= ends


def test_nothing_closes_a_promise_while_its_number_is_dialled_but_the_one_who_dials() -> None:
    closing = [a for a in ARROWS if State.DIALLING in a.sources and not a.target.is_open]
    assert [a.move for a in closing] == [Move.GIVE_UP]


def test_only_a_person_opens_what_is_closed() -> None:
    opening = [a for a in ARROWS if a.target.is_open and any(not s.is_open for s in a.sources)]
    assert [a.move for a in opening] == [Move.REOPEN]
