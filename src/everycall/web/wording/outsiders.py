"""What other programs are told of people: who may see some brands only sees no name of ours."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from everycall.records.people import Person
from everycall.web.reading import site_reader
from everycall.web.wording.said import NOBODY, in_words

SOMEBODY = "a colleague"

_NAMES = ("agent", "answered_agent")
"""What holds the name of somebody, or of their phone."""

_MAY_NAME = ("who", "details", "text", "party", "leg", "reason")
"""What may name somebody among other words."""


def named(who: str, clients: Collection[str]) -> str:
    """Write who did something; for those who see some brands only, that it was one of us."""
    return SOMEBODY if clients and who and who not in NOBODY else who


def reason(why: str, clients: Collection[str]) -> str:
    """Write a reason that is on record in English, without names for those who see some brands only."""
    return in_words(why, lambda who: named(who, clients)) if clients else why


def nameless(told: Any, clients: Collection[str]) -> Any:
    """Return calls as they are told; to those who see some brands only, without any name of ours."""
    if not clients:
        return told
    names = {*_named(told), *_ours()} - {"", SOMEBODY}
    longest_first = sorted(names, key=len, reverse=True)
    # whole words: nobody called Al is found in Altona
    among = "|".join(map(re.escape, longest_first)) or r"(?!)"
    return _without(told, re.compile(rf"(?<!\w)(?:{among})(?!\w)"))


def _ours() -> Iterator[str]:
    yield from Person.objects.values_list("name", flat=True)
    for phone, name in site_reader().settings().agents.items():
        yield from (phone, name)


def _named(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            if key in _NAMES and isinstance(value, str):
                yield value
            else:
                yield from _named(value)
    elif isinstance(told, list | tuple):
        for item in told:
            yield from _named(item)


def _without(told: Any, names: re.Pattern[str]) -> Any:
    if isinstance(told, dict):
        return {key: _part(key, value, names) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_without(item, names) for item in told]
    return told


def _part(key: str, value: Any, names: re.Pattern[str]) -> Any:
    if not isinstance(value, str):
        return _without(value, names)
    if key in _NAMES:
        return SOMEBODY if value else value
    return names.sub(SOMEBODY, value) if key in _MAY_NAME else value
