"""Collect the texts of the pages, and bring the catalogues of the languages up to date with them.

    python tools/page_texts.py            writes src/everycall/web/locale/*/LC_MESSAGES/django.po
    python tools/page_texts.py --missing  lists what has no translation yet

Texts stand in templates and in the code in English; what roles, measures, states and settings say of
themselves is taken from where it is declared.
"""

import io
import os
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycall.web.settings")

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

import texts

django.setup()

from everycall.alerts import PLAIN  # noqa: E402
from everycall.app.answers.blindness import NOTHING_SHOWS, SHOWN_BY  # noqa: E402
from everycall.app.answers.explaining import SAYS  # noqa: E402
from everycall.app.intake.finding import every_source  # noqa: E402
from everycall.app.live.acting import Act  # noqa: E402
from everycall.calls.facts import FACTS  # noqa: E402
from everycall.calls.outcomes import INBOUND_RULES, OUTBOUND_RULES, outcome_names  # noqa: E402
from everycall.calls.results import RESULTS  # noqa: E402
from everycall.definitions.categories import Category  # noqa: E402
from everycall.events.sights import Sight  # noqa: E402
from everycall.live.board import AgentState  # noqa: E402
from everycall.metrics.asked import asked  # noqa: E402
from everycall.metrics.catalog import METRICS  # noqa: E402
from everycall.metrics.targets import SHIPPED  # noqa: E402
from everycall.records.roles import Role  # noqa: E402
from everycall.recovery import State  # noqa: E402
from everycall.recovery.ledger import GROUPS, Fate, Stage  # noqa: E402
from everycall.registry import load, names  # noqa: E402
from everycall.reports.languages import known_languages  # noqa: E402
from everycall.reports.trades import TRADES  # noqa: E402
from everycall.reports.words import UNITS  # noqa: E402
from everycall.settings import doc_of  # noqa: E402
from everycall.web.live.boxes import METRICS as BOXES  # noqa: E402
from everycall.web.live.words import no_values  # noqa: E402
from everycall.web.phones.kinds import KINDS as CONNECTIONS  # noqa: E402
from everycall.web.wording.saying import LENGTHS, LIMITS, MORE_LENGTHS, UNSEEN  # noqa: E402
from everycall.web.work.carrying import KINDS as CHANNELS  # noqa: E402
from everycall.web.work.texting import KINDS as GATEWAYS  # noqa: E402

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "everycall"
LOCALES = PACKAGE / "web" / "locale"
CODE = ("web", "alerts")
KEYWORDS = {
    "_": None,
    "say": None,
    "note": (2,),
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def declared() -> Iterator[str]:
    """Yield the texts that are declared and not said in a call."""
    yield from (metric.title for metric in METRICS.values())
    yield from (METRICS[name].doc for name in BOXES)
    yield from (act.value for act in Act)
    yield from (measure.doc for measure in PLAIN)
    yield from (name.replace("_", " ") for name in outcome_names())
    for state in AgentState:
        yield from (state.doc, state.doc.rstrip("."))
    yield from (role.value for role in Role)
    for told in (*State, *Fate, *Stage):
        yield from (told.value.replace("_", " "), told.doc)
    yield from GROUPS
    yield from (trade.doc for trade in TRADES.values())
    hands = [load("crm", name) for name in names("crm")]
    for kind in (*hands, *GATEWAYS.values()):
        yield (kind.__doc__ or "").rstrip(".")
    for kind in (*CHANNELS.values(), *CONNECTIONS.values(), *hands, *GATEWAYS.values()):
        yield from (doc_of(field) for field in fields(kind))
    yield from (*UNITS, *LENGTHS.values(), *MORE_LENGTHS.values(), *LIMITS.values(), UNSEEN)
    yield from (*no_values(), *(sight.doc for sight in Sight))
    yield from of_one_call()
    for name, target in SHIPPED.items():
        yield from (name, asked(target.metric).metric.doc)


def of_one_call() -> Iterator[str]:
    """Yield what stands on the page of one call: its steps, and why it counts so."""
    yield from SAYS.values()
    for rule in (*INBOUND_RULES, *OUTBOUND_RULES):
        yield from (rule.why, rule.doc)
    yield from ("high", "medium", "low", "no source says")
    for category in Category:
        yield from (category.value.replace("_", " "), category.doc)
    yield "no source says, and no opening hours are declared"
    yield from (fact.doc for fact in (*RESULTS, *FACTS) if fact.sight)


def of_code(path: Path) -> Iterator[str | tuple[str, ...]]:
    with path.open("rb") as file:
        for _, message, _, _ in extract("python", file, KEYWORDS):
            yield message


def of_template(path: Path) -> Iterator[str | tuple[str, ...]]:
    held = io.BytesIO(templatize(path.read_text(encoding="utf-8")).encode())
    for _, message, _, _ in extract("python", held, KEYWORDS):
        yield message


def of_reports() -> Iterator[str]:
    """Yield what pages show that reports say, too: what others call a call, and what Asterisk does not tell."""
    yield from texts.definition_texts()
    for source in every_source().values():
        if source.name.startswith("asterisk"):
            yield from source.blind.values()
    yield from (*SHOWN_BY.values(), NOTHING_SHOWS)


def collect(language: str) -> Catalog:
    """Return every text of a language once; what its reports say already is left to them."""
    found = Catalog(fuzzy=False, charset="utf-8")
    for folder in CODE:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            for message in of_code(path):
                add(found, message)
    for path in sorted((PACKAGE / "web" / "templates").rglob("*.html")):
        for message in of_template(path):
            add(found, message)
    for text in declared():
        add(found, text)
    for text in () if language in known_languages() else of_reports():
        add(found, text)
    return found


def add(found: Catalog, message: str | tuple[str, ...]) -> None:
    if isinstance(message, tuple):
        message = tuple(part for part in message if part)
    if message and message != ("",):
        flags = ["python-format"] if "%" in str(message) else []
        found.add(message, flags=flags)


def path_of(language: str) -> Path:
    """Return the catalogue of a language."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def languages() -> list[str]:
    """Return the languages of the pages beside English."""
    return [code for code, _ in settings.LANGUAGES if code != "en"]


def opened(language: str) -> Catalog:
    """Return the catalogue of a language as it is, an empty one if there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(known: Catalog) -> list[str | tuple[str, ...]]:
    """Return the texts that have no translation."""
    return [m.id for m in known if m.id and not translated(m.string)]


def translated(string: str | list[str] | tuple[str, ...]) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def save(language: str, known: Catalog) -> None:
    """Write a catalogue."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, width=100, omit_header=False, sort_output=True, no_location=True)


def renewed(language: str) -> Catalog:
    """Return the catalogue of a language with the texts that there are now."""
    known = opened(language)
    known.update(collect(language), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    return known


def main() -> None:
    for language in languages():
        known = renewed(language)
        if "--missing" in sys.argv:
            print("\n".join(str(text) for text in missing(known)))
            continue
        save(language, known)
        print(f"{language}: {len(known)} texts, {len(missing(known))} without a translation")


if __name__ == "__main__":
    main()
