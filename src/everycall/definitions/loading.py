"""Reading definitions: the packs that come with everycall or a plug-in, and a team's own file."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from everycall import registry
from everycall.definitions.checking import fits, mistakes
from everycall.definitions.model import Definition, PackText, Rule, RuleText
from everycall.definitions.parsing import parse
from everycall.errors import BadSettingsError, Mistake, NotFoundError, did_you_mean
from everycall.settings import read_table

LONGEST_FILE = 200_000
"""A definition's file may have so many characters."""

_PACKS = files("everycall.definitions") / "packs"


@cache
def definition_ids() -> tuple[str, ...]:
    """Return the ids of the definitions that are installed, sorted: everycall's and plug-ins'."""
    return tuple(sorted({*_built_in(), *registry.names("definition")}))


@cache
def _built_in() -> frozenset[str]:
    names = (Path(pack.name) for pack in _PACKS.iterdir())
    return frozenset(name.stem for name in names if name.suffix == ".toml")


def load(name: str | Path, switches: Mapping[str, object] | None = None) -> Definition:
    """Return a definition: one that is installed by its id, or a team's own by its file's path.

    Raises:
        NotFoundError: there is no such definition.
        BadSettingsError: with every mistake in it.
    """
    text, file = _text_of(name)
    return read(text, file, switches)


def _text_of(name: str | Path) -> tuple[str, str]:
    if isinstance(name, str) and name in _built_in():
        return (_PACKS / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml"
    if isinstance(name, str) and name in definition_ids():
        return _plugin(name), f"{name}.toml"
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        ids = definition_ids()
        hint = did_you_mean(str(name), ids) or f" (there are: {', '.join(ids)})"
        raise NotFoundError(f"there is no definition '{name}'{hint}")
    return _own(path), path.name


def _plugin(name: str) -> str:
    """Return the text of a plug-in's definition: it gives the text itself, or the path of its file."""
    given = registry.load("definition", name)
    if isinstance(given, str):
        return given
    if isinstance(given, Path):
        return _own(given)
    sentence = "is no text of a definition, and no path of one"
    raise BadSettingsError([Mistake(f"plug-in definition '{name}'", sentence)])


def _own(path: Path) -> str:
    if path.stat().st_size > LONGEST_FILE:
        raise BadSettingsError([Mistake(path.name, f"larger than {LONGEST_FILE:,} characters")])
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadSettingsError([Mistake(path.name, "this is no text in UTF-8")]) from None


def read(text: str, file: str, switches: Mapping[str, object] | None = None) -> Definition:
    """Read a definition from its text; `file` is how mistakes name it.

    Raises:
        BadSettingsError: with every mistake in it.
    """
    table = _table(text, file)
    pack, wrong = _pack(table, file)
    wrong += mistakes(table, file)
    wrong += _wrong_settings(table, switches or {}, file)
    if wrong or pack is None:
        raise BadSettingsError(wrong)
    found = Definition(Path(file).stem, pack, tuple(map(_rule, pack.rules)), {}, text)
    defaults = {name: switch.default for name, switch in pack.switches.items()}
    return found.switched(defaults | dict(switches or {}))


def _table(text: str, file: str) -> dict[str, Any]:
    if len(text) > LONGEST_FILE:
        raise BadSettingsError([Mistake(file, f"larger than {LONGEST_FILE:,} characters")])
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadSettingsError([Mistake(file, f"this is no valid TOML: {error}")]) from None


def _pack(table: dict[str, Any], file: str) -> tuple[PackText | None, list[Mistake]]:
    try:
        return read_table(PackText, table, f"{file}:"), []
    except BadSettingsError as error:
        return None, [Mistake(m.place.rstrip(":"), m.sentence) for m in error.mistakes]


def _wrong_settings(
    table: dict[str, Any], settings: Mapping[str, object], file: str
) -> Iterator[Mistake]:
    raw = table.get("switches")
    declared: dict[str, Any] = raw if isinstance(raw, dict) else {}
    for name, value in settings.items():
        if name not in declared:
            sentence = f"there is no switch '{name}'{did_you_mean(name, declared)}"
            yield Mistake(f"{file}: switches", sentence)
        elif isinstance(declared[name], dict):
            for place, sentence in fits(declared[name], value, f"switches.{name}"):
                yield Mistake(f"{file}: {place}", sentence)


def _rule(text: RuleText) -> Rule:
    return Rule(text.name, parse(text.when), text.category, text.why, text.source, text.reason)
