"""What other programs are told of people: who may see some brands only sees no name of ours."""

from collections.abc import Collection

from everycall.web.said import NOBODY, in_words

SOMEBODY = "a colleague"


def named(who: str, clients: Collection[str]) -> str:
    """Write who did something; for those who see some brands only, that it was one of us."""
    return SOMEBODY if clients and who and who not in NOBODY else who


def reason(why: str, clients: Collection[str]) -> str:
    """Write a reason that is on record in English, without names for those who see some brands only."""
    return in_words(why, lambda who: named(who, clients)) if clients else why
