"""The limit: one pass on one core that finds every newline and every delimiter of a file.

Nothing that reads the log can be quicker than this; run as `touch.py FILE`.
"""

from __future__ import annotations

import sys

BLOCK = 1 << 18
"""So small that the second look at a block finds it in the processor's cache."""


def touch(path: str) -> tuple[int, int]:
    """Return how many newlines and how many delimiters there are."""
    newlines = delimiters = 0
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        while block := file.read(BLOCK):
            newlines += block.count(b"\n")
            delimiters += block.count(b"|")
    return newlines, delimiters


if __name__ == "__main__":
    print(*touch(sys.argv[1]))
