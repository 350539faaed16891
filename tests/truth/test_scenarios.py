"""The recorded scenarios: what is told of each call is what the phones saw, or is a known limit."""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from truth import known_limits as known
from truth.comparing import Deviation, compare, report
from truth.histories import Told, site_of, told
from truth.known_limits import held_against
from truth.scenarios import ALL, AMI, CDR, CEL, FOLDER, QUEUE_LOG, files, owners, seen, short

SITE = site_of(zone="UTC", markers={"information": ["prompt:info*"]})
SOURCES = {
    known.QUEUE_LOG: (QUEUE_LOG,),
    known.CDR: (CDR,),
    known.CEL: (CEL,),
    known.AMI: (AMI,),
    known.ALL: (QUEUE_LOG, CDR, CEL, AMI),
    known.QUEUE_LOG_CEL: (QUEUE_LOG, CEL),
    known.QUEUE_LOG_AMI: (QUEUE_LOG, AMI),
    known.QUEUE_LOG_CDR: (QUEUE_LOG, CDR),
    known.CEL_CDR: (CEL, CDR),
}
RESTARTS = ("s36", "s69", "s79", "s80")
"""A restart ends the calls of its own phone system, so these are never read as one with others."""

TOGETHER = tuple(folder for folder in ALL if short(folder) not in RESTARTS)
ALONE = tuple(folder for folder in ALL if short(folder) in RESTARTS)


def nearness(source: str) -> float:
    """Return by how many seconds a moment may be told otherwise than the phones saw it."""
    return 0.1 if source in known.WITH_CHANNELS else 1.1


def deviations(source: str, folders: tuple[Path, ...], calls: list[Any]) -> list[Deviation]:
    of = {folder: [c for c in calls if owners()[c["call_id"]] == folder] for folder in folders}
    found = (compare(seen(folder), of[folder], nearness(source)) for folder in folders)
    blind = known.BLIND.get(source, set())
    return [d for d in chain.from_iterable(found) if not (d.is_untold and d.fact in blind)]


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_told_of_every_recorded_call_is_what_the_phones_saw(
    source: str, tmp_path: Path
) -> None:
    calls = list(told(tmp_path / "together", files(TOGETHER, SOURCES[source]), SITE).calls)
    for folder in ALONE:
        if alone := files((folder,), SOURCES[source]):
            calls += told(tmp_path / folder.name, alone, SITE).calls
    found = deviations(source, ALL, calls)
    beyond, needless = held_against(source, found, {short(folder) for folder in ALL})
    assert not beyond, report(beyond)
    assert not needless


@pytest.mark.parametrize("source", [known.QUEUE_LOG_CEL, known.AMI, known.ALL])
@pytest.mark.parametrize("story", ["s16", "s19", "s26", "s27", "s31", "s87"])
def test_a_recording_is_told_as_well_alone_as_among_others(
    story: str, source: str, tmp_path: Path
) -> None:
    (folder,) = (folder for folder in ALL if short(folder) == story)
    calls = told(tmp_path, files((folder,), SOURCES[source]), SITE).calls
    beyond, needless = held_against(source, deviations(source, (folder,), calls), {story})
    assert not beyond, report(beyond)
    assert not needless


def test_every_limit_is_of_a_recorded_call_and_stands_once() -> None:
    names = {one.name for folder in ALL for one in seen(folder)}
    every = set().union(*(limit.cases() for limit in known.LIMITS))
    assert {call for _, call, _ in every} <= names
    assert len(every) == sum(len(limit.cases()) for limit in known.LIMITS)


def test_a_folder_with_everything_in_it_is_told_like_its_files(tmp_path: Path) -> None:
    folder = FOLDER / "s01_caller_hangs_up"
    by_name = told(tmp_path / "files", files((folder,), SOURCES[known.ALL]), SITE)
    whole: Told = told(tmp_path / "folder", [folder], SITE)
    assert whole.calls == by_name.calls
    assert [left.path.name for left in whole.summaries[0].left_out] == ["truth.json"]
