"""The first true rule wins; what was not seen is never taken for no."""

from definitions.rows import judge, row
from everycall.definitions import COLUMNS, load

WAITED = {"outcome": "caller_left_in_queue", "queued": True, "rang_directly": False}


def test_a_verdict_says_category_reason_rule_confidence_and_what_was_missing() -> None:
    (said,) = judge(load("nhs_30s"), [row(**WAITED, queue_wait_ms=45_000)])
    assert tuple(said) == COLUMNS
    assert said == {
        "call_id": "a",
        "category": "abandoned",
        "reason": "caller_left_in_queue",
        "rule": "abandoned",
        "confidence": "high",
        "missing": "",
    }


def test_an_unseen_fact_gives_cannot_tell_and_names_itself() -> None:
    (said,) = judge(load("nhs_30s"), [row(**WAITED)])
    assert (said["category"], said["missing"]) == ("cannot_tell", "queue_wait")
    assert said["rule"] == "abandoned"
    assert said["confidence"] == "low"


def test_an_unseen_fact_that_does_not_decide_is_named_and_lowers_the_confidence() -> None:
    (said,) = judge(load("xon"), [row(**WAITED)])
    assert (said["category"], said["missing"], said["confidence"]) == (
        "missed",
        "queue_wait",
        "medium",
    )


def test_a_limit_inside_the_exactness_of_a_wait_is_marked_as_edge() -> None:
    whole = {"wait_resolution_ms": 1000}
    waits = (29_000, 30_000, 31_000)
    said = judge(load("nhs_30s"), [row(**WAITED, **whole, queue_wait_ms=wait) for wait in waits])
    assert [s["confidence"] for s in said] == ["high", "edge", "high"]
    assert [s["category"] for s in said] == ["not_counted", "abandoned", "abandoned"]
    exact = row(**WAITED, wait_resolution_ms=0, queue_wait_ms=30_000)
    assert judge(load("nhs_30s"), [exact])[0]["confidence"] == "high"


def test_calls_that_did_not_come_in_are_not_judged_as_if_they_had() -> None:
    for direction in ("outbound", "internal", "callback"):
        (said,) = judge(load("xon"), [row(**WAITED, queue_wait_ms=1) | {"direction": direction}])
        assert (said["category"], said["reason"]) == ("not_counted", direction)


def test_a_call_that_is_not_over_is_pending_and_one_that_nobody_knows_cannot_be_told() -> None:
    calls = [row(outcome="pending"), row(outcome="unknown", missing="answered,last_exit")]
    pending, unknown = judge(load("xon"), calls)
    assert pending["category"] == "pending"
    assert (unknown["category"], unknown["missing"]) == ("cannot_tell", "answered,last_exit")


def test_a_switch_gives_the_other_reading() -> None:
    call = row(**WAITED, queue_wait_ms=30_000)
    assert judge(load("nhs_30s"), [call])[0]["category"] == "abandoned"
    strict = load("nhs_30s", {"inclusive": False})
    assert judge(strict, [call])[0]["category"] == "not_counted"
    assert strict.digest != load("nhs_30s").digest
