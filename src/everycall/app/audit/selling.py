"""What the callers of a site bought after they were helped, by the deals that its CRM told.

The deals lie beside the history, in a file that is made of the records whenever they change: so a
report on the command line knows them as a page does.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

from everycall.app.history.asking import Asking
from everycall.money.sold import Deal, Helped, Sale, sales

FILE = "deals.json"

_HELPED = """
SELECT caller_key, client, state, settled_at, first_missed FROM period_ledger
WHERE joined AND state IN ('recovered', 'returned') AND NOT settled_at IS NULL
ORDER BY settled_at, first_missed
"""

_SOLD = {"first_missed": "VARCHAR", "state": "VARCHAR"}


def write_deals(folder: Path, deals: Iterable[Deal]) -> bool:
    """Keep the deals beside the history; False if they are there already."""
    path, told = folder / FILE, json.dumps([_told(deal) for deal in deals], ensure_ascii=False)
    before = path.read_text(encoding="utf-8") if path.exists() else "[]"
    if told == before:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(told, encoding="utf-8")
    draft.replace(path)
    return True


def _told(deal: Deal) -> dict[str, object]:
    return {**asdict(deal), "value": str(deal.value)}


def read_deals(folder: Path) -> tuple[Deal, ...]:
    """Return the deals that are known."""
    path = folder / FILE
    if not path.exists():
        return ()
    told = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Deal(**{**one, "value": Decimal(one["value"])}) for one in told)


def sales_of(asking: Asking) -> tuple[Sale, ...]:
    """Return what the callers of the viewed ledger bought; `view_ledger` comes first."""
    deals = read_deals(asking.history.folder)
    if not deals:
        return ()
    return sales(deals, (Helped(*row) for row in asking.rows(_HELPED)))


def lay_out_sales(asking: Asking) -> None:
    """Make the table of callers who bought, by their first missed call."""
    rows = {(sale.helped.call_id, sale.helped.state) for sale in sales_of(asking)}
    asking.engine.load("sold_needs", _SOLD, sorted(rows))
