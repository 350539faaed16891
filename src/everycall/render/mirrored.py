"""A drawing for readers of a language that runs from right to left: it begins on the right, too."""

import re

from everycall.reports.words import Words

_BEGIN = "\u2067"
_END = "\u2069"
_PICTURE = re.compile(r"(<svg [^>]*?viewBox=\"0 0 ([\d.]+) [^>]*>)(.*)(</svg>)", re.DOTALL)
_TEXT = re.compile(r"<text([^>]*)>")
_LINE = re.compile(r"(<(?:text|tspan)[^>]*>)([^<]+)(?=<)")
_LETTER = re.compile(r"[\u0590-\u08ff]")
_ANCHOR = re.compile(r' text-anchor="(start|end|middle)"')
_PLACE = re.compile(r' transform="([^"]*)"')
_OTHER = {"start": "end", "end": "start", "middle": "middle"}


def as_read(picture: str, words: Words) -> str:
    """Turn a drawing to the side on which its readers begin; its texts stay upright."""
    if words.language.way == "ltr":
        return picture
    turned = _PICTURE.sub(r'\1<g transform="matrix(-1 0 0 1 \2 0)">\3</g>\4', picture)
    return _LINE.sub(_apart, _TEXT.sub(_upright, turned))


def _upright(found: re.Match[str]) -> str:
    """Turn a text back, at the same place; it ends where it began."""
    told = found[1]
    anchor = _ANCHOR.search(told)
    place = _PLACE.search(told)
    told = _PLACE.sub("", _ANCHOR.sub("", told))
    moved = f"{place[1]} scale(-1 1)" if place else "scale(-1 1)"
    other = _OTHER[anchor[1] if anchor else "start"]
    return f'<text text-anchor="{other}" transform="{moved}"{told}>'


def _apart(found: re.Match[str]) -> str:
    """Have a line read in its own direction: '2 h 5 min' is not to be read from its end."""
    return f"{found[1]}{_BEGIN}{found[2]}{_END}" if _LETTER.search(found[2]) else found[0]
