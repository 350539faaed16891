"""Tables that take long to find: found once, kept beside the history, and read from then on.

`found/` holds them for the present state of the history and the product, and no other. The name of
each is made of all else that it depends on, so it is read only while that is the same too.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from everycall.app.history.asking import Asking
from everycall.app.history.pooling import literal
from everycall.app.history.product import product
from everycall.history.store import Manifest

FOUND = "found"

LEAST = 50_000
"""Of fewer calls everything is found sooner than it is kept."""


def found_once(
    asking: Asking,
    names: Sequence[str],
    make: Callable[[], None],
    *about: object,
    in_memory: bool = False,
) -> None:
    """Read tables that were kept, or make them and keep them.

    `about` is what they depend on beside the history, its zone and the product. Those `in_memory`
    are asked so often that they are worth it, or may be made anew by another reading.
    """
    if not take(asking, names, *about, in_memory=in_memory):
        make()
        keep(asking, names, *about)


def take(asking: Asking, names: Sequence[str], *about: object, in_memory: bool = False) -> bool:
    """Read tables that were kept; nothing is done, and False returned, unless all of them were."""
    if not _may_be_kept(asking):
        return False
    paths = _paths(asking, names, about)
    if not all(path.is_file() for path in paths):
        return False
    give = asking.engine.table if in_memory else asking.engine.view
    try:
        for name, path in zip(names, paths, strict=True):
            give(name, f"SELECT * FROM read_parquet({literal(path)})")
    except (duckdb.IOException, duckdb.InvalidInputException):
        return False
    return True


def keep(asking: Asking, names: Sequence[str], *about: object) -> None:
    """Keep tables that were just made; a data directory that is read-only stays as it is."""
    if not _may_be_kept(asking) or asking.manifest != asking.history.manifest():
        return
    with suppress(OSError, duckdb.IOException):
        for name, path in zip(names, _paths(asking, names, about), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=path.parent) as home:
                draft = Path(home) / path.name
                asking.engine.save(f'SELECT * FROM "{name}"', draft)
                draft.replace(path)
        _forget_others(asking)


def is_worth_it(manifest: Manifest) -> bool:
    """Tell whether the calls of a history are so many that tables are kept."""
    return sum(segment.calls for segment in manifest.segments) >= LEAST


def _may_be_kept(asking: Asking) -> bool:
    """Tell whether all calls are seen, go by number, and are many."""
    return asking.by_number and not asking.scope and is_worth_it(asking.manifest)


def _home(asking: Asking) -> Path:
    return asking.history.folder / FOUND / _digest(product(), asking.manifest.to_json())


def _paths(asking: Asking, names: Sequence[str], about: Sequence[object]) -> list[Path]:
    told = _digest(str(asking.zone), *map(repr, about))
    return [_home(asking) / f"{name}-{told}.parquet" for name in names]


def _digest(*parts: str) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(f"{len(part)}:{part}".encode(errors="replace"))
    return found.hexdigest()[:16]


def _forget_others(asking: Asking) -> None:
    """Remove what was found of other states of the history, or by another product.

    The newest of them stays: somebody may still read it.
    """
    home = _home(asking)
    others = [folder for folder in home.parent.iterdir() if folder != home]
    for folder in sorted(others, key=lambda one: one.stat().st_mtime)[:-1]:
        shutil.rmtree(folder, ignore_errors=True)
