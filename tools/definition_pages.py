"""The pages of definitions: one for each, made from its pack, and one that says how they work."""

from collections.abc import Iterator

from everycall.definitions import Category, Definition, definition_ids, load
from everycall.definitions.categories import EVERYWHERE
from everycall.definitions.language import show
from everycall.definitions.phrases import PHRASES
from everycall.definitions.reference import reference_calls
from everycall.definitions.words import words

GUIDE = """# Definitions

What *missed*, *lost* or *abandoned* mean differs from text to text and from product to product. Here
no meaning is built in: each is a definition, a file of rules over what became of a call and over its
[facts](calls.md). A team chooses one, and any call can be read under all of them.

    everycall definitions list
    everycall definitions show nhs_30s
    everycall definitions compare xon nhs_30s --from 2026-10-01 --to 2026-10-31 --list
    everycall definitions verdicts --definition xon

`compare` counts the same calls under two definitions and prints the way from one number to the
other; each step can list its calls. `everycall explain CALL` shows what every definition calls one
call, and why.

## How a call is judged

Definitions speak of calls that came in from outside; a call that went out or stayed inside is *not
counted*, and one that is not over is *pending*. Then the rules are tried in their order, and **the
first that is true wins**. A fact that no source saw is neither yes nor no:

- a rule that cannot be judged for want of a fact does not match, and the fact is listed as missing;
- if that rule would have given another word than the one that matched, the call **cannot be told**:
  what nobody saw is never taken for no;
- if no rule is true and none was open, what the definition says of all other calls holds.

A verdict carries its word, the kind within it (the outcome of the call unless the rule names one),
the rule, the missing facts, and how sure it is: `high`; `medium` (a fact was missing that could not
change the word, or the outcome itself was not certain); `low`; or `edge`: it stands on a limit that
falls inside what the source measures. A log of whole seconds that says 30 s may mean 29.1 s or
30.9 s: the number is taken as it stands, and the call is marked.

## A definition of your own

    everycall definitions copy xon ours.toml
    everycall definitions check ours.toml

and in `site.toml`, beside which the file lies:

    definition = "ours.toml"

A switch alone can be set without a copy:

    definition = "nhs_30s"

    [definition_switches]
    inclusive = false

Every number says which definition made it: its id, its version and 12 characters that change
whenever a verdict could change. Everycall keeps the versions that it used. If the words of a closed
period change, the audit says how many of its calls differ from the version used before. Who only
looks, in the words of another definition, changes nothing.

## The file

`title`, `version`, `doc`, `source` and `headline` (the words that make its number), then:

- `[categories]`: what its words mean; `[part_of]`: words that are a kind of another;
- `[[rules]]`: `name`, `when`, `category`, an own `reason` if it has one, `why` and `source`;
- `[otherwise]`: what holds when no rule is true;
- `[limits.NAME]`: durations or numbers; a value may hold from a day on:
  `values = [{ value = "30 s" }, { value = "20 s", since = 2026-04-01 }]`;
- `[switches.NAME]`: what the source leaves open, with its `default`;
- `[reference]`: what the [reference calls](#the-reference-calls) are;
- `[[examples]]`: calls told in words, which `everycall definitions test` tries.

A condition knows `and`, `or`, `not`, parentheses, `=`, `!=`, `<`, `<=`, `>`, `>=`, `in (a, b)`,
`always`, numbers, texts in quotes and durations such as `30 s`, `1500 ms`, `2 min` or `1 h 30 min`.
It speaks of facts, limits and switches, and of nothing else: a definition can run no code and reach
no file. All mistakes of a file are named at once, with their place.

## Examples in words

    [[examples]]
    story = "the caller waited 40 s in a queue and hung up"
    category = "missed"

A story is made of the phrases below, joined by commas and `and`. What it does not mention did not
happen; `nobody saw the fact NAME` takes a fact away.
"""


def definition_pages() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each page."""
    definitions = [load(name) for name in definition_ids()]
    yield "definitions.md", "\n".join([GUIDE, *_guide_tables(definitions)])
    for definition in definitions:
        yield f"definitions/{definition.id}.md", "\n".join(_page(definition)) + "\n"


def _guide_tables(definitions: list[Definition]) -> Iterator[str]:
    yield _table(("phrase",), [(f"`{phrase.text}`",) for phrase in PHRASES])
    yield "## The definitions\n"
    rows = [
        (f"[`{d.id}`](definitions/{d.id}.md)", d.title, ", ".join(d.headline)) for d in definitions
    ]
    yield _table(("id", "what it is", "its number counts"), rows)
    yield "## The words\n"
    rows = [(f"`{c}`", c.doc, "everywhere" if c in EVERYWHERE else "") for c in Category]
    yield _table(("word", "what it means unless a definition says it more exactly", ""), rows)
    yield "## The facts that rules may speak of\n"
    rows = [(f"`{w.name}`", w.kind, w.doc) for w in words().values()]
    yield _table(("fact", "is", "what it says"), rows)
    yield "## The reference calls\n"
    yield "Calls on which definitions differ, and what each makes of them.\n"
    for group in (definitions[:8], definitions[8:]):
        heads = ("call", *(f"`{d.id}`" for d in group))
        yield _table(heads, [_reference(story, group) for story in reference_calls().items()])


def _reference(story: tuple[str, str], group: list[Definition]) -> tuple[str, ...]:
    name, told = story
    said = (str(d.pack.reference[name]).replace("_", " ") for d in group)
    return (told, *said)


def _page(definition: Definition) -> Iterator[str]:
    pack = definition.pack
    yield f"# {definition.title}\n"
    yield f"{pack.doc}\n"
    yield f"`{definition.name}`, from: {pack.source}. Its number counts: " + (
        ", ".join(pack.headline) + ".\n"
    )
    rows = [(f"`{word}`", doc, pack.part_of.get(word, "")) for word, doc in pack.categories.items()]
    yield _table(("word", "what it means here", "a kind of"), rows)
    yield "## Rules\n"
    yield "The first that is true wins; see [how a call is judged](../definitions.md).\n"
    rows = [
        (
            f"`{rule.name}`",
            f"`{rule.category}`" + (f" ({rule.reason})" if rule.reason else ""),
            f"{rule.why}<br>`{show(rule.when)}`",
            rule.source,
        )
        for rule in definition.rules
    ]
    last = pack.otherwise
    rows.append(("otherwise", f"`{last.category}`", last.why, last.source))
    yield _table(("rule", "word", "because", "says who"), rows)
    yield from _open(definition)
    yield "## Examples\n"
    yield _table(("call", "word", "with"), list(_examples(definition)))


def _open(definition: Definition) -> Iterator[str]:
    pack = definition.pack
    if pack.limits:
        yield "## Limits\n"
        rows = [
            (f"`{name}`", v.value + (f" from {v.since}" if v.since else ""), limit.doc, v.source)
            for name, limit in pack.limits.items()
            for v in limit.values
        ]
        yield _table(("limit", "is", "what it limits", "says who"), rows)
    if pack.switches:
        yield "## Switches\n"
        rows = [
            (
                f"`{name}`",
                ", ".join(switch.values) or "true, false",
                str(switch.default).lower(),
                switch.doc,
                switch.source,
            )
            for name, switch in pack.switches.items()
        ]
        yield _table(("switch", "settings", "stands at", "what it decides", "why it is open"), rows)


def _examples(definition: Definition) -> Iterator[tuple[str, ...]]:
    for example in definition.pack.examples:
        reason = f" ({example.reason})" if example.reason else ""
        settings = (f"{n} = {str(v).lower()}" for n, v in example.switches.items())
        yield example.story, f"`{example.category}`{reason}", ", ".join(settings)
    for name, category in definition.pack.reference.items():
        yield reference_calls()[name], f"`{category}`", ""


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
