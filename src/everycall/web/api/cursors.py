"""Where the next page begins: the last thing that was given, written so that nobody is tempted."""

import base64
import binascii
import json

from everycall.web.problems import ProblemError

_LARGEST = 2**62


def write(place: int, name: str) -> str:
    """Return the cursor that follows a thing."""
    return base64.urlsafe_b64encode(json.dumps([place, name]).encode()).decode()


def read(text: str) -> tuple[int, str]:
    """Return the thing that a cursor follows.

    Raises:
        ProblemError: this is no cursor of ours.
    """
    try:
        place, name = json.loads(base64.urlsafe_b64decode(text.encode()))
        found = int(place), str(name)
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        found = None
    if found is None or not -_LARGEST < found[0] < _LARGEST:
        sentence = "this is no cursor; send the 'next' of the page before, unchanged"
        raise ProblemError(400, "cursor", sentence)
    return found
