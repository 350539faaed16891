"""Where the next page begins: the last call that was given, written so that nobody is tempted."""

import base64
import binascii
import json

from everycall.web.api.problems import ProblemError


def write(arrived_at: int, call_id: str) -> str:
    """Return the cursor that follows a call."""
    return base64.urlsafe_b64encode(json.dumps([arrived_at, call_id]).encode()).decode()


def read(text: str) -> tuple[int, str]:
    """Return the call that a cursor follows.

    Raises:
        ProblemError: this is no cursor of ours.
    """
    try:
        arrived_at, call_id = json.loads(base64.urlsafe_b64decode(text.encode()))
        return int(arrived_at), str(call_id)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        sentence = "this is no cursor; send the 'next' of the page before, unchanged"
        raise ProblemError(400, "cursor", sentence) from None
