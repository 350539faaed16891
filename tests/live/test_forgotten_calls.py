"""Calls that are known by several ids are forgotten with all of them."""

import json
from zoneinfo import ZoneInfo

from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from live.days import AMI, SAMPLES, lines_of, said, source

DAY = 86_400_000_000


def test_nothing_is_kept_of_an_attended_transfer_by_phone_that_is_long_over() -> None:
    heard = lines_of(SAMPLES / "scenarios" / "s19_attended_transfer_by_phone" / "ami.jsonl.gz")
    now = int(json.loads(heard[-1])["_recv"] * 1_000_000)
    with LivePicture(SiteFile(zone=ZoneInfo("UTC")), [source(AMI)], now) as picture:
        picture.take(said(heard, AMI, "pbx"), now)
        feed = picture._feeds[AMI]
        assert len(feed._kept) > 1  # type: ignore[attr-defined]
        for day in range(1, 4):
            picture.take([], now + day * DAY)
            picture.take([], now + day * DAY + 60_000_000)
        kept = (feed._kept, feed._members, feed._call_of, feed._groups.parent)  # type: ignore[attr-defined]
        assert kept == ({}, {}, {}, {})
