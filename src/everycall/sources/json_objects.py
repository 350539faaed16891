"""Reading files of JSON objects: one a line, or one list of them, or one alone."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from everycall.events import Skip, SkipReason
from everycall.sources.base import Record
from everycall.sources.lines import chunks

Object = dict[str, Any]

POSTED = Path("posted")
"""Stands for the file of records that somebody posts."""


@dataclass(frozen=True, slots=True)
class PostedReader:
    """Reads the records of a source as they are posted, one JSON object each."""

    record: Callable[[Path, int, Object], Record | Skip]

    def take(self, body: str, line: int, received_at: int) -> Iterator[Record | Skip]:  # noqa: ARG002 - the port has it
        """Yield what one record says; these have moments of their own."""
        found = _parsed(POSTED, line, body)
        checked = found if isinstance(found, Skip) else _checked(POSTED, line, found, body)
        yield checked if isinstance(checked, Skip) else self.record(POSTED, *checked)


def objects(path: Path) -> Iterator[tuple[int, Object] | Skip]:
    """Yield the objects of a file with their lines; what is no object is told."""
    whole = ""
    first = 1
    for chunk in chunks(path, "", keep_last=True):
        yield from chunk.skips
        text = chunk.data.decode("utf-8")
        if whole or (chunk.first_line == 1 and not _is_a_line(text)):
            # a list, or an object over several lines: it is read as one
            whole += text
            continue
        yield from _lines(path, text, chunk.first_line)
    if whole:
        yield from _whole(path, whole, first)


def _is_a_line(text: str) -> bool:
    line = next((line for line in text.split("\n") if line.strip()), "")
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return not line.lstrip().startswith(("[", "{"))


def _lines(path: Path, text: str, first: int) -> Iterator[tuple[int, Object] | Skip]:
    for number, line in enumerate(text.split("\n"), first):
        if line.strip():
            found = _parsed(path, number, line)
            yield found if isinstance(found, Skip) else _checked(path, number, found, line)


def _whole(path: Path, text: str, first: int) -> Iterator[tuple[int, Object] | Skip]:
    found = _parsed(path, first, text)
    if isinstance(found, Skip):
        yield found
        return
    for number, item in enumerate(found if isinstance(found, list) else [found], first):
        yield _checked(path, number, item, str(item))


def _parsed(path: Path, number: int, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return Skip(path.name, number, SkipReason.NOT_JSON, str(error), text[:500])


def _checked(path: Path, number: int, found: Any, text: str) -> tuple[int, Object] | Skip:

    if isinstance(found, dict):
        return number, found
    return Skip(path.name, number, SkipReason.NOT_JSON, "no object in { }", text[:500])
