"""The invented shop, taken in once and kept open for all tests of reports."""

import tempfile
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.app.audit.auditing import Order, make_audit
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile, read_site
from everycall.history import History
from everycall.reports import Report
from everycall.reports.trades import SHOP
from truth.taken import copied

SAMPLES = Path(__file__).parents[2] / "samples" / "shop"
ZONE = ZoneInfo("Europe/Berlin")


@cache
def shop_site() -> SiteFile:
    """Return the shop's settings."""
    return read_site(SAMPLES, SAMPLES / "site.toml")


@cache
def shop() -> Asking:
    """Return the shop's two months, open for reading."""
    data = Path(tempfile.mkdtemp(prefix="everycall-shop-"))
    copied(data, [SAMPLES], shop_site())
    asking = Asking(History(data), ZONE)
    return asking.__enter__()


@cache
def shop_audit() -> Report:
    """Return the audit of the shop in English."""
    return make_audit(_opened(), site=shop_site(), order=Order(trade=SHOP))


@cache
def _opened() -> Asking:
    return Asking(shop().history, ZONE).__enter__()


def audited() -> Asking:
    """Return an opening of the shop that only its audit asks: its lists of calls are read there."""
    shop_audit()
    return _opened()
