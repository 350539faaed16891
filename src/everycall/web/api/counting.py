"""Counting in the records, so that several web processes count as one; it costs a write each time."""

import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from everycall.web.api.limits import Rate


def counted(name: str, rate: Rate) -> bool:
    """Count something; False if there was more of it than a bucket of that rate lets through twice over.

    It is counted anew after as long as such a bucket takes to fill up. Two processes that count in the
    same moment may count as one, so somebody may get a little more, and never less.
    """
    span = rate.at_once / rate.a_second
    # what is counted may be an address of somebody: it is not kept as such
    key = salted_hmac("counted", f"{name} {int(time.time() / span)}").hexdigest()
    if cache.add(key, 1, span):
        return True
    try:
        return cache.incr(key) <= 2 * rate.at_once
    except ValueError:
        return True  # it was forgotten just now
