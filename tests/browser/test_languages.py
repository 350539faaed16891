"""No page stays English for those who read another language: each is read beside its English twin."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import available_timezones

import httpx
import pytest

import web.conftest  # noqa: F401  it sets Django up
from browser.chromium import MISSING, chromium
from browser.pages import pages
from browser.speaking import texts_of, unspoken
from browser.test_pages import data, known, server  # noqa: F401  fixtures
from everycall.definitions import definition_ids, load
from web.serving import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

PRODUCTS = (
    r"Everycall|Asterisk|FreePBX|FreeSWITCH|Twilio|Aircall|RingCentral|Amazon Connect|HubSpot|Pipedrive|Zendesk"
    r"|Zammad|Chatwoot|Salesforce|Slack|CRM|SMS|PDF|XLSX|CSV|HTML|Webhooks?|API|mod_callcenter|E-?[Mm]ail"
)
NAMES = (
    r"sales|support|tiny|menu|ivr-\w+|zentrale|wolke|Ada|Xaver|Neu|Agent \d+|Kitchen|Warenwirtschaft|Every Monday"
    r"|Long wait|Missed callers|No calls at noon|Left the queue|Mail to the office|Missed call|shop system"
    r"|Maximiliane Hintertupfinger-Schnabelwopski|Konferenzraum Niederschönhausen|Verlorene Anrufe der Woche"
    r"|Verkauf und Reklamationsbearbeitung|Deutsch|test|de|Everycall events|Asterisk (?:queue_log|[a-z ]+ \([A-Z]+\))|English|Polski|polski|asterisk_\w+|ami|twilio|\w+-request"
)
"""What the filling of the pages calls things, and what languages call themselves."""

ALIKE = {
    "de": r"Name(?: \d)?|Person|Team|Teams|Text|Gateway|Gateways|Definition|Status|Version|in [\d hmin]+|[\d hmins]+",
    "pl": r"Program|agent|supervisor|[\d hmins]+",
    "uk": "",
    "he": "",
}
"""Words that are the same in both languages."""

SHAPES = (
    r"\S*[@/?&=]\S*.*",  # an address, a path, a phone
    r"Shop: .*|Ruft jeden Tag .*|answered STOP|mon-fri .*|Monday, .*",  # what somebody wrote
    r"[\d.,]+ [A-Z]{3}",  # an amount in a currency
)
"""Whose form says that nobody has to translate it: names, addresses, quotations, the titles of sources."""

OF_THE_CALLER = ("/c/",)
"""Pages that speak the language of the caller, whoever looks."""

WORKS = 8
"""So many texts of a page are said otherwise in another language, at least and on average."""


def sources() -> list[str]:
    """Return the titles of the texts that definitions were taken from."""
    packs = [load(one).pack for one in definition_ids()]
    return [said.source for pack in packs for said in (pack, pack.otherwise, *pack.rules)]


ZONES = "|".join(re.escape(zone) for zone in (*available_timezones(), "localtime"))


def allowed(language: str) -> re.Pattern[str]:
    """Return what may be the same in a language as in English."""
    word = "|".join(part for part in (PRODUCTS, NAMES, ALIKE[language]) if part)
    word = "|".join((word, *definition_ids()))
    several = rf"(?:[\s·,:()–•*\d.+]|{word})+"
    return re.compile("|".join((several, ZONES, *map(re.escape, sources()), *SHAPES)))


@contextmanager
def reader(base: str, language: str) -> Iterator[httpx.Client]:
    """Log somebody in whose browser asks for a language."""
    asks = {"Accept-Language": language}
    with httpx.Client(base_url=base, trust_env=False, timeout=120, headers=asks) as client:
        page = client.get("/account/login/").text
        found = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)
        assert found
        given = {"login": "ada@example.org", "password": "a tall tree by the sea"}
        client.post("/account/login/", data={**given, "csrfmiddlewaretoken": found[1]})
        yield client


@pytest.fixture(scope="module")
def english(server: Server, known: dict[str, str]) -> dict[str, str]:  # noqa: F811  fixtures
    with reader(str(server.client.base_url), "en") as asked:
        return {one: asked.get(_at(one, known)).text for one in pages()}


def _at(address: str, known: dict[str, str]) -> str:  # noqa: F811  what the fixture gives
    for word, value in known.items():
        address = address.replace(word, value)
    return address


@pytest.mark.parametrize("language", ["de", "pl", "uk", "he"])
def test_nothing_stays_english(
    server: Server,  # noqa: F811  fixtures
    known: dict[str, str],  # noqa: F811
    english: dict[str, str],
    language: str,
) -> None:
    told, own = [], 0
    with reader(str(server.client.base_url), language) as asked:
        for address, twin in english.items():
            if address.startswith(OF_THE_CALLER):
                continue
            page = asked.get(_at(address, known)).text
            own += len(set(texts_of(twin)) - set(texts_of(page)))
            told += [f"{address}: {text}" for text in unspoken(page, twin, allowed(language))]
    assert not told, "\n".join(told)
    assert own > WORKS * len(english)


def test_the_check_finds_what_is_the_same() -> None:
    twin = "<h1>Calls</h1><p title='Why'>sales</p><code>Not words</code>"
    assert list(unspoken("<h1>Anrufe</h1>" + twin, twin, allowed("de"))) == ["Calls", "Why"]
    assert texts_of("<script>no words</script><input placeholder='A name'>") == ["A name"]
