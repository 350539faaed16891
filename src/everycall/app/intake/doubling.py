"""Seeing that a file is not what another phone system of the site has said already.

Ids of two phone systems may be alike, but not the same id with the same caller at the same moment, call
after call: then it is one phone system's log, taken in under another's name.
"""

from collections.abc import Iterable, Sequence

from everycall.app.history.pooling import literal
from everycall.app.history.staging import Staged
from everycall.app.intake.systems import System
from everycall.errors import NotThatKindError
from everycall.events.origins import APART, MARK
from everycall.history import Engine, History
from everycall.history.store import Manifest

_MARK = f"^({MARK.pattern}){APART}"
_SAID = f"""
SELECT DISTINCT REGEXP_REPLACE(call_id, '{_MARK}', '') AS id, caller_raw, "at", kind,
  REGEXP_EXTRACT(call_id, '{_MARK}', 1) AS mark
FROM read_parquet([:files])
WHERE NOT call_id IS NULL AND NOT caller_raw IS NULL
"""
_OTHERWISE = """
SELECT ANY_VALUE(queue) FROM read_parquet([{files}])
WHERE STARTS_WITH(call_id, ?) AND NOT queue IS NULL AND STARTS_WITH(queue, ?) <> ?
"""
_ALIKE = """
SELECT t.mark, COUNT(*) * 2 > (SELECT COUNT(*) FROM mine) AS mostly
FROM mine AS m
INNER JOIN theirs AS t
  ON t.id = m.id AND t.caller_raw = m.caller_raw AND t."at" = m."at" AND t.kind = m.kind
GROUP BY t.mark
"""


def refuse_doubles(
    engine: Engine,
    history: History,
    manifest: Manifest,
    staged: Iterable[Staged],
    systems: Sequence[System],
) -> None:
    """Refuse a file most of whose calls are there as those of another phone system.

    Raises:
        NotThatKindError: nothing was taken in; the sentence says whose the file seems to be.
    """
    for one in staged:
        marks = _said_by(engine, history, manifest, one) if one.source.alike else set()
        if marks and one.origin.mark not in marks:
            raise NotThatKindError(_sentence(one, min(marks), systems))


def refuse_other_queues(
    engine: Engine, history: History, manifest: Manifest, staged: Iterable[Staged]
) -> None:
    """Refuse files whose queues would have other names than those that are there of the phone system.

    Raises:
        NotThatKindError: nothing was taken in; the sentence says what can be done.
    """
    files = ", ".join(literal(history.folder / file.path) for file in manifest.events)
    for origin in {one.origin for one in staged if one.origin.mark} if files else ():
        before = f"{origin.mark}{APART}"
        values = [before, before, origin.own_queues]
        known = engine.value(_OTHERWISE.format(files=files), values)
        if known is not None:
            now = origin.queue(origin.plain(known))
            raise NotThatKindError(
                f"a queue of {origin.mark} is there as '{known}', and would now be '{now}': set its "
                "own_queues back as it was, or begin anew with all logs: everycall import --anew"
            )


def _said_by(engine: Engine, history: History, manifest: Manifest, one: Staged) -> set[str]:
    """Return the marks under which most of the calls of a file are known."""
    if one.part is None:
        return set()
    known = [
        history.folder / file.path
        for file in manifest.events
        if file.source == one.source.name and file.overlaps(one.part.first_at, one.part.last_at)
    ]
    if not known:
        return set()
    for name, files in (("mine", [file.path for file in one.files]), ("theirs", known)):
        engine.view(name, _SAID.replace(":files", ", ".join(map(literal, files))))
    return {mark for mark, mostly in engine.rows(_ALIKE) if mostly}


def _sentence(one: Staged, mark: str, systems: Sequence[System]) -> str:
    named = {system.origin.mark: system.name for system in systems}
    whose = f"as those of {named[mark]}" if mark in named else "without a mark"
    return (
        f"'{one.path}' tells of calls that are there already {whose}; they would be counted twice"
    )
