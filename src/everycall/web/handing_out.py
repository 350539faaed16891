"""Files that are handed out while they are written: the first byte at once, little of it in memory.

How long such a file is nobody knows when it begins, so no length is told. If it breaks off, the answer
is not ended as an answer has to be: a browser says that the download failed, a program gets an error.
"""

from collections.abc import AsyncIterator, Iterable, Iterator

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import StreamingHttpResponse

TOGETHER = 500
"""So many rows are written before they are handed out."""


class PieceByPiece(StreamingHttpResponse):
    """An answer of which each part is made in a thread, when the part before has been taken."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the parts to a server that waits for nobody."""
        parts = iter(self)
        while (part := await sync_to_async(_next, thread_sensitive=False)(parts)) is not None:
            yield part


class HandedOut(PieceByPiece):
    """A file that is taken away."""

    def __init__(self, parts: Iterable[bytes], kind: str, name: str) -> None:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        super().__init__(parts, content_type=kind, headers=headers)
        # a proxy that keeps the file until it has it whole would make a reader wait
        self["X-Accel-Buffering"] = "no"


def _next(parts: Iterator[bytes]) -> bytes | None:
    try:
        return next(parts, None)
    finally:
        close_old_connections()
