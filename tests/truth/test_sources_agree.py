"""The same calls from different logs: each queue that a caller was in, why they left it, for how long."""

from pathlib import Path
from typing import Any

import pytest

from truth import scenarios
from truth.histories import site_of, told
from truth.scenarios import AMI, CDR, CEL, QUEUE_LOG

TOGETHER = tuple(
    folder
    for folder in scenarios.ALL
    if scenarios.short(folder) not in {"s36", "s69", "s79", "s80"}
)
SITE = site_of(zone="UTC")
RETURNED = {"s26"}
"""A call that is returned through a queue goes by another id where its channels are seen."""

FINER = {
    ("s67", CEL): "the phone died, which queue_log takes for a caller who hung up",
    ("s67", AMI): "as above",
    ("s67", "all"): "as above",
}
"""Where the other log knows better why a caller left."""


def stays(names: tuple[str, ...], folder: Path) -> dict[str, Any]:
    paths = scenarios.files(TOGETHER, names)
    return {call["call_id"]: call["visits"] for call in told(folder, paths, SITE).calls}


def alike(one: Any, other: Any) -> bool:
    """Tell whether two logs say the same of a stay; a channel's log may not know why it ended."""
    exits = {one["exit"], other["exit"], None} if other["exit"] is None else {one["exit"]}
    return (
        one["queue"] == other["queue"]
        and other["exit"] in exits
        and abs(one["wait_ms"] - other["wait_ms"]) <= 1100
    )


@pytest.mark.parametrize(
    ("name", "names"),
    [(CEL, (CEL,)), (AMI, (AMI,)), ("all", (QUEUE_LOG, CDR, CEL, AMI))],
    ids=["cel", "ami", "all"],
)
def test_every_stay_in_a_queue_is_told_as_queue_log_tells_it(
    name: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    expected = stays((QUEUE_LOG,), tmp_path / "queue_log")
    found = stays(names, tmp_path / "other")
    differing = set()
    for call, visits in expected.items():
        story = scenarios.short(scenarios.owners()[call])
        if story in RETURNED:
            continue
        same = len(visits) == len(found[call]) and all(map(alike, visits, found[call]))
        if not same:
            differing.add((story, name))
    assert differing == {case for case in FINER if case[1] == name}
