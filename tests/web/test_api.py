"""Other programs come in by key, page through all calls, and get errors that say what to do."""

import pytest

from everycall.records.models import Person, Token
from everycall.web.api import cursors
from web.conftest import browser

pytestmark = pytest.mark.usefixtures("calls", "owner")


FIRST, LAST = "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"
"""The first moment that can be written, and the last: in UTC there is neither."""


def get(
    address: str, scopes: tuple[str, ...] = ("calls:read",), key: str = ""
) -> dict[str, object]:
    if not key:
        _, key = Token.issue("test", list(scopes))
    answer = browser().get(f"/api/v1{address}", headers={"Authorization": f"Bearer {key}"})
    return {"status": answer.status_code, **answer.json()}


def test_pages_follow_one_another_and_miss_no_call() -> None:
    whole = get("/calls?limit=1000")
    seen: list[str] = []
    cursor = ""
    while True:
        page = get(f"/calls?limit=7&cursor={cursor}")
        calls = page["calls"]
        assert isinstance(calls, list)
        seen += [call["call_id"] for call in calls]
        if page["next"] is None:
            break
        cursor = str(page["next"])
    every = whole["calls"]
    assert isinstance(every, list)
    assert seen == [call["call_id"] for call in every]
    assert len(seen) > 50


def test_one_call_is_explained() -> None:
    calls = get("/calls?limit=1")["calls"]
    assert isinstance(calls, list)
    told = get(f"/calls/{calls[0]['call_id']}")
    assert told["status"] == 200
    assert told["timeline"]


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        ("/calls/none-such", 404, "not-found"),
        ("/calls?cursor=abc", 400, "cursor"),
        ("/calls?outcome=answred", 400, "outcome"),
        ("/calls?limit=0", 422, "invalid"),
        ("/calls?since=never", 422, "invalid"),
        (f"/calls?since={FIRST}", 422, "invalid"),
        (f"/calls?until={LAST}", 422, "invalid"),
        (f"/metrics/values?metric=answered&since={FIRST}", 422, "invalid"),
        (f"/metrics/values?metric=answered&until={LAST}", 422, "invalid"),
        (f"/metrics/values?metric=service_level.sl2:{'9' * 40}", 400, "question"),
        (f"/promises?since={FIRST}", 422, "invalid"),
        (f"/promises?since={LAST}", 422, "invalid"),
    ],
)
def test_a_wrong_question_gets_a_problem(address: str, status: int, kind: str) -> None:
    answer = get(address, ("calls:read", "metrics:read", "promises:read"))
    assert (answer["status"], answer["type"]) == (status, f"urn:everycall:{kind}")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0001-01-01", "2026-11-22T04:00:00"])
@pytest.mark.parametrize("address", ["/calls?", "/metrics/values?metric=answered&", "/promises?"])
def test_every_moment_of_utc_can_be_asked_for(address: str, moment: str) -> None:
    scopes = ("calls:read", "metrics:read", "promises:read")
    assert get(f"{address}since={moment}", scopes)["status"] == 200


def test_what_nobody_thought_to_be_too_large_is_a_problem_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_large(_cursor: str) -> None:
        raise OverflowError

    monkeypatch.setattr(cursors, "read", too_large)
    answer = get("/calls?cursor=abc")
    assert (answer["status"], answer["type"]) == (422, "urn:everycall:invalid")


def test_without_a_key_nobody_comes_in() -> None:
    assert browser().get("/api/v1/calls").status_code == 401
    assert get("/calls", key="ec_00000000.guess")["status"] == 401


def test_a_key_may_do_what_its_scopes_say() -> None:
    assert get("/calls", scopes=("events:write",))["status"] == 403


def test_a_key_that_was_taken_back_is_worthless(owner: Person) -> None:
    token, key = Token.issue("test", ["calls:read"])
    browser(owner).post(f"/setup/keys/{token.pk}/revoke/")
    assert get("/calls", key=key)["status"] == 401


def test_the_description_is_published() -> None:
    answer = browser().get("/api/v1/openapi.json")
    assert "/api/v1/calls" in answer.json()["paths"]
