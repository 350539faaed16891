"""Which texts of a page stay English in another language: what a person reads, piece by piece."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

READ_OUT = ("title", "aria-label", "placeholder", "alt")
"""Attributes that are read out or shown."""

NOT_READ = {"script", "style", "code", "pre", "kbd", "noscript"}
"""What holds no words for people, or words of a machine."""

EMPTY = {"meta", "link", "input", "br", "hr", "img", "source", "wbr", "col"}
WORD = re.compile(r"[A-Za-z]{2}")


class _Reader(HTMLParser):
    """Collects what a page says."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in EMPTY:
            self._note(attrs)
            return
        if self._hidden or tag in NOT_READ:
            self._hidden.append(tag)
        else:
            self._note(attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(" ".join(data.split()))

    def _note(self, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for name, value in attrs if name in READ_OUT]


def texts_of(page: str) -> list[str]:
    """Return what a page says that has a word in it, each text once."""
    reader = _Reader()
    reader.feed(page)
    return list(dict.fromkeys(text for text in reader.texts if WORD.search(text)))


def unspoken(page: str, english: str, allowed: re.Pattern[str]) -> Iterator[str]:
    """Yield the texts of a page that are the same in English and are nobody's name."""
    known = set(texts_of(english))
    for text in texts_of(page):
        if text in known and not allowed.fullmatch(text):
            yield text
