"""Collect the texts of reports, and bring the catalogues of the languages up to date with them.

    python tools/texts.py            writes src/everycall/reports/texts/*.po
    python tools/texts.py --missing  lists what has no translation yet

Texts stand in the code in English, in calls of `say`; what metrics, outcomes and states say of
themselves is taken from where it is declared.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from everycall.app.answers.blindness import NOTHING_SHOWS, SHOWN_BY
from everycall.app.audit.beside import LINES_FULL, MORE_LINES
from everycall.app.audit.remedy_words import NO_QUEUE, TITLES, WHEN
from everycall.app.audit.remedying import FEW_IN_MENU, STATES, TOO_FEW
from everycall.app.intake.finding import every_source
from everycall.calls.outcomes import INBOUND_RULES
from everycall.definitions import definition_ids, load
from everycall.events.sights import Sight
from everycall.metrics.asked import asked
from everycall.money.estimates import CUSTOMERS, NEEDED_FOR
from everycall.money.inputs import DOCS, Lines
from everycall.money.ledger import State
from everycall.remedies.causes import CALL_BACK, CAUSES, LINES
from everycall.remedies.patterns import WEEKDAYS as DAYS
from everycall.reports.sections import callers, lines, money, nhs, queues, waits
from everycall.reports.sections.outcomes import name
from everycall.reports.trades import TRADES
from everycall.reports.words import UNITS, WEEKDAYS

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "src" / "everycall" / "reports" / "texts"
KEYWORDS = {"say": None, "words": None, "many": (2, 3)}
LATER: dict[str, tuple[int, ...] | None] = {"said": None, "said_many": (2, 3)}
"""What use cases say in English, and a report says again in its language."""

SPOKEN = {"reports": KEYWORDS | LATER, "render": KEYWORDS, "app": LATER}
METHODS = [("**.py", "python"), ("**.j2", "jinja2")]


def declared() -> Iterator[str]:
    """Yield the texts that are declared and not said in a call."""
    yield from (*UNITS, *WEEKDAYS)
    yield from money.STEPS
    yield from (*callers.NAMES.values(), *callers.NEEDS.values(), *money.READINGS.values())
    yield from ("callback", "internal", "outbound", "low", "base", "high", "not counted")
    yield from nhs.TEXTS
    yield from (*remedy_texts(), *definition_texts(), *source_texts())
    yield from (state.doc for state in State)
    yield from (*DOCS.values(), *NEEDED_FOR, CUSTOMERS, *money_lines())
    for rule in INBOUND_RULES:
        yield from (name(rule.outcome), rule.doc)
    headlines = [metric for trade in TRADES.values() for metric in trade.headlines]
    shown = (*queues.NAMES, *headlines, *waits.METRICS, *callers.MEASURES, *lines.NAMES)
    for metric in (*shown, "not_answered", "conversation_time"):
        found = asked(metric).metric
        yield from (found.title, found.doc, found.formula, found.null)


def money_lines() -> Iterator[str]:
    """Yield the further costs, and where their numbers come from."""
    for line, _, doc in Lines().each():
        yield from (line, line.replace("_", " "), doc)


def remedy_texts() -> Iterator[str]:
    """Yield what remedies say of themselves, evidence left out."""
    for cause in (*CAUSES, CALL_BACK, LINES):
        yield from (cause.title, cause.kind.value, cause.owner, cause.change or cause.doc)
    yield from (*TITLES.values(), *WHEN, NO_QUEUE, MORE_LINES, LINES_FULL, TOO_FEW, FEW_IN_MENU)
    yield from (*STATES, *STATES.values(), *DAYS)


def definition_texts() -> Iterator[str]:
    """Yield what the definitions say in words: titles, categories, and why a rule holds."""
    for one in definition_ids():
        pack = load(one).pack
        yield from (pack.title, pack.otherwise.why, *pack.categories.values())
        yield from (word.replace("_", " ") for word in (*pack.categories, *pack.headline))
        for rule in pack.rules:
            yield from (rule.category.replace("_", " "), rule.why, name(rule.reason))


def source_texts() -> Iterator[str]:
    """Yield what sources cannot see, and what would show it."""
    yield from (sight.doc for sight in Sight)
    for source in every_source().values():
        yield from source.blind.values()
    yield from (*SHOWN_BY.values(), NOTHING_SHOWS)


def collect() -> Catalog:
    """Return every text once, in the order of the code."""
    found = Catalog(fuzzy=False)
    for part, keywords in SPOKEN.items():
        folder = ROOT / "src" / "everycall" / part
        for _, _, message, _, _ in extract_from_dir(folder, METHODS, keywords=keywords):
            found.add(message)
    for text in declared():
        found.add(text)
    return found


def main() -> None:
    texts = collect()
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            known = read_po(file, locale=path.stem)
        known.update(texts, no_fuzzy_matching=True, update_creation_date=False)
        known.obsolete.clear()
        missing = [message.id for message in known if message.id and not translated(message.string)]
        if "--missing" in sys.argv:
            print("\n".join(str(text) for text in missing))
            continue
        with path.open("wb") as file:
            write_po(file, known, width=100, omit_header=False, sort_output=True, no_location=True)
        print(f"{path.relative_to(ROOT)}: {len(known)} texts, {len(missing)} without a translation")


def translated(string: str | list[str] | tuple[str, ...]) -> bool:
    """Tell whether a text, or each of its plurals, has a translation."""
    return all(string) if isinstance(string, list | tuple) else bool(string)


if __name__ == "__main__":
    main()
