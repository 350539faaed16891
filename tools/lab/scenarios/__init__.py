"""The stories, by theme; importing this package fills `lab.story.STORIES`."""

from lab.scenarios import (
    automated,
    calling_out,
    direct,
    queue_exits,
    queues,
    staff,
    transfers,
    trouble,
)

__all__ = [
    "automated",
    "calling_out",
    "direct",
    "queue_exits",
    "queues",
    "staff",
    "transfers",
    "trouble",
]
