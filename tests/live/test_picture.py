"""The picture over time: silence, late words, midnight, restarts; and what people are doing."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest

from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.history.journal_segments import Entry
from everycall.live.board import AgentState, Board
from everycall.live.signs import Device, Sign
from everycall.live.staff import Staff
from everycall.live.totals import key_of
from everycall.settings import read_table
from live.days import AMI, QUEUE_LOG, SAMPLES, lines_of, said, source

SITE = read_table(SiteFile, {"zone": "UTC"})
SECOND = 1_000_000
HOUR = 3600
EVENING = int(datetime(2026, 11, 20, 23, 50, tzinfo=UTC).timestamp())
MIDNIGHT = EVENING + 600


class Told:
    """A picture that is told lines of queue_log, each of its second."""

    def __init__(self) -> None:
        self.picture = LivePicture(SITE, [source(QUEUE_LOG)], EVENING * SECOND)
        self._lines: list[str] = []
        self._told = 0

    def tell(self, second: int, *lines: str, now: int | None = None) -> Board:
        self._lines += [f"{second}|{line}" for line in lines]
        entries = self.entries()[self._told :]
        self._told = len(self._lines)
        as_of = (now or second) * SECOND
        self.picture.take(entries, as_of)
        return self.picture.board(as_of)

    def entries(self) -> list[Entry]:
        return said(self._lines, QUEUE_LOG, "queue_log")

    @property
    def hot(self) -> set[str]:
        return self.picture._window._hot


@pytest.fixture
def told() -> Iterator[Told]:
    one = Told()
    yield one
    one.picture.close()


def call(number: int, at: int = EVENING) -> str:
    return f"{at}.{number}"


def enters(number: int, at: int = EVENING) -> str:
    return f"{call(number, at)}|sales|NONE|ENTERQUEUE||+4930231250{number:02}|1"


def outcomes(board: Board, day: str) -> dict[str, int]:
    return next((one.outcomes for one in board.days if one.day == day), {})


def of_tally(board: Board, day: str) -> dict[str, int]:
    rows = board.tallies["outcomes/call"].items()
    return {str(key[1]): values[0] or 0 for key, values in rows if key[0] == key_of(day)}


def test_a_silent_call_is_closed_after_the_settable_time_and_reopened_when_it_speaks(
    told: Told,
) -> None:
    assert len(told.tell(EVENING, enters(1)).waiting()) == 1
    still = told.tell(EVENING + 4 * HOUR - 5)
    assert [one.day for one in still.waiting()] == ["2026-11-20"]
    closed = told.tell(EVENING + 4 * HOUR + 5)
    assert not closed.calls
    assert of_tally(closed, "2026-11-20") == {"unknown": 1}
    again = told.tell(
        EVENING + 4 * HOUR + 60, f"{call(1)}|sales|Ann|RINGNOANSWER|1000", enters(2, MIDNIGHT)
    )
    assert call(1) in {one.call_id for one in again.calls}
    over = told.tell(EVENING + 4 * HOUR + 90, f"{call(1)}|sales|NONE|ABANDON|1|1|14490")
    assert of_tally(over, "2026-11-20") == {"caller_left_in_queue": 1}


def test_a_late_word_changes_the_day_that_it_belongs_to(told: Told) -> None:
    told.tell(EVENING, enters(1), enters(2))
    told.tell(
        EVENING + 9, f"{call(1)}|sales|Ann|CONNECT|9|1.2|3", f"{call(2)}|sales|NONE|ABANDON|1|1|9"
    )
    told.tell(EVENING + 20, f"{call(1)}|sales|Ann|COMPLETECALLER|9|11|1")
    told.tell(MIDNIGHT + HOUR, enters(3, MIDNIGHT + HOUR))
    before = told.tell(
        MIDNIGHT + HOUR + 10, f"{call(3, MIDNIGHT + HOUR)}|sales|NONE|ABANDON|1|1|10"
    )
    assert told.hot == {call(3, MIDNIGHT + HOUR)}
    assert of_tally(before, "2026-11-20") == {"answered": 1, "caller_left_in_queue": 1}
    rings = {key: values[0] for key, values in before.tallies["rings/attempt"].items()}
    now = MIDNIGHT + HOUR + 20
    late = told.tell(EVENING + 8, f"{call(2)}|sales|Ben|RINGNOANSWER|5000", now=now)
    assert {key: values[0] for key, values in late.tallies["rings/attempt"].items()} == {
        **rings,
        (key_of("2026-11-20"), "Ben"): 1,
    }
    late = told.tell(
        EVENING + 30,
        enters(4, EVENING + 30),
        f"{call(4, EVENING + 30)}|sales|NONE|ABANDON|1|1|0",
        now=now + 1,
    )
    assert of_tally(late, "2026-11-20") == {"answered": 1, "caller_left_in_queue": 2}
    assert outcomes(late, "2026-11-21") == {"caller_left_in_queue": 1}


def test_a_transfer_that_is_told_under_another_id_joins_the_call_that_it_was_of(told: Told) -> None:
    told.tell(EVENING, enters(1))
    told.tell(EVENING + 5, f"{call(1)}|sales|Ann|CONNECT|5|1.2|3")
    board = told.tell(EVENING + 30, f"{call(2)}|sales|Ann|ATTENDEDTRANSFER|BRIDGE|b1|5|25|1")
    assert {call(1)} >= {one.call_id for one in board.calls}
    assert sum(of_tally(board, "2026-11-20").values()) == 1
    ((transfers,),) = told.picture._window.hot("SELECT transfers FROM hot_calls")
    assert transfers == 1


def test_who_waits_since_before_midnight_stays_visible_and_is_yesterdays(told: Told) -> None:
    told.tell(EVENING, enters(1))
    board = told.tell(MIDNIGHT + 60)
    assert board.today == "2026-11-21"
    assert [one.day for one in board.waiting()] == ["2026-11-20"]
    assert {day.day: day.pending for day in board.days}["2026-11-20"] == 1
    over = told.tell(MIDNIGHT + 70, f"{call(1)}|sales|NONE|ABANDON|1|1|670")
    assert of_tally(over, "2026-11-20") == {"caller_left_in_queue": 1}
    assert of_tally(over, "2026-11-21") == {}


def test_what_is_older_than_the_window_is_forgotten(told: Told) -> None:
    for number in range(5):
        told.tell(EVENING + number, enters(number))
        told.tell(EVENING + number, f"{call(number)}|sales|NONE|ABANDON|1|1|0")
    told.tell(MIDNIGHT + 3 * HOUR)
    assert told.hot == set()
    assert len(told.picture._window.neighbours) == 5
    board = told.tell(MIDNIGHT + 25 * HOUR)
    assert len(told.picture._window.neighbours) == 0
    assert not any(part for part in board.tallies.values())


def test_a_restart_closes_what_was_on(told: Told) -> None:
    told.tell(EVENING, enters(1), enters(2))
    told.tell(EVENING + 5, f"{call(2)}|sales|Ann|CONNECT|5|1.2|3")
    board = told.tell(EVENING + 60, "NONE|NONE|NONE|QUEUESTART|")
    assert not board.calls
    assert sum(outcomes(board, "2026-11-20").values()) == 2


def test_places_in_the_queue_and_who_waits_longest(told: Told) -> None:
    told.tell(EVENING, enters(1))
    told.tell(EVENING + 5, enters(2))
    board = told.tell(EVENING + 8, enters(3))
    assert [(one.call_id, one.position) for one in board.waiting()] == [
        (call(n), n) for n in (1, 2, 3)
    ]
    (queue,) = board.queues
    assert (queue.waiting, queue.longest_since) == (3, EVENING * SECOND)
    board = told.tell(EVENING + 9, f"{call(1)}|sales|NONE|ABANDON|1|1|9")
    assert [one.position for one in board.waiting()] == [1, 2]


def test_nobody_is_said_to_be_free_where_no_source_says_who_is_signed_in(told: Told) -> None:
    told.tell(EVENING, enters(1))
    board = told.tell(EVENING + 5, f"{call(1)}|sales|Ann|RINGNOANSWER|5000")
    (agent,) = board.agents
    assert (agent.state, agent.signed_in, agent.no_answers) == (AgentState.UNKNOWN, None, 1)
    assert (board.queues[0].staffed, board.queues[0].free) == (None, None)


def test_signing_in_pausing_and_out_by_queue_log(told: Told) -> None:
    def state(board: Board) -> AgentState:
        return board.agents[0].state

    assert state(told.tell(EVENING, "NONE|sales|Ann|ADDMEMBER|")) is AgentState.FREE
    paused = told.tell(EVENING + 1, "NONE|sales|Ann|PAUSE|lunch")
    assert (state(paused), paused.agents[0].reason) == (AgentState.PAUSED, "lunch")
    assert paused.agents[0].since == (EVENING + 1) * SECOND
    assert state(told.tell(EVENING + 2, "NONE|sales|Ann|UNPAUSE|")) is AgentState.FREE
    assert state(told.tell(EVENING + 3, "NONE|sales|Ann|REMOVEMEMBER|")) is AgentState.SIGNED_OUT


def test_repeated_records_and_empty_batches_change_nothing(told: Told) -> None:
    told.tell(EVENING, enters(1))
    first = told.tell(EVENING + 9, f"{call(1)}|sales|NONE|ABANDON|1|1|9")
    second = told.tell(EVENING + 10)
    assert first.tallies == second.tallies


def test_a_record_that_nobody_thought_of_costs_itself_and_nothing_else() -> None:
    bad = ['{"Event":"Newchannel","Timestamp":"soon"}', "no JSON", '{"Event":"Whatever"}']
    good = lines_of(SAMPLES / "scenarios" / "s01_caller_hangs_up" / "ami.jsonl.gz")
    at = int(json.loads(good[0])["_recv"]) * SECOND
    with LivePicture(SITE, [source(AMI)], at) as picture:
        picture.take(said([*bad, *good], AMI, "pbx"), at + 30 * SECOND)
        (day,) = picture.board(at + 30 * SECOND).days
        assert day.outcomes == {"answered": 1}
        assert picture.unread.count >= 2
        assert "soon" in picture.unread.newest[0].text


# ---- people


def staff(signs: Iterable[Sign]) -> Staff:
    found = Staff()
    found.take(signs)
    return found


def resolved(found: Staff) -> dict[str, list[str]]:
    people = found.everyone(lambda name: found.person(name, {}))
    return {name: sorted(one.queue for one in queues) for name, queues in people.items()}


def test_a_person_and_the_phone_are_one() -> None:
    found = staff(
        [
            Sign(1, phone="PJSIP/1001", agent="Ann", queue="sales", signed_in=True),
            Sign(2, agent="PJSIP/1001", queue="support", signed_in=True),
            Sign(3, phone="PJSIP/1001", device=Device.UNREACHABLE),
        ]
    )
    assert resolved(found) == {"Ann": ["sales", "support"]}
    (phone,) = found.phones_of(lambda name: found.person(name, {}))["Ann"]
    assert (phone.device, phone.since) == (Device.UNREACHABLE, 3)


def test_signing_out_by_the_phone_signs_the_person_out() -> None:
    found = staff(
        [
            Sign(1, phone="PJSIP/1001", agent="Ann", queue="sales", signed_in=True),
            Sign(2, agent="PJSIP/1001", queue="sales", signed_in=False),
        ]
    )
    assert resolved(found) == {"Ann": []}


def test_after_a_gap_only_what_is_told_anew_holds() -> None:
    found = staff(
        [
            Sign(1, agent="Ann", queue="sales", signed_in=True),
            Sign(2, agent="Ben", queue="sales", signed_in=True),
            Sign(3, begins_anew=True),
            Sign(4, agent="Ben", queue="sales", signed_in=True),
        ]
    )
    assert resolved(found) == {"Ben": ["sales"]}


def test_a_kept_plan_with_a_join_over_two_inequalities_can_be_run_again() -> None:
    with LivePicture(SITE, [source(AMI)], EVENING * SECOND) as picture:
        engine = picture._engine
        engine.run("CREATE TABLE one AS SELECT range AS x FROM range(3000)")
        engine.run("CREATE TABLE other AS SELECT range AS y FROM range(3000)")
        statement = "SELECT COUNT(*) FROM one JOIN other ON y > x AND y < x + 3"
        assert [engine.again(statement) for _ in range(3)] == [[(5997,)]] * 3
