"""Whether what somebody shows is the secret, told in the same time however much of it is right."""

import hmac


def is_secret(secret: str, said: str | None) -> bool:
    """Tell whether a secret was shown; an empty one opens nothing, and no text breaks it."""
    known, shown = secret.encode(), (said or "").encode(errors="replace")
    return bool(secret) and hmac.compare_digest(known, shown)
