"""Twilio's signature of what it sends us.

Source: Twilio's security documentation: HMAC-SHA1 under the account's token of the full address, as
Twilio called it, followed by the names and values of the form, sorted by name.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from everycall.wire.secret import is_secret


def signature(token: str, address: str, form: Mapping[str, Iterable[str]]) -> str:
    """Return the signature of a form that was posted to an address; a name may have several values."""
    signed = address
    for name in sorted(form):
        signed += "".join(f"{name}{value}" for value in sorted(set(form[name])))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_signed(
    token: str, address: str, form: Mapping[str, Iterable[str]], given: str | None
) -> bool:
    """Tell whether a form came from Twilio; without a token nothing does."""
    return bool(token) and is_secret(signature(token, address, form), given)
