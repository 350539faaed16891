"""The pages speak every language whole: nothing without a translation, no value lost on the way."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import translation  # noqa: E402

import page_texts  # noqa: E402
from everycall.alerts import Message, Rule, Said, message  # noqa: E402
from everycall.records.models import Person  # noqa: E402
from everycall.web.catalogues import make_ready  # noqa: E402
from web.conftest import browser  # noqa: E402

LANGUAGES = page_texts.languages()
VALUES = re.compile(r"%\(\w+\)[sd]|%%s|%[sd]|\{\w+\}|%%|</?\w+>")
TEMPLATES = ROOT / "src" / "everycall" / "web" / "templates"
NO_WORDS = {"Everycall", "Asterisk, FreePBX", "CRM"}


def forms(string: Any) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)


def test_there_are_english_and_four_more_one_of_them_from_right_to_left() -> None:
    assert len(settings.LANGUAGES) == 5
    assert [code for code, _ in settings.LANGUAGES if translation.get_language_info(code)["bidi"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_pages_is_in_the_catalogue_and_translated(language: str) -> None:
    texts = page_texts.collect(language)
    known = {m.id: m.string for m in page_texts.opened(language) if m.id}
    wanted = {m.id for m in texts if m.id}
    assert not wanted - set(known), "run: python tools/page_texts.py"
    assert not [text for text in wanted if not page_texts.translated(known[text])]


def test_no_two_languages_are_the_same() -> None:
    texts = [{m.id: m.string for m in page_texts.opened(one) if m.id} for one in LANGUAGES]
    for place, one in enumerate(texts):
        for other in texts[place + 1 :]:
            alike = [text for text in one if one[text] == other.get(text)]
            assert len(alike) < len(one) / 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_stand_in_each_translation_as_in_the_text(language: str) -> None:
    wrong = []
    for m in page_texts.opened(language):
        if not m.id:
            continue
        allowed = sorted(VALUES.findall(forms(m.id)[-1]))
        for form in forms(m.string):
            found = sorted(VALUES.findall(form))
            # a plural of one may leave its number to the word
            single = isinstance(m.id, tuple) and sorted(VALUES.findall(m.id[0])) == found
            if found != allowed and not single:
                wrong.append((m.id, form))
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_of_the_language_is_there(language: str) -> None:
    catalogue = page_texts.opened(language)
    plurals = [m for m in catalogue if isinstance(m.id, tuple)]
    assert plurals
    assert not [m.id for m in plurals if len(forms(m.string)) != catalogue.num_plurals]


def test_no_words_stand_in_a_template_untranslated() -> None:
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        if path.parent == TEMPLATES:
            continue  # said when nothing else works, in English
        found += [f"{path.name}: {text}" for text in plain(path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


def plain(text: str) -> list[str]:
    """Return the words of a template that are in no tag of translation."""
    text = re.sub(
        r"{% (?:blocktrans|blocktranslate).*?{% end(?:blocktrans|blocktranslate) %}",
        "",
        text,
        flags=re.DOTALL,
    )
    text = re.sub(r"<(script|style|code|pre|kbd)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    words = [re.sub(r"&\w+;", " ", part).strip() for part in re.split(r"<[^>]*>", text)]
    return [w for w in words if re.search(r"[A-Za-z]{2,}", w) and w.strip(" ·") not in NO_WORDS]


def test_the_check_of_templates_finds_words() -> None:
    assert plain("<p>{% trans 'a' %} Hello there</p>") == ["Hello there"]


def test_catalogues_are_made_ready_once(tmp_path: Path) -> None:
    assert make_ready(tmp_path) == len(LANGUAGES)
    assert make_ready(tmp_path) == 0
    assert (tmp_path / "he" / "LC_MESSAGES" / "django.mo").exists()


@pytest.mark.parametrize(
    ("language", "says", "way"),
    [("de", "Alles ist ruhig", "ltr"), ("pl", "Wszystko spokojnie", "ltr"),
     ("uk", "Усе спокійно", "ltr"), ("he", "הכול שקט", "rtl")],
)  # fmt: skip
def test_a_page_speaks_the_language_that_the_browser_asks_for(
    owner: Person, language: str, says: str, way: str
) -> None:
    client: Client = browser(owner)
    page = client.get("/alerts/", headers={"accept-language": language}).content.decode()
    assert says in page
    assert f'lang="{language}" dir="{way}"' in page


def test_a_message_speaks_the_language_of_its_channel() -> None:
    rule = Rule(1, "Warten", "waiting", True, 5)  # noqa: FBT003
    with translation.override("de"):
        told: Message = message(rule, "sales", 7, Said.CLOSED, 1, "/", translation.gettext)
    assert told.title == "Vorbei: Warten (sales)"
    assert "wieder innerhalb der Grenze" in told.text
