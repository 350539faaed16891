"""Write the pages that come from declarations: events, facts, outcomes, sources, settings."""

import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from definition_pages import definition_pages
from everycall.app.answers.explaining import SAYS
from everycall.app.site.sitefile import SiteFile
from everycall.calls.causes import CAUSES
from everycall.calls.facts import ENDS, FACTS
from everycall.calls.model import Fact, Rule
from everycall.calls.outcomes import INBOUND_RULES, OUTBOUND_RULES
from everycall.calls.results import RESULTS
from everycall.events import COLUMNS, Kind
from everycall.events.markers import BUILT_IN, Markers
from everycall.events.sights import Sight
from everycall.money.inputs import Amount, MoneySettings
from everycall.registry import load_all
from everycall.settings import doc_of
from everycall.sources.base import Source
from metric_pages import metric_pages
from promise_pages import alerts_page, callbacks_page

DOCS = Path(__file__).parents[1] / "docs"
MADE = "<!-- made from the declarations by `make docs`; do not edit -->\n"


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def events_page() -> str:
    rows = [(f"`{kind}`", SAYS.get(kind, "")) for kind in Kind]
    columns = [(f"`{c.name}`", c.type, c.doc) for c in COLUMNS]
    return (
        f"{MADE}\n# Events\n\nWhat a phone system said at a moment: one flat table, append only. "
        "An event that ends a stretch of time (a ring, a stay in a queue, a talk, a hold) carries "
        "in `value` how long that stretch lasted, in milliseconds, where its source says so.\n\n"
        f"{table(('kind', 'what it says'), rows)}\n## Columns\n\n"
        f"{table(('column', 'type', 'what it says'), columns)}"
    )


def fact_rows(facts: tuple[Fact, ...]) -> list[tuple[str, ...]]:
    return [
        (
            f"`{fact.name}`",
            fact.type + (f", {fact.unit}" if fact.unit else ""),
            fact.doc,
            f"can see {fact.sight.doc}" if fact.sight else "",
        )
        for fact in facts
    ]


def calls_page() -> str:
    heads = ("fact", "type", "what it says", "null unless a source")
    return (
        f"{MADE}\n# Calls\n\nOne row per call, all its legs, transfers and queues together. Every "
        "fact may be null, and null means that no source of the call could see it, never *no*.\n\n"
        f"{table(heads, fact_rows(RESULTS))}\n## Facts behind the outcome\n\n"
        "The rules that give a call its outcome speak of these.\n\n"
        f"{table(heads, fact_rows((*ENDS, *FACTS)))}"
    )


def rule_rows(rules: tuple[Rule, ...]) -> list[tuple[str, ...]]:
    return [(f"`{r.outcome}`", r.doc, f"`{r.when}`") for r in rules]


def outcomes_page() -> str:
    heads = ("outcome", "when", "rule")
    causes = [(", ".join(map(str, c.codes)), c.doc, str(c.fault), str(c.attempt)) for c in CAUSES]
    return (
        f"{MADE}\n# Outcomes\n\nEach call that came in has exactly one outcome. The rules are tried "
        "in this order and the first that is true wins. A rule whose facts no source can see does "
        "not match; the unseen facts are listed as *missing* and lower the confidence:\n\n"
        "- **high**: every earlier rule could be judged;\n"
        "- **medium**: an earlier rule might have matched, had somebody seen its facts;\n"
        "- **low**: the direction was assumed, only an outside number answered, or nobody can say.\n"
        "\nThe sum over the outcomes equals the calls that arrived: every import checks it.\n\n"
        f"{table(heads, rule_rows(INBOUND_RULES))}\n## Calls that we made\n\n"
        f"They are never missed.\n\n{table(heads, rule_rows(OUTBOUND_RULES))}\n"
        "## What cause codes mean\n\nThe stage of the call and the leg decide, the cause refines: "
        "a fault ends a talk or a wait, and on an agent's leg it says how the ring ended.\n\n"
        f"{table(('Q.850 or FreeSWITCH', 'meaning', 'for the call', 'for a ring'), causes)}"
    )


def source_page(source: Source) -> str:
    sees = [(sight.doc,) for sight in Sight if sight in source.sees]
    blind = [(s.doc, source.blind.get(s, "")) for s in Sight if s not in source.sees]
    return (
        f"### {source.title}\n\n`{source.name}`: {source.doc}\n\n"
        f"{table(('it sees',), sees)}\n{table(('it cannot see', 'what would show it'), blind)}\n"
    )


def sources_page() -> str:
    pages = "\n".join(source_page(source) for _, source in load_all("source"))
    return (
        f"{MADE}\n# Sources\n\nWhat can be read, what each source can see, and what it cannot. What "
        "no source of a call can see is null in every table and a dash on every screen. Sources of "
        f"the same calls, read together, fill each other's gaps.\n\n{pages}"
    )


def setting_rows(kind: Any, place: str = "") -> Iterator[tuple[str, ...]]:
    hints = get_type_hints(kind)
    for one in fields(kind):
        name = f"{place}.{one.name}" if place else one.name
        yield f"`{name}`", doc_of(one)
        inner = [a for a in (hints[one.name], *get_args(hints[one.name])) if is_dataclass(a)]
        for nested in inner:
            below = f"{name}.NAME" if "dict" in str(hints[one.name]) else name
            told_once = nested is MoneySettings and bool(place)
            if nested is not Markers and not issubclass(nested, Amount) and not told_once:
                yield from setting_rows(nested, below)


def settings_page() -> str:
    markers = [(f"`markers.{f.name}`", doc_of(f), "") for f in fields(Markers)]
    built_in = {stage.value: " ".join(f"`{m}`" for m in given) for stage, given in BUILT_IN.items()}
    rows = [(name, doc, built_in[name.strip("`").split(".")[1]]) for name, doc, _ in markers]
    return (
        f"{MADE}\n# The site file\n\n`site.toml` in the data directory, or any file named by "
        "`--config`. Everything has a default; what is not said stays unknown. See also "
        "[opening hours](hours.md), and [money](money.md) for how an amount is written.\n\n"
        f"{table(('setting', 'what it is'), list(setting_rows(SiteFile)))}"
        "\n## Stage markers\n\nStock phone systems do not say what a part of the dialplan means. A "
        "marker names a `context:`, a `prompt:` (the file that is played), an `app:` (application) "
        "or a `verb:` (of queue_log, or a user event), with `*` for anything.\n\n"
        f"{table(('setting', 'what it means', 'built in'), rows)}"
    )


PAGES = {
    "events.md": events_page,
    "calls.md": calls_page,
    "outcomes.md": outcomes_page,
    "sources.md": sources_page,
    "site-file.md": settings_page,
    "callbacks.md": lambda: callbacks_page(MADE, table),
    "alerts.md": lambda: alerts_page(MADE, table),
}


def main() -> int:
    """Write every page, or with --check say which are not up to date."""
    stale = []
    made = [(name, make()) for name, make in PAGES.items()]
    made += [(name, f"{MADE}\n{text}") for name, text in (*metric_pages(), *definition_pages())]
    for name, text in made:
        path = DOCS / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/{name}")
    if stale and "--check" in sys.argv:
        print(f"not up to date: {', '.join(stale)}; run: make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
