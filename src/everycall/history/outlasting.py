"""Writing what outlasts a power cut: the disk is asked to keep the files, and the folders that name them."""

import os
from pathlib import Path


def keep(path: Path) -> None:
    """Ask the disk to keep a file, or what a folder lists."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_whole(path: Path) -> None:
    """Ask it to keep a file, or a folder with all that is in it, and that it is there."""
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            keep(inner)
    keep(path)
    keep(path.parent)
