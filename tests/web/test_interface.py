"""The interface for programs: its examples run, pages, tags, limits, masks, and what disks do."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.utils import timezone

from everycall.app.answers.measuring import measure
from everycall.app.intake.landing import Landing
from everycall.client import Client, RefusedError, Reply
from everycall.history.journal import Disk
from everycall.records.models import Answer, Promise, Token
from everycall.records.tokens import SCOPES
from everycall.web.api import limits
from everycall.web.api.limits import Buckets, Rate
from everycall.web.live.hub import hub
from everycall.web.phones.taking import door
from everycall.web.problems import PROBLEMS
from everycall.web.reading import site_reader
from everycall.web.wording.masking import masked_all
from web.conftest import browser
from web.test_live import board

pytestmark = pytest.mark.usefixtures("calls", "owner")

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class FullDisk(Disk):
    """A disk that has no room until somebody makes some."""

    def __init__(self) -> None:
        self.full = False

    def keep(self, descriptor: int) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        super().keep(descriptor)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[FullDisk]:
    """Let posted records land in a folder of this test."""
    landing, found = Landing(tmp_path / "landing"), FullDisk()
    landing.journal._disk = found
    landing.open()
    door.landing = landing
    yield found
    door.landing = None
    landing.close()


@pytest.fixture
def picture() -> Iterator[None]:
    hub.board = board()
    yield
    hub.board = None


@pytest.fixture
def promise() -> Promise:
    return Promise.objects.create(
        caller="+493023125001", client="shop", reason="missed", made_at=NOW, missed_at=NOW,
        due_clock=NOW + timedelta(hours=1), due_pure=NOW, first_call="c1",
    )  # fmt: skip


def through_django(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
    kind = headers.get("Content-Type", "application/json")
    answer = browser().generic(
        method, url.removeprefix("http://here"), body or b"", kind, headers=dict(headers)
    )
    return Reply(answer.status_code, dict(answer.headers), answer.content)


def client(*scopes: str, clients: list[str] | None = None, pauses: Any = None) -> Client:
    _, key = Token.issue("test", list(scopes or SCOPES), clients=clients)
    waited = pauses if pauses is not None else []
    return Client("http://here", key, send=through_django, pause=waited.append)


def answer(client: Client, address: str, **headers: str) -> Reply:
    given = {"Authorization": f"Bearer {client.key}", **headers}
    return through_django("GET", f"http://here/api/v1{address}", given, None)


def post(client: Client, body: Any, **headers: str) -> Reply:
    given = {"Authorization": f"Bearer {client.key}", **headers}
    return through_django("POST", "http://here/api/v1/events", given, json.dumps(body).encode())


# ---- the examples of the description


def described() -> dict[str, Any]:
    found: dict[str, Any] = browser().get("/api/v1/openapi.json").json()
    return found


def example(declared: Mapping[str, Any]) -> Any:
    found = declared.get("example", (declared.get("examples") or [None])[0])
    if found is None and "schema" in declared:
        found = example(declared["schema"])
    return found


def in_query(parameters: list[dict[str, Any]]) -> str:
    given = {p["name"]: example(p) for p in parameters if p["in"] == "query"}
    return urlencode({name: v for name, v in given.items() if v is not None}, doseq=True)


def body_of(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> bytes | None:
    if "requestBody" not in operation:
        return None
    shape = operation["requestBody"]["content"]["application/json"]["schema"]
    fields = schemas[shape["$ref"].rpartition("/")[2]]["properties"]
    return json.dumps({name: example(declared) for name, declared in fields.items()}).encode()


OPERATIONS = (
    ("/api/v1/calls", "get"),
    ("/api/v1/calls/{call_id}", "get"),
    ("/api/v1/events", "post"),
    ("/api/v1/metrics", "get"),
    ("/api/v1/metrics/values", "get"),
    ("/api/v1/definitions", "get"),
    ("/api/v1/live", "get"),
    ("/api/v1/live/stream", "get"),
    ("/api/v1/queues", "get"),
    ("/api/v1/agents", "get"),
    ("/api/v1/promises", "get"),
    ("/api/v1/promises/{pk}", "get"),
    ("/api/v1/callback-requests", "post"),
    ("/api/v1/callback-requests/times", "get"),
)


def test_everything_that_is_described_is_tried_here() -> None:
    paths = described()["paths"]
    assert {(path, method) for path in paths for method in paths[path]} == set(OPERATIONS)


@pytest.mark.usefixtures("picture", "disk")
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_example_of_the_description_runs(path: str, method: str, promise: Promise) -> None:
    told = described()
    operation = told["paths"][path][method]
    known = {"call_id": next(iter(client().calls()))["call_id"], "pk": promise.pk}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            assert example(parameter) is not None, "a parameter of the path needs an example"
            path = path.replace(f"{{{parameter['name']}}}", str(known[parameter["name"]]))
    query = in_query(operation.get("parameters", []))
    headers = {"Authorization": f"Bearer {client().key}"}
    body = body_of(operation, told["components"]["schemas"])
    reply = through_django(method.upper(), f"http://here{path}?{query}", headers, body)
    assert reply.status == 200, reply.body
    assert operation["summary"]
    assert operation["description"]


@pytest.mark.usefixtures("picture")
def test_the_stream_is_described_as_it_is() -> None:
    told = described()["paths"]["/api/v1/live/stream"]["get"]["responses"]["200"]["content"]
    said = events(told["text/event-stream"]["example"])
    once = (
        client().live()
    )  # who is owed a call back is counted for it, and known to the stream then
    reply = answer(client(), "/live/stream")
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    heard = events(reply.body.decode())
    assert [one["event"] for one in heard] == [one["event"] for one in said] == ["board"]
    assert heard[0].keys() == said[0].keys()
    picture, shown = json.loads(heard[0]["data"]), json.loads(said[0]["data"])
    assert shown.keys() <= picture.keys()
    assert str(picture["version"]) == heard[0]["id"]
    assert picture == once


def events(text: str) -> list[dict[str, str]]:
    """Read a stream as a browser does: an event ends with an empty line."""
    blocks = [block for block in text.split("\n\n") if block]
    read = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [one for one in read if "data" in one]


def test_every_problem_stands_in_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    for name in PROBLEMS:
        assert f"`{name}`" in page, name


def test_an_address_that_is_not_there_is_a_problem_too() -> None:
    for address, status, name in (("/nosuch", 404, "not-found"), ("/events", 405, "method")):
        reply = answer(client(), address)
        assert reply.status == status
        assert json.loads(reply.body)["type"] == f"urn:everycall:{name}"
        assert reply.headers["Content-Type"] == "application/problem+json"


# ---- what is known is not sent again


def test_what_is_known_is_not_sent_again() -> None:
    asking = client()
    first = answer(asking, "/calls?limit=5")
    tag = first.headers["ETag"]
    second = answer(asking, "/calls?limit=5", **{"If-None-Match": tag})
    assert (second.status, second.body) == (304, b"")
    other = answer(asking, "/calls?limit=6", **{"If-None-Match": tag})
    assert other.status == 200
    assert other.headers["ETag"] != tag


def test_the_client_asks_with_what_it_knows() -> None:
    asking = client()
    known = asking.definitions()
    assert asking.definitions() is known


# ---- the same request twice

BATCH = {
    "events": [
        {
            "at": "2026-11-02T09:00:00Z",
            "kind": "call.arrived",
            "call_id": "i1",
            "direction": "inbound",
        }
    ]
}


@pytest.mark.usefixtures("disk")
def test_a_repeated_request_is_answered_as_the_first_time() -> None:
    asking, key = client(), {"Idempotency-Key": "one"}
    first, second = post(asking, BATCH, **key), post(asking, BATCH, **key)
    assert json.loads(first.body) == json.loads(second.body) == {"taken": 1, "known": 0}
    assert json.loads(post(asking, BATCH).body) == {"taken": 0, "known": 1}


@pytest.mark.usefixtures("disk")
def test_a_key_belongs_to_one_request_and_one_program() -> None:
    asking, key = client(), {"Idempotency-Key": "one"}
    post(asking, BATCH, **key)
    other = {"events": [{**BATCH["events"][0], "call_id": "i2"}]}
    refused = post(asking, other, **key)
    assert (refused.status, json.loads(refused.body)["type"]) == (422, "urn:everycall:repeated")
    assert post(client(), other, **key).status == 200


def test_what_was_not_taken_may_be_tried_again_under_the_same_key(disk: FullDisk) -> None:
    asking, key = client(), {"Idempotency-Key": "one"}
    disk.full = True
    assert post(asking, BATCH, **key).status == 503
    disk.full = False
    assert json.loads(post(asking, BATCH, **key).body)["taken"] == 1


@pytest.mark.usefixtures("disk")
def test_a_request_that_is_being_answered_is_not_done_twice_and_is_given_up_in_time() -> None:
    asking, key = client(), {"Idempotency-Key": "one"}
    post(asking, BATCH, **key)
    Answer.objects.update(done=False)
    assert post(asking, BATCH, **key).status == 409
    Answer.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert post(asking, BATCH, **key).status == 200


# ---- limits


def test_a_full_disk_is_said_with_when_to_come_again(disk: FullDisk) -> None:
    disk.full = True
    reply = post(client(), BATCH)
    assert reply.status == 503
    assert reply.headers["Retry-After"] == "10"
    assert "No space left" in json.loads(reply.body)["detail"]
    ready = browser().get("/ready/")
    assert ready.status_code == 503
    assert "No space left" in ready.json()["problems"][0]


@pytest.mark.parametrize(
    ("events", "status", "name"),
    [
        ([{"text": "x" * 65_536}], 413, "too-long"),
        ([{"text": "ü" * 33_000}], 413, "too-long"),
        ([{}] * 10_001, 413, "too-many"),
        ([{"kind": "call.arrived"}], 422, "events"),
    ],
)
@pytest.mark.usefixtures("disk")
def test_what_is_too_much_is_refused_with_the_reason(
    events: list[Any], status: int, name: str
) -> None:
    reply = post(client(), {"events": events})
    assert (reply.status, json.loads(reply.body)["type"]) == (status, f"urn:everycall:{name}")


@pytest.mark.usefixtures("disk")
def test_who_asks_too_often_is_told_when_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [0.0]
    monkeypatch.setattr(limits, "requests", Buckets(Rate(1, 3), clock=lambda: moment[0]))
    asking = client()
    assert [answer(asking, "/definitions").status for _ in range(4)] == [200, 200, 200, 429]
    assert answer(asking, "/definitions").headers["Retry-After"] == "1"
    assert answer(client(), "/definitions").status == 200, "another key has its own"
    moment[0] = 1.5
    assert answer(asking, "/definitions").status == 200


@pytest.mark.usefixtures("disk")
def test_who_sends_too_much_is_told_when_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "records", Buckets(Rate(10, 20), clock=lambda: 0.0))
    asking = client()
    batch = {"events": BATCH["events"] * 15}
    assert post(asking, batch).status == 200
    refused = post(asking, batch)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")


def test_the_client_waits_as_long_as_it_is_told(disk: FullDisk) -> None:
    class Room(list[float]):
        def append(self, seconds: float) -> None:
            disk.full = False
            super().append(seconds)

    pauses = Room()
    disk.full = True
    asking = client(pauses=pauses)
    assert asking.post_events(BATCH["events"]) == {"taken": 1, "known": 0}
    assert pauses == [10.0]


# ---- what may be seen


def test_without_the_right_numbers_are_masked_everywhere() -> None:
    whole, masked = client(), client("calls:read")
    calls = list(whole.calls())
    seen = [call for call in calls if call["caller"] and len(call["caller"]) > 6]
    assert seen
    for call in seen[:20]:
        for told in (
            masked.call(call["call_id"]),
            next(iter(masked.calls(caller=[call["caller"]]))),
        ):
            assert call["caller"] not in json.dumps(told, ensure_ascii=False)
    assert whole.call(seen[0]["call_id"])["caller"] == seen[0]["caller"]


def test_the_number_that_we_dialled_is_masked_too_and_extensions_are_not() -> None:
    told = {
        "direction": "outbound",
        "called": "+493023125001",
        "caller": "101",
        "text": "to 493023125001",
    }
    assert masked_all(told) == {
        "direction": "outbound", "called": "••••001", "caller": "101", "text": "to ••••001",
    }  # fmt: skip


def test_a_key_of_one_brand_sees_nothing_of_another(promise: Promise) -> None:
    other, own = client(clients=["other"]), client(clients=["shop"])
    name = next(iter(client().calls()))["call_id"]
    assert list(other.calls()) == []
    with pytest.raises(RefusedError) as refused:
        other.call(name)
    assert (refused.value.status, refused.value.name) == (404, "not-found")
    assert [p["id"] for p in own.promises()] == [promise.pk]
    assert list(other.promises()) == []
    with pytest.raises(RefusedError):
        other.promise(promise.pk)
    values = other.measure(["arrived"])["values"]
    assert all(not cell["arrived"]["value"] for cell in values)


@pytest.mark.usefixtures("picture")
def test_a_key_of_one_brand_sees_no_people_in_the_picture() -> None:
    assert client().agents()
    assert client(clients=["other"]).agents() == []
    assert client(clients=["other"]).live()["waiting"] == []


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("/calls", "calls:read"),
        ("/calls/x", "calls:read"),
        ("/metrics", "metrics:read"),
        ("/metrics/values?metric=arrived", "metrics:read"),
        ("/definitions", "metrics:read"),
        ("/live", "live:read"),
        ("/live/stream", "live:read"),
        ("/queues", "live:read"),
        ("/agents", "live:read"),
        ("/promises", "promises:read"),
        ("/promises/1", "promises:read"),
    ],
)
def test_each_address_asks_for_its_scope(address: str, scope: str) -> None:
    others = [name for name in SCOPES if name != scope]
    assert answer(client(*others), address).status == 403
    assert answer(client(scope), address).status != 403
    assert through_django("GET", f"http://here/api/v1{address}", {}, None).status == 401


# ---- the same numbers


def test_metrics_are_those_of_the_planner() -> None:
    told = client().measure(["arrived", "answered", "asa"], by=["queue"])
    with site_reader().apart() as asking:
        found = measure(asking, ["arrived", "answered", "asa"], ["queue"])
        same = json.loads(json.dumps(list(found.as_json())))
    assert told["values"] == same
    assert len(same) > 2


@pytest.mark.parametrize("asked", [{"metric": ["nosuch"]}, {"metric": ["asa"], "by": ["nosuch"]}])
def test_a_metric_that_is_not_there_is_a_problem(asked: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        client().measure(**asked)
    assert (refused.value.status, refused.value.name) == (400, "question")


def test_promises_are_given_page_by_page_with_their_moves(promise: Promise) -> None:
    for number in range(4):
        Promise.objects.create(
            caller=f"+49302312510{number}", reason="missed", made_at=NOW, missed_at=NOW,
            due_clock=NOW, due_pure=NOW, first_call="c",
        )  # fmt: skip
    asking, seen, cursor = client(), [], ""
    while True:
        page = json.loads(answer(asking, f"/promises?limit=2&cursor={cursor}").body)
        seen += [one["id"] for one in page["promises"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == [p["id"] for p in asking.promises()]
    assert len(seen) == len(set(seen)) == 5
    assert asking.promise(promise.pk)["moves"] == []
    assert [p["id"] for p in asking.promises(state=["kept"])] == []


def test_without_a_picture_it_is_said() -> None:
    reply = answer(client(), "/live")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
    assert settings.DATA
