"""A manager interface beside a test that does not wait for it."""

import asyncio
import threading
from typing import Any

from wire.fake_pbx import FakePbx


class Pbx:
    """A manager interface in a thread of its own."""

    def __init__(self, fake: FakePbx | None = None) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self.fake = fake or FakePbx()
        self._do(self.fake.start())

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(5)

    def stop(self) -> None:
        self._do(self.fake.stop())
        self._do(asyncio.sleep(0.05))  # its last connections end
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def told(self, *names: str) -> list[dict[str, str]]:
        """Return the fields of what it was told, log-ins left out."""
        wanted = [f for f in self.fake.actions if f["Action"] in names]
        return [{k: v for k, v in f.items() if k not in ("Action", "ActionID")} for f in wanted]
