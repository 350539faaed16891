"""Recordings of a real Asterisk by others: what is told of each call is what their phones saw.

The same limits hold as of the project's own recordings, by the same names.
"""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from truth import gold
from truth import known_limits as known
from truth.comparing import Deviation, compare, report
from truth.histories import site_of, told
from truth.known_limits import held_against

pytestmark = pytest.mark.skipif(
    not gold.ALL, reason=f"needs the recordings in {gold.FOLDER} (EVERYCALL_SHARED)"
)

SITE = site_of(zone="UTC")
SOURCES = {
    known.QUEUE_LOG: (gold.QUEUE_LOG,),
    known.CDR: (gold.CDR,),
    known.CEL: (gold.CEL,),
    known.AMI: (gold.AMI,),
    known.ALL: (gold.QUEUE_LOG, gold.CDR, gold.CEL, gold.AMI),
}
CRASHED = tuple(folder for folder in gold.ALL if gold.short(folder) == "s36")
"""A restart ends every call that is open, so it is never read as one with others."""

TOGETHER = tuple(folder for folder in gold.ALL if folder not in CRASHED)


def nearness(source: str) -> float:
    return 0.1 if source in known.WITH_CHANNELS else 1.1


def deviations(source: str, folders: tuple[Path, ...], calls: list[Any]) -> list[Deviation]:
    """Return what is told otherwise; the calls of others of the same story would show, too."""
    of = {folder: [c for c in calls if gold.owners()[c["call_id"]] == folder] for folder in folders}
    found = (compare(gold.seen(folder), of[folder], nearness(source)) for folder in folders)
    blind = known.BLIND.get(source, set())
    return [d for d in chain.from_iterable(found) if not (d.is_untold and d.fact in blind)]


@pytest.mark.parametrize("source", SOURCES)
def test_what_one_source_tells_of_every_call_is_what_the_phones_saw(
    source: str, tmp_path: Path
) -> None:
    calls = told(tmp_path / "together", gold.files(TOGETHER, SOURCES[source]), SITE).calls
    if alone := gold.files(CRASHED, SOURCES[source]):
        calls = [*calls, *told(tmp_path / "crashed", alone, SITE).calls]
    found = deviations(source, gold.ALL, calls)
    beyond, needless = held_against(source, found, {gold.short(folder) for folder in gold.ALL})
    assert not beyond, report(beyond)
    assert not needless


@pytest.mark.parametrize("folder", gold.ALL, ids=gold.short)
def test_a_recording_alone_is_told_as_its_phones_saw_it(folder: Path, tmp_path: Path) -> None:
    paths = gold.files((folder,), SOURCES[known.ALL])
    calls = told(tmp_path, paths, SITE).calls if paths else []
    found = deviations(known.ALL, (folder,), calls)
    beyond, needless = held_against(known.ALL, found, {gold.short(folder)})
    assert not beyond, report(beyond)
    assert not needless


def test_a_folder_is_taken_whole_and_what_is_no_log_is_left_out_by_name(tmp_path: Path) -> None:
    (folder,) = (one for one in gold.ALL if gold.short(one) == "s06")
    whole = told(tmp_path / "whole", [folder], SITE)
    by_name = told(tmp_path / "files", gold.files((folder,), SOURCES[known.ALL]), SITE)
    assert whole.calls == by_name.calls
    assert {left.path.name for left in whole.summaries[0].left_out} == {
        "truth.json",
        "cdr_custom.csv",
    }


def test_queue_log_alone_takes_a_returned_call_for_an_answered_one_and_says_so(
    tmp_path: Path,
) -> None:
    (folder,) = (one for one in gold.ALL if gold.short(one) == "s26")
    alone = told(tmp_path / "alone", [folder / gold.QUEUE_LOG], SITE).only
    assert (alone["direction"], alone["outcome"], alone["confidence"]) == (
        "inbound",
        "answered",
        "low",
    )
    assert "direction" in alone["missing"]
    named = site_of(zone="UTC", markers={"callback": ["verb:CALLBACKSTART"]})
    marked = told(tmp_path / "marked", [folder / gold.QUEUE_LOG], named).only
    assert (marked["direction"], marked["outcome"]) == ("callback", "reached")


@pytest.mark.parametrize("other", [gold.CDR, gold.CEL, gold.AMI])
def test_any_other_source_takes_a_returned_call_out_of_those_that_arrived(
    other: str, tmp_path: Path
) -> None:
    (folder,) = (one for one in gold.ALL if gold.short(one) == "s26")
    call = told(tmp_path, [folder / gold.QUEUE_LOG, folder / other], SITE).only
    assert (call["direction"], call["outcome"]) == ("callback", "reached")
