"""What a server is made of is not looked through again and again."""

import asyncio
import gc

from everycall.web.settling import settle


def test_what_was_there_at_the_beginning_is_spared() -> None:
    before = gc.get_freeze_count()
    try:
        asyncio.run(settle(0))
        assert gc.get_freeze_count() > before + 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()
