"""What a run leaves behind: logs as the phone system rotates them, the truth, the site file."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from shop import plan
from shop.clockwork import SECOND
from shop.days import day_number, moment
from shop.truth import truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from shop.shop import Shop


def write(shop: Shop, seed: int, folder: Path) -> dict[str, Any]:
    """Write everything of a run into a folder, and return its truth."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("queue_log*.gz"):
        old.unlink()
    for name, lines in _rotated(shop):
        _pack(folder / f"{name}.gz", lines)
    _pack(folder / "Master.csv.gz", shop.pbx.records)
    found = truth(shop, seed)
    (folder / "truth.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder / "site.toml").write_text("\n".join(_site()) + "\n", encoding="utf-8")
    return found


def _rotated(shop: Shop) -> Iterator[tuple[str, list[str]]]:
    """Yield the files of queue_log: one a week, named by the day it was put away, and the present."""
    waiting = shop.pbx.queue_log
    for number in range(shop.days):
        day = day_number(number)
        if day.weekday() == 0:
            cut = moment(day, plan.ROTATED_AT) // SECOND
            yield f"queue_log-{day:%Y%m%d}", [line for second, line in waiting if second < cut]
            waiting = [(second, line) for second, line in waiting if second >= cut]
    yield "queue_log", [line for _, line in waiting]


def _pack(path: Path, lines: Iterable[str]) -> None:
    """Write lines with gzip so that every Python makes the same bytes: no time, name or system."""
    data = "".join(f"{line}\n" for line in lines).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    body = packer.compress(data) + packer.flush()
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    path.write_bytes(head + body + tail)


def _site() -> Iterator[str]:
    """Yield the lines of the site file."""
    yield "# Everything that the phone system does not say about this shop."
    yield f'zone = "{plan.ZONE}"'
    yield 'region = "DE"'
    yield 'trunks = ["PJSIP/trunk-*"]'
    yield "\n# The team: the phone in call detail records, the name in queue_log."
    yield "[agents]"
    yield from (f'"PJSIP/{p.extension}" = "{p.name}"' for p in plan.TEAM)
    yield "\n[hours]"
    weekday, saturday = plan.WEEK[0], plan.WEEK[5]
    yield f'week = ["mon-fri {"-".join(weekday)}", "sat {"-".join(saturday)}"]'
    yield 'holidays = "DE"'
    for name, trunk, queues, language in _CLIENTS:
        yield f"\n[clients.{name}]"
        yield f'numbers = ["{trunk.own_number}"]'
        yield f"queues = {json.dumps(queues)}"
        yield f'trunks = ["PJSIP/{trunk.name}"]'
        yield f'language = "{language}"'
    yield from _MONEY
    yield "\n# Parts of the dialplan, by their meaning."
    yield "[markers]"
    yield 'menu = ["context:ivr-main"]'
    yield 'closed = ["context:closed"]'
    yield 'voicemail = ["context:vm"]'
    yield 'callback_requested = ["verb:CALLBACKREQUEST", "context:callback-request"]'
    yield 'callback = ["context:callback-dial"]'


_MONEY = (
    "\n# What the shop's own books say of its calls.",
    "[money]",
    'currency = "EUR"',
    'locale = "de-DE"',
    'conversion = { base = 0.2, low = 0.15, high = 0.25, source = "call notes, third quarter" }',
    'order_value = { base = 48, source = "web shop, third quarter" }',
    'enquiry_share = { base = 0.5, low = 0.4, high = 0.6, source = "call notes, one week" }',
    "\n[clients.pebble-herb.money]",
    'currency = "GBP"',
    'locale = "en-GB"',
    'order_value = { base = 41, source = "web shop, third quarter" }',
)
"""Invented, like everything here."""

_CLIENTS = (
    ("kiesel-kraut", plan.MAIN_TRUNK, ("sales", "support", "returns"), "de"),
    ("pebble-herb", plan.ENGLISH_TRUNK, ("english",), "en"),
)
