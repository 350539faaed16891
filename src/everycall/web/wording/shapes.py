"""Sentences that are kept in English with something in them: found again by their shape, said in the page's language."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _


class Shapes:
    """Sentences with gaps, such as "{who} answered {status}"."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._shapes = [(sentence, _shape(sentence)) for sentence in sentences]

    def say(self, text: str) -> str | None:
        """Say a sentence in the page's language, with what stands in it; None if it is none of these."""
        for sentence, shape in self._shapes:
            if found := shape.fullmatch(text):
                gaps = {name: self.say(part) or part for name, part in found.groupdict().items()}
                return _(sentence).format(**gaps)
        return None


def _shape(sentence: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL)
