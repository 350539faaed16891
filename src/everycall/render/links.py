"""How a number says which calls are behind it: words and values, as the page's script reads them."""

from urllib.parse import quote

from everycall.reports import Calls


def query(calls: Calls) -> str:
    """Write what holds of the calls behind a number."""
    return "&".join(f"{quote(str(k), safe='')}={quote(str(v), safe='')}" for k, v in calls.items())
