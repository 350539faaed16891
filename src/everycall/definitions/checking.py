"""Finding every mistake in a definition at once, also in a file that is half wrong."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from everycall.definitions.categories import EVERYWHERE, Category
from everycall.definitions.conditions import faults, used
from everycall.definitions.language import KEYWORDS, Node
from everycall.definitions.parsing import parse
from everycall.definitions.phrases import tell
from everycall.definitions.reference import reference_calls
from everycall.definitions.scope import Scope, limit_kind
from everycall.definitions.tokens import WrongTextError
from everycall.definitions.words import Kind, words
from everycall.errors import Mistake, did_you_mean

MOST_RULES = 50
_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_Found = Iterator[tuple[str, str]]


def mistakes(table: Mapping[str, Any], file: str) -> list[Mistake]:
    """Return what is wrong with the meaning of a definition, as its TOML table says it."""
    found = [*_limits(table), *_switches(table), *_rules(table), *_words(table), *_examples(table)]
    return [Mistake(f"{file}: {place}", sentence) for place, sentence in found]


def scope_in(table: Mapping[str, Any]) -> Scope:
    """Return the words that the rules may use; what is wrong in their declaration is left out."""
    limits = {}
    for name, limit in _tables(table, "limits"):
        values = [v for v in _items(limit, "values") if isinstance(v.get("value"), str)]
        limits[name] = _kind(str(values[0]["value"])) if values else Kind.DURATION
    switches = {
        name: tuple(v for v in _list(switch, "values") if isinstance(v, str))
        for name, switch in _tables(table, "switches")
    }
    return Scope(limits, switches)


def _kind(text: str) -> Kind:
    try:
        return limit_kind(text)
    except ValueError:
        return Kind.DURATION


def _limits(table: Mapping[str, Any]) -> _Found:
    for name, limit in _tables(table, "limits"):
        place = f"limits.{name}"
        yield from _name(name, place)
        kinds = set()
        for i, value in enumerate(_items(limit, "values"), 1):
            if not isinstance(value.get("value"), str):
                continue
            try:
                kinds.add(limit_kind(value["value"]))
            except ValueError as error:
                yield f"{place}.values[{i}].value", str(error)
        if len(kinds) > 1:
            yield place, "its values are durations and plain numbers; use one kind"
        yield from _order(limit, place)


def _order(limit: Mapping[str, Any], place: str) -> _Found:
    days = [value.get("since") for value in _items(limit, "values")]
    later = [str(day) for day in days[1:]]
    if not days:
        yield place, "it has no value"
    elif None in days[1:]:
        yield (
            place,
            "every value but the first needs the day from which it holds: since = 2026-01-01",
        )
    elif sorted(later) != later or (days[0] is not None and later and str(days[0]) > later[0]):
        yield place, "its values are not in the order of their days"


def _switches(table: Mapping[str, Any]) -> _Found:
    for name, switch in _tables(table, "switches"):
        place = f"switches.{name}"
        yield from _name(name, place)
        if "default" in switch:
            yield from fits(switch, switch["default"], f"{place}.default")


def fits(switch: Mapping[str, Any], value: object, place: str) -> _Found:
    """Yield what is wrong with the setting of a switch."""
    values = [str(v) for v in _list(switch, "values")]
    if not values and not isinstance(value, bool):
        yield place, f"expected true or false, found {value!r}"
    elif values and value not in values:
        hint = did_you_mean(str(value), values) or f" (known: {', '.join(values)})"
        yield place, f"unknown word {value!r}{hint}"


def _name(name: str, place: str) -> _Found:
    if not _WORD.fullmatch(name):
        yield place, f"'{name}' is no name: use small letters, digits and _, at most 40"
    elif name in KEYWORDS or name in words():
        yield place, f"'{name}' is the name of something else; choose another"


def _rules(table: Mapping[str, Any]) -> _Found:
    rules = _items(table, "rules")
    if len(rules) > MOST_RULES:
        yield "rules", f"a definition may have {MOST_RULES} rules, this has {len(rules)}"
    yield from _rule_names(rules)
    scope, spoken_of = scope_in(table), set()
    for i, rule in enumerate(rules, 1):
        if isinstance(rule.get("when"), str):
            wrong, node = _condition(rule["when"], scope)
            yield from ((f"rules[{i}].when", sentence) for sentence in wrong)
            spoken_of |= set(used(node, scope)) if node else set()
    for kind in ("limits", "switches"):
        unused = (name for name, _ in _tables(table, kind) if rules and name not in spoken_of)
        yield from ((f"{kind}.{name}", "no rule uses it") for name in unused)


def _rule_names(rules: list[dict[str, Any]]) -> _Found:
    seen = set()
    for i, rule in enumerate(rules, 1):
        name = rule.get("name")
        if not isinstance(name, str):
            continue
        if name in seen:
            yield f"rules[{i}].name", f"two rules are called '{name}'"
        elif not _WORD.fullmatch(name):
            yield f"rules[{i}].name", f"'{name}' is no name: use small letters, digits and _"
        seen.add(name)


def _condition(text: str, scope: Scope) -> tuple[list[str], Node | None]:
    try:
        node = parse(text)
    except WrongTextError as error:
        return [f"{error.sentence} (at character {error.at + 1})"], None
    wrong = faults(node, scope)
    return [f"{w.sentence} (at character {w.at + 1})".replace("? (", " (") for w in wrong], node


def _words(table: Mapping[str, Any]) -> _Found:
    explained = [name for name, _ in _tables(table, "categories", of=str)]
    for i, rule in enumerate(_items(table, "rules"), 1):
        category = rule.get("category")
        if category in set(Category) - EVERYWHERE and category not in explained:
            hint = did_you_mean(category, explained)
            sentence = f"say under [categories] what '{category}' means here{hint}"
            yield f"rules[{i}].category", sentence
    for i, category in enumerate(_list(table, "headline"), 1):
        if category in set(Category) and category not in explained:
            yield f"headline[{i}]", f"no rule gives '{category}'{did_you_mean(category, explained)}"


def _examples(table: Mapping[str, Any]) -> _Found:
    declared = dict(_tables(table, "switches"))
    for name, _ in _tables(table, "reference", of=str):
        if name not in reference_calls():
            hint = did_you_mean(name, reference_calls())
            yield f"reference.{name}", f"there is no reference call '{name}'{hint}"
    for i, example in enumerate(_items(table, "examples"), 1):
        if isinstance(example.get("story"), str):
            yield from _story(example["story"], f"examples[{i}].story")
        settings = example.get("switches")
        for name, value in settings.items() if isinstance(settings, Mapping) else ():
            place = f"examples[{i}].switches.{name}"
            if name in declared:
                yield from fits(declared[name], value, place)
            else:
                yield place, f"there is no switch '{name}'{did_you_mean(name, declared)}"


def _story(story: str, place: str) -> _Found:
    try:
        tell(story)
    except ValueError as error:
        yield place, str(error)


def _tables(table: Mapping[str, Any], key: str, of: type = dict) -> list[tuple[str, Any]]:
    found = table.get(key)
    return (
        [(k, v) for k, v in found.items() if isinstance(v, of)] if isinstance(found, dict) else []
    )


def _items(table: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return [item for item in _list(table, key) if isinstance(item, dict)]


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    found = table.get(key)
    return found if isinstance(found, list) else []
