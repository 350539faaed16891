"""How long a phone's silence would go unseen."""

from everycall.app.live.reaching import Silence, silences


def aor(name: str, every: int, wait: str = "3.000000") -> dict[str, str]:
    return {
        "Event": "AorList",
        "ObjectName": name,
        "QualifyFrequency": str(every),
        "QualifyTimeout": wait,
    }


def member(name: str) -> dict[str, str]:
    return {"Event": "QueueMember", "Location": f"PJSIP/{name}"}


def test_it_is_the_interval_and_the_wait_for_an_answer() -> None:
    assert silences([aor("1001", 60)], []) == (Silence(63.0, ("PJSIP/1001",)),)


def test_phones_that_are_never_asked_come_first() -> None:
    found = silences([aor("1001", 10), aor("1002", 0), aor("1003", 60), aor("1004", 10)], [])
    assert [(one.within_s, one.phones) for one in found] == [
        (None, ("PJSIP/1002",)),
        (63.0, ("PJSIP/1003",)),
        (13.0, ("PJSIP/1001", "PJSIP/1004")),
    ]


def test_only_phones_of_people_count_where_people_are_known() -> None:
    found = silences([aor("1001", 10), aor("trunk", 0)], [member("1001")])
    assert [one.phones for one in found] == [("PJSIP/1001",)]
