"""Finding plug-ins: ours and a stranger's come in by the same door, and load when first used."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from everycall.errors import BadSettingsError, Mistake, NotFoundError, did_you_mean

KINDS = {
    "crm": "everycall.crm",
    "definition": "everycall.definitions",
    "metric": "everycall.metrics",
    "source": "everycall.sources",
}


def _entries(kind: str) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=KINDS[kind])}


def names(kind: str) -> tuple[str, ...]:
    """Return the names of all plug-ins of one kind, sorted."""
    return tuple(sorted(_entries(kind)))


def load(kind: str, name: str) -> Any:
    """Import and return one plug-in."""
    entries = _entries(kind)
    if name not in entries:
        hint = did_you_mean(name, entries) or f" (there are: {', '.join(sorted(entries))})"
        raise NotFoundError(f"there is no {kind} called '{name}'{hint}")
    return _loaded(kind, entries[name])


def load_all(kind: str) -> Iterator[tuple[str, Any]]:
    """Import every plug-in of one kind, in the order of their names."""
    for name, entry in sorted(_entries(kind).items()):
        yield name, _loaded(kind, entry)


def _loaded(kind: str, entry: EntryPoint) -> Any:
    """Import one plug-in; a stranger's fault is told with its name.

    Raises:
        BadSettingsError: it cannot be loaded.
    """
    try:
        return entry.load()
    except Exception as error:
        where = f"plug-in {kind} '{entry.name}' ({entry.value})"
        raise BadSettingsError([Mistake(where, f"cannot be loaded: {error}")]) from error
