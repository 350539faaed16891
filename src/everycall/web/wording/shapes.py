"""Sentences that are kept in English with something in them: found again by their shape, said in the page's language."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _


class Shapes:
    """Sentences with gaps, such as "{who} answered {status}"."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._shapes = [(sentence, _shape(sentence)) for sentence in sentences]

    def found(self, text: str) -> tuple[str, dict[str, str]] | None:
        """Return which sentence a text is, and what stands in its gaps; None if it is none of these."""
        for sentence, shape in self._shapes:
            if found := shape.fullmatch(text):
                return sentence, found.groupdict()
        return None

    def say(self, text: str) -> str | None:
        """Say a sentence in the page's language, with what stands in it; None if it is none of these."""
        found = self.found(text)
        if found is None:
            return None
        sentence, gaps = found
        return _(sentence).format(**{name: self.say(part) or part for name, part in gaps.items()})


def _shape(sentence: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
