"""Acts from the picture: only who may, only on what is theirs, and all of it on record."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from everycall.live.board import AgentNow, AgentState, Board, Stage
from everycall.records.connections import Connection
from everycall.records.models import Entry, Person, Team
from everycall.web.live.hub import hub
from everycall.web.views.acts import offered
from web.conftest import browser, person
from web.test_live import AT, board, call
from wire.fake_pbx import SECRET, USER
from wire.threaded import Pbx


@pytest.fixture
def pbx() -> Iterator[Pbx]:
    made = Pbx()
    row = Connection(name="office", kind="ami")
    row.keep({"host": "127.0.0.1", "port": made.fake.port, "user": USER, "secret": SECRET})
    row.save()
    yield made
    made.stop()


def staffed() -> Board:
    here = board()
    agents = (
        AgentNow("Ann", AgentState.FREE, AT, phones=("PJSIP/1001",), queues=("sales",)),
        AgentNow("Bob", AgentState.TALKING, AT, phones=("PJSIP/1002",), queues=("support",)),
        AgentNow("Cem", AgentState.FREE, AT, queues=("sales",)),
        AgentNow("Sam", AgentState.SIGNED_OUT, AT, phones=("PJSIP/1008",)),
    )
    return replace(here, agents=agents)


@pytest.fixture(autouse=True)
def shown() -> Iterator[None]:
    hub.board = staffed()
    yield
    hub.board = None


@pytest.fixture
def sam() -> Person:
    """A supervisor of the sales team alone."""
    made = person("Sam", "supervisor", agent="Sam")
    made.teams.add(Team.objects.create(name="Sales", queues=["sales"]))
    return made


def act(who: Person, name: str, **given: str) -> tuple[int, str]:
    answer = browser(who).post(f"/now/acts/{name}/", given, headers={"accept": "application/json"})
    return answer.status_code, answer.content.decode()


def test_somebody_is_paused_in_the_supervisors_queues_alone(pbx: Pbx, sam: Person) -> None:
    assert act(sam, "pause", agent="Ann", reason="coaching")[0] == 200
    assert pbx.told("QueuePause") == [
        {"Interface": "PJSIP/1001", "Paused": "true", "Queue": "sales", "Reason": "coaching"}
    ]


def test_who_has_no_team_pauses_in_every_queue(pbx: Pbx, supervisor: Person) -> None:
    assert act(supervisor, "resume", agent="Bob")[0] == 200
    assert pbx.told("QueuePause") == [{"Interface": "PJSIP/1002", "Paused": "false"}]


def test_somebody_is_moved_between_queues(pbx: Pbx, supervisor: Person) -> None:
    assert act(supervisor, "add", agent="Ann", queue="support", penalty="2")[0] == 200
    assert act(supervisor, "remove", agent="Ann", queue="sales")[0] == 200
    assert act(supervisor, "penalty", agent="Ann", queue="support", penalty="5")[0] == 200
    where = {"Interface": "PJSIP/1001", "Queue": "support"}
    assert pbx.told("QueueAdd") == [{**where, "MemberName": "Ann", "Penalty": "2"}]
    assert pbx.told("QueueRemove") == [{"Interface": "PJSIP/1001", "Queue": "sales"}]
    assert pbx.told("QueuePenalty") == [{**where, "Penalty": "5"}]


def test_a_waiting_caller_is_taken_to_ones_own_phone(pbx: Pbx, sam: Person) -> None:
    entry = {"Event": "QueueEntry", "Queue": "sales", "Uniqueid": "a", "Channel": "PJSIP/t-1"}
    pbx.fake.lists["QueueStatus"] = [entry]
    assert act(sam, "take", call="a")[0] == 200
    assert [f["Value"] for f in pbx.told("Setvar")] == ["PJSIP/1008", "20", "sales"]
    assert pbx.told("Redirect")[0]["Context"] == "everycall-take"


def test_a_talk_is_listened_to(pbx: Pbx, supervisor: Person) -> None:
    Person.objects.filter(pk=supervisor.pk).update(agent="PJSIP/1008")
    talk = {"Event": "CoreShowChannel", "Channel": "PJSIP/1002-0000000a", "ChannelStateDesc": "Up"}
    pbx.fake.lists["CoreShowChannels"] = [talk]
    assert act(supervisor, "whisper", agent="Bob")[0] == 200
    told = pbx.told("Originate")[0]
    assert (told["Channel"], told["Application"]) == ("PJSIP/1008", "ChanSpy")
    assert told["Data"] == "PJSIP/1002-0000000a,qESw"


@pytest.mark.parametrize("name", ["listen", "whisper", "barge"])
@pytest.mark.parametrize("client", ["other", None])
def test_who_is_bound_to_brands_hears_their_callers_alone(
    pbx: Pbx, name: str, client: str | None
) -> None:
    bea = person("Bea", "supervisor", agent="PJSIP/1008", clients=["shop"])
    shown = staffed()
    agents = (replace(shown.agents[1], call_id="d"),)
    talks = call("d", "support", 60, agent="Bob", position=None, stage=Stage.TALKING)
    hub.board = replace(shown, agents=agents, calls=(replace(talks, client=client),))
    status, said = act(bea, name, agent="Bob")
    assert (status, "Bob talks with a caller who is none of yours" in said) == (403, True)
    assert pbx.told("Originate") == []
    assert (offered(bea, hub.board) or {})["talking"] == []
    hub.board = replace(hub.board, calls=(talks,))
    assert (offered(bea, hub.board) or {})["talking"] == ["Bob"]


@pytest.fixture
def brands() -> Iterator[None]:
    """The shop has a queue to itself, and the other brand has none."""
    path = Path(settings.DATA) / "site.toml"
    path.write_text('[clients.shop]\nqueues = ["sales"]\n[clients.other]\n', encoding="utf-8")
    yield
    path.unlink()


@pytest.mark.usefixtures("brands")
def test_who_is_bound_to_brands_steers_in_their_queues_alone(pbx: Pbx) -> None:
    bea = person("Bea", "supervisor", agent="PJSIP/1008", clients=["shop"])
    found = offered(bea, hub.board) or {}
    assert (found["people"], found["queues"]) == (["Ann"], ["sales"])
    assert act(bea, "pause", agent="Bob")[0] == 403
    assert act(bea, "pause", agent="Ann", queue="support")[0] == 403
    assert act(bea, "pause", agent="Ann")[0] == 200
    assert [told["Queue"] for told in pbx.told("QueuePause")] == ["sales"]


@pytest.mark.usefixtures("brands")
def test_a_brands_caller_is_heard_in_whichever_queue(pbx: Pbx) -> None:
    bea = person("Bea", "supervisor", agent="PJSIP/1008", clients=["shop"])
    talks = call("d", "support", 60, agent="Bob", position=None, stage=Stage.TALKING)
    shown = staffed()
    hub.board = replace(shown, agents=(replace(shown.agents[1], call_id="d"),), calls=(talks,))
    assert (offered(bea, hub.board) or {})["talking"] == ["Bob"]
    talk = {"Event": "CoreShowChannel", "Channel": "PJSIP/1002-0000000a", "ChannelStateDesc": "Up"}
    pbx.fake.lists["CoreShowChannels"] = [talk]
    assert act(bea, "listen", agent="Bob")[0] == 200


@pytest.mark.usefixtures("brands")
def test_where_brands_share_all_queues_everybody_is_theirs(pbx: Pbx) -> None:
    bea = person("Bea", "supervisor", agent="PJSIP/1008", clients=["other"])
    assert (offered(bea, hub.board) or {})["people"] == ["Ann", "Bob", "Sam"]


@pytest.mark.parametrize(
    ("name", "given", "status", "why"),
    [
        ("pause", {"agent": "Bob"}, 403, "Bob is in none of your queues"),
        ("pause", {"agent": "Nob"}, 404, "nobody is called 'Nob'"),
        ("pause", {"agent": "Cem"}, 404, "no source says which phone Cem has"),
        ("pause", {"agent": "Ann", "queue": "support"}, 403, "the queue support is none of yours"),
        ("add", {"agent": "Ann", "queue": "support"}, 403, "the queue support is none of yours"),
        ("add", {"agent": "Bob", "queue": "sales"}, 403, "Bob is in none of your queues"),
        ("add", {"agent": "Ann", "queue": "nowhere"}, 403, "the queue nowhere is none of yours"),
        ("add", {"agent": "Ann"}, 404, "no queue was named"),
        ("take", {"call": "b"}, 403, "waits in none of your queues"),
        ("take", {"call": "gone"}, 404, "does not wait any more"),
        ("listen", {"agent": "Bob"}, 403, "Bob is in none of your queues"),
        ("listen", {"agent": "Ann"}, 404, "Ann does not talk with a caller now"),
    ],
)
def test_what_is_not_theirs_or_not_there_is_refused_and_on_record(
    pbx: Pbx, sam: Person, name: str, given: dict[str, str], status: int, why: str
) -> None:
    answered = act(sam, name, **given)
    assert answered[0] == status
    assert why in answered[1]
    assert not [f for f in pbx.fake.actions if f["Action"].startswith(("Queue", "Orig", "Redir"))]
    entry = Entry.objects.get()
    assert entry.action == f"act refused: {name}"
    assert why in entry.details["why"]


@pytest.mark.parametrize("role", ["agent", "viewer", "client"])
def test_without_the_right_nothing_is_offered_and_nothing_done(pbx: Pbx, role: str) -> None:
    who = person("Vic", role, clients=["shop"])
    assert act(who, "pause", agent="Ann")[0] == 403
    assert browser(who).get("/now/acts/").status_code == 403
    assert b'id="acts"' not in browser(who).get("/now/").content
    assert not pbx.fake.actions


def test_nobody_acts_without_logging_in(pbx: Pbx) -> None:
    assert browser().post("/now/acts/pause/", {"agent": "Ann"}).status_code == 302
    assert not pbx.fake.actions


def test_looking_at_an_act_does_nothing(pbx: Pbx, supervisor: Person) -> None:
    assert browser(supervisor).get("/now/acts/pause/").status_code == 405


def test_what_is_done_is_on_record_with_who_and_what(pbx: Pbx, sam: Person) -> None:
    act(sam, "pause", agent="Ann", reason="coaching")
    entry = Entry.objects.get()
    assert (entry.who, entry.action, entry.about) == ("Sam", "act: pause", "Ann")
    assert entry.details == {"reason": "coaching"}


def test_what_the_phone_system_refuses_is_said(pbx: Pbx, supervisor: Person) -> None:
    pbx.fake.refuses.add("QueueAdd")
    status, said = act(supervisor, "add", agent="Ann", queue="support")
    assert (status, "Permission denied" in said) == (502, True)
    assert [e.action for e in Entry.objects.order_by("id")] == ["act: add", "act refused: add"]


def test_without_a_phone_system_the_page_says_so(supervisor: Person) -> None:
    assert "no phone system is connected" in act(supervisor, "pause", agent="Ann")[1]


def test_a_phone_system_that_is_gone_is_named(pbx: Pbx, supervisor: Person) -> None:
    asyncio.run_coroutine_threadsafe(pbx.fake.stop(), pbx.loop).result(5)
    status, said = act(supervisor, "pause", agent="Ann")
    assert (status, "office" in said and "cannot be reached" in said) == (502, True)
    asyncio.run_coroutine_threadsafe(pbx.fake.start(), pbx.loop).result(5)


def test_only_what_is_theirs_is_offered(pbx: Pbx, sam: Person) -> None:
    page = browser(sam).get("/now/").content.decode()
    acts = page.split('id="acts"')[1].split("</details>")[0]
    assert "<option>Ann</option>" in acts
    assert "Bob" not in acts
    assert "support" not in acts


def test_the_form_of_a_page_comes_back_to_it_with_a_word(pbx: Pbx, sam: Person) -> None:
    answer = browser(sam).post("/now/acts/pause/", {"agent": "Ann"}, follow=True)
    assert b"Done: Pause Ann" in answer.content
    part = (
        browser(sam)
        .post("/now/acts/pause/", {"agent": "Ann"}, headers={"hx-request": "true"})
        .content.decode()
    )
    assert part.startswith('<p class="message success"')


@pytest.mark.parametrize("field", ["queue", "reason"])
def test_a_line_end_in_a_field_is_refused_in_a_sentence(
    pbx: Pbx, supervisor: Person, field: str
) -> None:
    given = {"agent": "Ann", "queue": "sales", "reason": "x", field: "a\r\nAction: Command"}
    status, said = act(supervisor, "pause", **given)
    assert (status, "one line" in said) == (400, True)
    assert pbx.told("QueuePause") == []
    assert Entry.objects.filter(action="act refused: pause").exists()


def test_ones_own_phone_is_one_phone(pbx: Pbx) -> None:
    sly = person("Sly", "supervisor", agent="PJSIP/1008&Local/00900@out")
    hub.board = replace(staffed(), as_of=AT)
    status, said = act(sly, "listen", agent="Bob")
    assert (status, "one word" in said) == (400, True), said
    assert pbx.told("Originate") == []
